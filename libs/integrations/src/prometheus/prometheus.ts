import type { ToolEventType } from '@tocsin/contracts';
import { boundedEvent } from '../bounds';
import type { Integration } from '../integration';
import { invalid, payloadOf, textOf } from '../payload';
import type { Payload } from '../payload';
import { parseGroup } from './alertmanager-group';
import { groupEvent } from './group-event';

const stateOf = (body: Payload): ToolEventType => {
  switch (textOf(body.status).toLowerCase()) {
    case 'firing':
      return 'ALERT';
    case 'resolved':
      return 'RESOLVE';
    default:
      throw invalid('status', 'must be firing or resolved');
  }
};

/** Alertmanager's webhook, one request per group; Mimir, Loki and VictoriaMetrics send the same. */
export const prometheus: Integration = {
  type: 'PROMETHEUS',
  slug: 'prometheus',
  name: 'Prometheus Alertmanager',
  map: (request) => {
    const body = payloadOf(request.body, 'Alertmanager');
    return [boundedEvent(groupEvent(parseGroup(body), stateOf(body), body))];
  },
};
