import { alertOf } from '@tocsin/domain';
import type { AlertEvent, EscalationEvent } from '@tocsin/domain';
import { evolveAlertDocument } from './alert-document';
import type { AlertDocument } from './alert-document';
import { archivedBy } from './archived-alerts';
import type { Projection } from './projection';
import type { CollectionDefinition } from './read-store';

export const ALERTS_VIEW = 'alerts';

const collection: CollectionDefinition<AlertDocument> = {
  name: ALERTS_VIEW,
  version: 2,
  fields: {
    id: (alert) => alert.id,
    status: (alert) => alert.status,
    source: (alert) => alert.sourceId,
    policy: (alert) => alert.policyId,
    responder: (alert) => alert.responders.map(({ userId }) => userId),
    reportTime: (alert) => alert.reportTime,
  },
  /**
   * One for each way in which people look at alerts; what else is filtered is read off the entries of the closest one. A
   * person's alerts come with the other filters beside them, since nobody's history may be walked to find what is open in
   * it. Source and policy together have none: a source has one policy nearly always. Each index costs every write a few
   * microseconds, those over responders most.
   */
  indexes: [
    ['reportTime', 'id'],
    ['status', 'reportTime', 'id'],
    ['source', 'reportTime', 'id'],
    ['source', 'status', 'reportTime', 'id'],
    ['policy', 'reportTime', 'id'],
    ['policy', 'status', 'reportTime', 'id'],
    ['responder', 'reportTime', 'id', 'status', 'source', 'policy'],
    ['responder', 'status', 'reportTime', 'id', 'source', 'policy'],
  ],
  counters: [['status'], ['source'], ['source', 'status'], ['responder', 'status']],
};

/** Alerts as the API lists them. */
export const alertsView: Projection = {
  name: ALERTS_VIEW,
  prefixes: ['alert-', 'escalation-', 'archive-'],
  collections: [collection],
  touches: (event) =>
    (archivedBy(event)?.map(({ alertId }) => alertId) ?? [alertOf(event.stream)]).map((id) => ({ collection: ALERTS_VIEW, id })),
  apply: (event, documents) => {
    const archived = archivedBy(event);
    if (archived !== undefined) {
      for (const { alertId } of archived) documents.remove(ALERTS_VIEW, alertId);
      return;
    }
    const id = alertOf(event.stream);
    const before = documents.get<AlertDocument>(ALERTS_VIEW, id);
    const after = evolveAlertDocument(before, { type: event.type, data: event.data } as AlertEvent | EscalationEvent);
    if (after !== undefined && after !== before) documents.put(ALERTS_VIEW, after);
  },
};
