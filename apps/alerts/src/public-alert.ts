import { publicPolicy, publicRule, publicSource, publicUserRel } from '@tocsin/contracts';
import type { PublicAlert, PublicResponder, PublicUserRel, ResourceLookup } from '@tocsin/contracts';
import { toIso } from '@tocsin/domain';
import type { Actor, EscalationPolicyId } from '@tocsin/domain';
import { expandedRules } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { statusOfSource } from './source-statuses';
import type { SourceStatuses } from './source-statuses';

export interface AlertInclude {
  readonly customDetails: boolean;
}

/** An alert as the API answers it; what is nested is what the configuration says now. */
export const publicAlert = (alert: AlertDocument, lookup: ResourceLookup, statuses: SourceStatuses, include: AlertInclude): PublicAlert => {
  const rules = expandedRules(alert.route);
  const next = alert.next;
  const nextRule = next === undefined ? undefined : rules[next.ruleIndex];
  const nextUser = nextRule?.targets.find((target) => target.type === 'user');
  return {
    id: alert.id,
    summary: alert.summary,
    ...(alert.details === undefined ? {} : { details: alert.details }),
    reportTime: toIso(alert.reportTime),
    ...(alert.resolvedOn === undefined ? {} : { resolvedOn: toIso(alert.resolvedOn) }),
    status: alert.status,
    alertSource: nestedSource(alert, lookup, statuses),
    escalationPolicy: nestedPolicy(alert.policyId, lookup),
    priority: alert.priority,
    ...(alert.alertKey === undefined ? {} : { alertKey: alert.alertKey }),
    ...(alert.assignedTo === undefined ? {} : { assignedTo: publicUserRel(alert.assignedTo, lookup) }),
    ...(next === undefined ? {} : { nextEscalation: toIso(next.dueAt), nextEscalationRuleIndex: next.ruleIndex }),
    ...(nextUser === undefined ? {} : { nextEscalationUser: publicUserRel(nextUser.userId, lookup) }),
    escalationRules: rules.map((rule) => publicRule(rule, lookup)),
    images: alert.images,
    links: alert.links,
    responders: alert.responders.map(({ userId, status, acceptedAt }) =>
      publicResponder(publicUserRel(userId, lookup), status, acceptedAt === undefined ? undefined : toIso(acceptedAt)),
    ),
    ...(alert.severity === undefined ? {} : { severity: alert.severity }),
    labels: alert.labels,
    ...(include.customDetails && alert.customDetails !== undefined ? { customDetails: alert.customDetails } : {}),
    mergeState: 'NONE',
    ...actorFields('acknowledgedBy', alert.acceptedBy, lookup),
    ...actorFields('resolvedBy', alert.resolvedBy, lookup),
  };
};

export const publicResponder = (user: PublicUserRel, status: 'PENDING' | 'ACCEPTED', acceptedAt?: string): PublicResponder => ({
  user,
  status,
  ...(acceptedAt === undefined ? {} : { acceptedAt }),
});

const nestedSource = (alert: AlertDocument, lookup: ResourceLookup, statuses: SourceStatuses): PublicAlert['alertSource'] => {
  const source = lookup.get('source', alert.sourceId);
  // Keys are never nested: an alert is read by more people than may see its source's key.
  return source === undefined
    ? { id: alert.sourceId, name: `${goneOrHidden(lookup, 'source', alert.sourceId)} alert source` }
    : publicSource(source, { integrationKey: null, integrationUrl: null, status: statusOfSource(alert, statuses) }, lookup);
};

const nestedPolicy = (id: EscalationPolicyId | null, lookup: ResourceLookup): PublicAlert['escalationPolicy'] => {
  if (id === null) return null;
  const policy = lookup.get('policy', id);
  return policy === undefined ? { id, name: `${goneOrHidden(lookup, 'policy', id)} escalation policy` } : publicPolicy(policy, lookup);
};

const goneOrHidden = (lookup: ResourceLookup, kind: 'source' | 'policy', id: number): string =>
  lookup.hidden?.(kind, id) === undefined ? 'deleted' : 'hidden';

const actorFields = (name: 'acknowledgedBy' | 'resolvedBy', actor: Actor | undefined, lookup: ResourceLookup): Record<string, unknown> => {
  if (actor === undefined) return {};
  return actor.type === 'user' ? { [name]: publicUserRel(actor.userId, lookup), [`${name}Type`]: 'USER' } : { [`${name}Type`]: 'SOURCE' };
};
