import { fallbackContacts, whoToPage } from '@tocsin/domain';
import type { AlertPriority, EscalationTarget, Instant, LevelResolution, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { PlatformSettings } from '@tocsin/platform';

/** Whom a level leads to at an instant, and who is left when nobody is. */
export class WhoToPage {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly settings: PlatformSettings,
  ) {}

  /** Reads the configuration up to now first: a level is resolved once, and a change made before it counts. @throws MessageBusFault */
  async resolve(targets: readonly EscalationTarget[], at: Instant, priority: AlertPriority): Promise<LevelResolution> {
    const { configuration, settings } = this;
    await configuration.upToDate();
    return whoToPage({ targets, at, priority, configuration, canSend: (method) => settings.reachableMethods.has(method) });
  }

  /** The same: somebody who was made an administrator a moment ago is one. @throws MessageBusFault */
  async fallback(): Promise<readonly UserId[]> {
    await this.configuration.upToDate();
    return fallbackContacts(this.configuration.list('user'));
  }
}
