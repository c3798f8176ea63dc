import type { SlackResult, SlackWorkspace } from '@tocsin/channels';
import { Clock, linkSlackAccount, plusMinutes, userOfSlackProfile } from '@tocsin/domain';
import type { SlackAccount, User, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore, newUuid, SecretBox } from '@tocsin/platform';
import type { ChangeContext, PlatformSettings } from '@tocsin/platform';
import type { SlackTeam } from './slack-team';

const PURPOSE = 'slack-account';
const VALID_MINUTES = 15;

export interface SlackPeopleParts {
  readonly workspace: SlackWorkspace;
  readonly team: SlackTeam;
  readonly configuration: ConfigurationReader;
  readonly configurationStore: ConfigurationStore;
  readonly secrets: SecretBox;
  readonly settings: PlatformSettings;
  readonly clock: Clock;
}

/** Who somebody in Slack is here: on record with the person, once it is known. */
export class SlackPeople {
  constructor(private readonly parts: SlackPeopleParts) {}

  /** Links the account when its profile says surely whose it is (B27). Undefined: nobody knows. @throws MessageBusFault, EventStoreFault */
  async userOf(account: SlackAccount): Promise<User | undefined> {
    const known = this.known(account);
    if (known !== undefined) return known;
    const team = await this.parts.team.id();
    if (team === undefined || account.teamId !== team) return undefined;
    const profile = await this.parts.workspace.profile(account.userId);
    const { configuration } = this.parts;
    await configuration.upToDate();
    const linkedMeanwhile = this.known(account);
    if (linkedMeanwhile !== undefined || !profile.ok) return linkedMeanwhile;
    const user = userOfSlackProfile(profile.value, team, configuration.list('user'));
    const context: ChangeContext = { requestId: newUuid(), actor: { type: 'system', part: 'slack' } };
    return user === undefined ? undefined : this.link(user.id, account, context);
  }

  /** @throws Rejection `already-exists`, `not-found`; EventStoreFault */
  async link(userId: UserId, account: SlackAccount, context: ChangeContext): Promise<User> {
    const { configurationStore, configuration } = this.parts;
    return configurationStore.change(
      'user',
      userId,
      (user, now) => linkSlackAccount(user, account, configuration.list('user'), now),
      context,
    );
  }

  /** For this Slack account alone: whoever opens it, signed in, says that it is theirs. */
  linkUrl({ teamId, userId }: SlackAccount): string {
    const { secrets, settings, clock } = this.parts;
    const token = secrets.signToken({ purpose: PURPOSE, t: teamId, u: userId }, plusMinutes(clock.now(), VALID_MINUTES));
    return `${settings.publicUrl}/api/callbacks/slack/link/${token}`;
  }

  accountIn(token: string): SlackAccount | undefined {
    const verified = this.parts.secrets.verifyToken(PURPOSE, token, this.parts.clock.now());
    if (!verified.ok) return undefined;
    const { t: teamId, u: userId } = verified.payload as { readonly t: string; readonly u: string };
    return { teamId, userId };
  }

  async profile(account: SlackAccount): Promise<SlackResult<{ readonly name: string }>> {
    return this.parts.workspace.profile(account.userId);
  }

  private known({ teamId, userId }: SlackAccount): User | undefined {
    return this.parts.configuration.find('user', 'slackAccount', `${teamId} ${userId}`);
  }
}
