import type { AlertPriority, NotificationMethod, User } from '../configuration/resources';
import { unreachableBecause } from '../notification/plan';
import type { Instant } from '../time';
import type { ReachabilityProblem } from './responder-reason';

export type WhyUnreachable = Extract<ReachabilityProblem, { type: 'user-unreachable' }>['why'];

/**
 * Why nothing would leave for a person whom a level pages at `at`; undefined when something would (B11). The plan of their
 * notifications is what is asked, so that a level never counts on somebody for whom nothing will be planned.
 */
export const reachability = (
  user: User,
  priority: AlertPriority,
  at: Instant,
  providerFor: (method: NotificationMethod) => boolean,
): WhyUnreachable | undefined => unreachableBecause({ user, priority, activatedAt: at, canSend: providerFor });
