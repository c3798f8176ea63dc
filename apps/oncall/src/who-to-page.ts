import { resolveLevel, unreachableBecause } from '@tocsin/domain';
import type { AlertPriority, EscalationTarget, Instant, LevelResolution, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { PlatformSettings } from '@tocsin/platform';

const CONFIGURATION_WITHIN_MS = 2_000;

/** Whom a level leads to at an instant, and who is left when nobody is. */
export class WhoToPage {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly settings: PlatformSettings,
  ) {}

  /** Reads the configuration up to now first: a level is resolved once, and a change made before it counts. @throws MessageBusFault */
  async resolve(targets: readonly EscalationTarget[], at: Instant, priority: AlertPriority): Promise<LevelResolution> {
    await this.configuration.upToDate(CONFIGURATION_WITHIN_MS);
    return this.resolveNow(targets, at, priority);
  }

  /** The same on what is in memory: for explanations, which are of the moment anyway. */
  resolveNow(targets: readonly EscalationTarget[], at: Instant, priority: AlertPriority): LevelResolution {
    const { configuration, settings } = this;
    return resolveLevel({
      targets,
      at,
      configuration: {
        getSchedule: (id) => configuration.get('schedule', id),
        getUser: (id) => configuration.get('user', id),
        getTeam: (id) => configuration.get('team', id),
      },
      unreachable: (user) => unreachableBecause({ user, priority, activatedAt: at, canSend: (method) => settings.reachableMethods.has(method) }),
    });
  }

  /** The account's fallback contacts: the administrators (B11, B12). */
  fallback(): readonly UserId[] {
    return this.configuration
      .list('user')
      .filter(({ role }) => role === 'ADMIN')
      .map(({ id }) => id);
  }
}
