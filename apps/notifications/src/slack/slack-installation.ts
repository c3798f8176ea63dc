import type { SlackWorkspace } from '@tocsin/channels';
import { Clock, plusMinutes, rejected, Rejection } from '@tocsin/domain';
import type { SlackWorkspace as Installed, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore, newUuid, SecretBox } from '@tocsin/platform';
import type { ChangeContext, PlatformSettings } from '@tocsin/platform';

const PURPOSE = 'slack-install';
const VALID_MINUTES = 15;

export interface SlackInstallationParts {
  readonly workspace: SlackWorkspace;
  readonly configuration: ConfigurationReader;
  readonly configurationStore: ConfigurationStore;
  readonly secrets: SecretBox;
  readonly settings: PlatformSettings;
  readonly clock: Clock;
}

export type Installing = 'installed' | 'invalid' | 'refused-by-slack' | 'other-workspace';

/** The app in one workspace: an administrator here agrees to it there, and the token is kept encrypted. */
export class SlackInstallation {
  constructor(private readonly parts: SlackInstallationParts) {}

  /** Where the administrator goes to agree; undefined where there is nothing to install. */
  start(userId: UserId): string | undefined {
    const { secrets, clock, workspace } = this.parts;
    const state = secrets.signToken({ purpose: PURPOSE, u: userId }, plusMinutes(clock.now(), VALID_MINUTES));
    return workspace.installUrl({ state, redirectUrl: this.redirectUrl });
  }

  /** @throws MessageBusFault, EventStoreFault */
  async finish({ code, state }: { readonly code: string; readonly state: string }): Promise<Installing> {
    const { secrets, clock, configuration, workspace } = this.parts;
    const verified = secrets.verifyToken(PURPOSE, state, clock.now());
    if (!verified.ok) return 'invalid';
    const userId = verified.payload['u'] as UserId;
    const admin = await configuration.surely(() => configuration.get('user', userId));
    // Whoever asked may have lost the right to it since.
    if (admin?.role !== 'ADMIN') return 'invalid';
    const result = await workspace.install({ code, redirectUrl: this.redirectUrl });
    if (!result.ok || result.value.botToken === '' || result.value.teamId === '') return 'refused-by-slack';
    const { teamId, name, botUserId, botToken } = result.value;
    const about = { teamId, name, botUserId, tokenCipher: secrets.encrypt(botToken), installedBy: userId, active: true };
    return this.keep(about, { requestId: newUuid(), actor: { type: 'user', userId } });
  }

  private async keep(about: Omit<Installed, 'id' | 'createdAt' | 'updatedAt'>, context: ChangeContext): Promise<Installing> {
    const { configuration, configurationStore } = this.parts;
    const refuseSecond = (): void => {
      if (configuration.list('slackworkspace').some(({ active, teamId }) => active && teamId !== about.teamId))
        throw rejected('already-exists', 'the app is installed in another workspace');
    };
    const known = await configuration.surely(() => configuration.find('slackworkspace', 'teamId', about.teamId));
    try {
      if (known === undefined) {
        await configurationStore.create(
          'slackworkspace',
          (id, now) => {
            refuseSecond();
            return { id, ...about, createdAt: now, updatedAt: now };
          },
          context,
        );
      } else {
        await configurationStore.change(
          'slackworkspace',
          known.id,
          (current, now) => {
            refuseSecond();
            return { ...current, ...about, updatedAt: now };
          },
          context,
        );
      }
      return 'installed';
    } catch (error) {
      if (error instanceof Rejection && error.code === 'already-exists') return 'other-workspace';
      throw error;
    }
  }

  private get redirectUrl(): string {
    return `${this.parts.settings.publicUrl}/api/callbacks/slack/oauth`;
  }
}
