import type { ToldAlert } from '@tocsin/alert-actions';
import type { AlertEvent, EscalationEvent } from '@tocsin/domain';
import { eventOf } from '@tocsin/event-store';
import type { StoredEvent } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { evolveAlertDocument } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';

/** An alert as it was after one of its facts, with the names of now. */
export const toldAlert = (
  events: readonly StoredEvent[],
  alertRevision: number,
  { configuration, publicUrl }: { readonly configuration: ConfigurationReader; readonly publicUrl: string },
): ToldAlert | undefined => {
  const document = events
    .filter(({ revision }) => revision <= alertRevision)
    .map(eventOf<AlertEvent | EscalationEvent>)
    .reduce<AlertDocument | undefined>(evolveAlertDocument, undefined);
  if (document === undefined) return undefined;
  const { id, status, summary, details, alertKey, priority, severity, reportTime, resolvedOn, links } = document;
  const { sourceId, policyId, assignedTo } = document;
  const policy = policyId === null ? undefined : configuration.get('policy', policyId);
  const person = assignedTo === undefined ? undefined : configuration.get('user', assignedTo);
  return {
    id,
    status,
    summary,
    ...(details === undefined ? {} : { details }),
    ...(alertKey === undefined ? {} : { alertKey }),
    priority,
    ...(severity === undefined ? {} : { severity }),
    reportTime,
    ...(resolvedOn === undefined ? {} : { resolvedOn }),
    url: `${publicUrl}/api/alerts/${id}`,
    source: { id: sourceId, name: configuration.get('source', sourceId)?.name ?? '' },
    ...(policy === undefined ? {} : { policy: { id: policy.id, name: policy.name } }),
    ...(person === undefined
      ? {}
      : { assignedTo: { username: person.username, email: person.email, firstName: person.firstName, lastName: person.lastName } }),
    links,
  };
};
