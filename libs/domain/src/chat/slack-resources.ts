import type { Resource } from '../configuration/resources';
import type { AlertSourceId, SlackLinkId, SlackWorkspaceId, UserId } from '../ids';
import type { AlertChannelSettings } from './alert-channel';
import type { SlackUpdateKind } from './slack-post-events';

/** The workspace that the app was installed in; there is one at most that is active. */
export interface SlackWorkspace extends Resource<SlackWorkspaceId> {
  readonly teamId: string;
  readonly name: string;
  readonly botUserId: string;
  /** The bot's token, AES-256-GCM under TOCSIN_SECRET_KEY. */
  readonly tokenCipher: string;
  readonly installedBy: UserId;
  /** False once Slack said that the app was removed there. */
  readonly active: boolean;
}

/** A channel that shows the alerts of some sources; one link for each channel. */
export interface SlackLink extends Resource<SlackLinkId> {
  readonly teamId: string;
  readonly channelId: string;
  /** Ascending, never empty. */
  readonly sourceIds: readonly AlertSourceId[];
  /** What the thread below a message tells. */
  readonly updates: Readonly<Record<SlackUpdateKind, boolean>>;
  /** Absent: alerts have no channel of their own because of this link. */
  readonly ownChannels?: AlertChannelSettings;
  /** In which the channel reads: that of whoever linked it last. */
  readonly language: 'en' | 'de';
}
