import type { Actor } from '../actor';
import type { AlertPriority, AlertSource, EscalationPolicy } from '../configuration/resources';
import { snapshotOf } from '../configuration/policy-rules';
import type { AlertId } from '../ids';
import type { SupportTimes } from '../oncall/support-hours';
import type { Instant } from '../time';
import type { AlertEventOf, AlertRoute } from './alert-events';
import { autoResolveAt, priorityOf, usualPriority } from './source-rules';
import { defined, type GuardedAlert } from './tool-event-opening';

type Raised = AlertEventOf<'AlertRaised'>['data'];

/** What a new alert says, whoever raises it. */
export type AlertContent = Partial<
  Pick<Raised, 'summary' | 'details' | 'priority' | 'severity' | 'images' | 'links' | 'labels' | 'customDetails' | 'comments'>
>;

interface Raising {
  readonly alertId: AlertId;
  readonly source: AlertSource;
  /** The support hours that the source goes by, as they are now. */
  readonly supportTimes: SupportTimes | undefined;
  readonly content: AlertContent;
  readonly at: Instant;
}

/** A source whose policy is gone still raises its alert: nobody is on call then, and the fallback is paged. */
const routeTo = (policy: EscalationPolicy | undefined, { escalationPolicyId: policyId }: AlertSource): AlertRoute => ({
  type: 'policy',
  policy:
    policy === undefined
      ? { policyId, name: 'deleted escalation policy', rules: [], repeating: false, frequency: 1, delayMin: 0 }
      : snapshotOf(policy),
});

const raised = ({ alertId, source, content, at }: Raising, by: Actor, priority: AlertPriority, route: AlertRoute): Raised =>
  defined({
    alertId,
    sourceId: source.id,
    at,
    by,
    summary: content.summary ?? '',
    details: content.details,
    priority,
    severity: content.severity ?? source.severity,
    images: content.images ?? [],
    links: content.links ?? [],
    labels: content.labels ?? {},
    customDetails: content.customDetails,
    comments: content.comments ?? [],
    route,
    autoResolveAt: autoResolveAt(source, at),
  });

export const raisedByTool = (
  raising: Raising & { readonly guarded: GuardedAlert; readonly policy: EscalationPolicy | undefined },
): Raised => {
  const { source, supportTimes, content, guarded, policy, at } = raising;
  const priority = priorityOf(source, content.priority, usualPriority(source, supportTimes, at));
  const by: Actor = { type: 'source', sourceId: source.id };
  return { ...guarded, ...raised(raising, by, priority, routeTo(policy, source)) };
};

/** What a person says counts, whatever the type of the source (B22). */
export const raisedByPerson = (raising: Raising & { readonly by: Actor; readonly route: AlertRoute }): Raised => {
  const { source, supportTimes, content, by, route, at } = raising;
  return raised(raising, by, content.priority ?? usualPriority(source, supportTimes, at), route);
};
