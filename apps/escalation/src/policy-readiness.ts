import { problemText, publicReadiness, reasonAsSeen } from '@tocsin/contracts';
import type { PublicLevelReadiness, PublicPolicyReadiness } from '@tocsin/contracts';
import { Clock, peopleOf, whoToPage } from '@tocsin/domain';
import type { ConfigurationLookup, EscalationPolicy, EscalationRule, Instant, Readiness, User, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { PeopleReadiness } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';
import { problemDetails } from './problem-details';

/** Whether a policy would reach somebody, level by level, and whom of those it may lead to it would not. */
export class PolicyReadiness {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly people: PeopleReadiness,
    private readonly settings: PlatformSettings,
    private readonly clock: Clock,
  ) {}

  /** In the words of whoever sees that much. */
  levelsOf({ rules }: EscalationPolicy, seen: ConfigurationLookup = this.configuration): readonly PublicLevelReadiness[] {
    const now = this.clock.now();
    return rules.map((rule, level) => this.level(rule, level, now, seen));
  }

  async of(policy: EscalationPolicy, seen: ConfigurationLookup): Promise<PublicPolicyReadiness> {
    const { id, name, rules } = policy;
    const levels = this.levelsOf(policy, seen);
    const userIds = peopleOf(
      rules.flatMap(({ targets }) => targets),
      this.lookup(),
      this.clock.now(),
    );
    const readinessOf = this.people.together();
    const people = await Promise.all(userIds.map((userId) => this.person(userId, readinessOf, seen)));
    return { policy: { id, name }, ready: levels.every(({ ready }) => ready), levels, people: people.flat() };
  }

  private level({ targets }: EscalationRule, level: number, at: Instant, seen: ConfigurationLookup): PublicLevelReadiness {
    const { configuration, settings } = this;
    const canSend = (method: Parameters<typeof settings.reachableMethods.has>[0]): boolean => settings.reachableMethods.has(method);
    const { responders, problems } = whoToPage({ targets, at, priority: 'HIGH', configuration, canSend });
    return {
      level,
      ready: responders.length > 0,
      problems: problems
        .map((problem) => reasonAsSeen(problem, seen))
        .map((problem) => ({ text: problemText(problem, 'en', seen), details: problemDetails(problem) })),
    };
  }

  /** Somebody who is gone has no readiness, and that of somebody hidden is nobody's business; the level tells of them. */
  private async person(userId: UserId, readinessOf: (user: User) => Promise<Readiness>, seen: ConfigurationLookup) {
    const user = seen.get('user', userId);
    return user === undefined ? [] : [publicReadiness(userId, await readinessOf(user), seen)];
  }

  private lookup(): Parameters<typeof peopleOf>[1] {
    const { configuration } = this;
    return {
      getUser: (id) => configuration.get('user', id),
      getSchedule: (id) => configuration.get('schedule', id),
      getTeam: (id) => configuration.get('team', id),
    };
  }
}
