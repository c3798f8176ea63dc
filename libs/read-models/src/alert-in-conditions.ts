import { toIso } from '@tocsin/domain';
import type { Actor, AlertSource, UserId, Value } from '@tocsin/domain';
import type { AlertDocument } from './alert-document';

/**
 * What conditions see of an alert below `alert.`, by the names that the API has for it. Of people that is who they are and not
 * what they are called: that is not the alert's, and it changes.
 */
export const alertInConditions = (document: AlertDocument, source: AlertSource | undefined): Value => {
  const { sourceId, policyId, route, responders, assignedTo, acceptedBy, resolvedBy, resolvedOn } = document;
  const { id, summary, details = null, status, priority, alertKey = null, severity = null, reportTime, labels } = document;
  return {
    id,
    summary,
    details,
    status,
    priority,
    severity,
    alertKey,
    reportTime: toIso(reportTime),
    resolvedOn: resolvedOn === undefined ? null : toIso(resolvedOn),
    alertSource: { id: sourceId, name: source?.name ?? null, integrationType: source?.integrationType ?? null },
    escalationPolicy: policyId === null ? null : { id: policyId, name: route.type === 'policy' ? route.policy.name : null },
    labels,
    customDetails: (document.customDetails ?? null) as Value,
    images: document.images as unknown as Value,
    links: document.links as unknown as Value,
    responders: responders.map(({ userId, status: answer }) => ({ user: { id: userId }, status: answer })),
    assignedTo: person(assignedTo),
    ...byWhom('acknowledgedBy', acceptedBy),
    ...byWhom('resolvedBy', resolvedBy),
  };
};

const person = (userId: UserId | undefined): Value => (userId === undefined ? null : { id: userId });

const byWhom = (field: string, actor: Actor | undefined): Readonly<Record<string, Value>> => {
  if (actor === undefined) return { [field]: null, [`${field}Type`]: null };
  return { [field]: actor.type === 'user' ? person(actor.userId) : null, [`${field}Type`]: actor.type === 'user' ? 'USER' : 'SOURCE' };
};
