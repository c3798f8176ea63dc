import type { ConfigurationLookup } from '../configuration/configuration-lookup';
import type { AlertPriority, EscalationTarget, NotificationMethod, User } from '../configuration/resources';
import type { UserId } from '../ids';
import { unreachableBecause } from '../notification/plan';
import type { Instant } from '../time';
import { resolveLevel, type LevelResolution } from './resolve-level';

export interface PagingQuestion {
  readonly targets: readonly EscalationTarget[];
  readonly at: Instant;
  readonly priority: AlertPriority;
  readonly configuration: ConfigurationLookup;
  readonly canSend: (method: NotificationMethod) => boolean;
}

/** Whom a level pages at an instant: the one answer for escalations that run and for those that are explained. */
export const whoToPage = ({ targets, at, priority, configuration, canSend }: PagingQuestion): LevelResolution =>
  resolveLevel({
    targets,
    at,
    configuration: {
      getSchedule: (id) => configuration.get('schedule', id),
      getUser: (id) => configuration.get('user', id),
      getTeam: (id) => configuration.get('team', id),
    },
    unreachable: (user) => unreachableBecause({ user, priority, activatedAt: at, canSend }),
  });

/** The account's fallback contacts: the administrators (B11, B12). */
export const fallbackContacts = (users: readonly User[]): readonly UserId[] =>
  users.filter(({ role }) => role === 'ADMIN').map(({ id }) => id);
