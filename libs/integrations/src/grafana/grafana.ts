import type { ToolEventType } from '@tocsin/contracts';
import type { AlertPriority } from '@tocsin/domain';
import { boundedEvent } from '../bounds';
import type { Integration } from '../integration';
import { invalid, isPayload, payloadOf, textOf } from '../payload';
import type { Payload } from '../payload';
import { legacyEvent } from './legacy';
import { unifiedEvent } from './unified';

/** What Grafana's words mean. `no_data` is an ALERT (B21); a rule that is pending or not yet evaluated says nothing. */
const meanings: ReadonlyMap<string, ToolEventType | 'nothing'> = new Map<string, ToolEventType | 'nothing'>([
  ['firing', 'ALERT'],
  ['alerting', 'ALERT'],
  ['no_data', 'ALERT'],
  ['nodata', 'ALERT'],
  ['error', 'ALERT'],
  ['resolved', 'RESOLVE'],
  ['ok', 'RESOLVE'],
  ['normal', 'RESOLVE'],
  ['paused', 'ACCEPT'],
  ['pending', 'nothing'],
  ['unknown', 'nothing'],
]);

const meaningOf = (body: Payload): ToolEventType | 'nothing' => {
  const state = textOf(body.state).toLowerCase();
  const status = textOf(body.status).toLowerCase();
  const meaning = meanings.get(state === 'paused' || status === '' ? state : status);
  if (meaning === undefined) throw invalid(status === '' ? 'state' : 'status', `must be one of ${[...meanings.keys()].join(', ')}`);
  return meaning;
};

/** A Grafana source honours an event's priority (B22): a field of the body, or a label or tag that all alerts carry. */
const priorityOf = (body: Payload): AlertPriority | undefined => {
  const labels = isPayload(body.commonLabels) ? body.commonLabels : isPayload(body.tags) ? body.tags : {};
  const stated = [body.priority, Object.hasOwn(labels, 'priority') ? labels.priority : ''].map((value) => textOf(value).toUpperCase());
  return stated.find((value): value is AlertPriority => value === 'HIGH' || value === 'LOW');
};

/** Grafana's webhook contact point, unified alerting and the legacy alerting of version 8 and older. */
export const grafana: Integration = {
  type: 'GRAFANA',
  slug: 'grafana',
  name: 'Grafana',
  map: (request) => {
    const body = payloadOf(request.body, 'Grafana');
    const meaning = meaningOf(body);
    if (meaning === 'nothing') return [];
    const isUnified = body.alerts !== undefined || body.groupKey !== undefined;
    return [boundedEvent((isUnified ? unifiedEvent : legacyEvent)(body, meaning, priorityOf(body)))];
  },
};
