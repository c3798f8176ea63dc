import type {
  AlertChannelSettings,
  AlertId,
  AlertPriority,
  AlertSourceId,
  EscalationPolicyId,
  EscalationStep,
  Instant,
  SlackAccount,
  SlackProfile,
  SlackUpdateKind,
  UserId,
} from '@tocsin/domain';
import type { CallResult } from './call-result';
import type { Language } from './message';
import type { ShownAlert, ShownText } from './shown-alert';

export interface SlackAlert extends ShownAlert {
  /** Shows what alerts look like: it has no number, and there is nothing to press. */
  readonly isTest?: true;
  /** It stands in the alert's own channel. */
  readonly isInOwnChannel?: true;
}

export type SlackContent = SlackAlert | ShownText;

export interface SlackChoice {
  readonly id: number;
  readonly name: string;
  /** Beside people, among whom it is to be told apart. */
  readonly isPolicy?: true;
}

export type SlackDialog =
  /** Which sources a channel shows, and what its threads tell. */
  | {
      readonly type: 'link';
      readonly language: Language;
      readonly teamId: string;
      readonly channelId: string;
      readonly answerUrl: string;
      readonly sources: readonly SlackChoice[];
      readonly updates: Readonly<Record<SlackUpdateKind, boolean>>;
      readonly ownChannels?: AlertChannelSettings;
    }
  | { readonly type: 'reassign'; readonly language: Language; readonly alertId: AlertId; readonly answerUrl: string }
  | {
      readonly type: 'raise';
      readonly language: Language;
      /** What the alert will be, so that the same dialog sent off twice is one alert. */
      readonly alertId: AlertId;
      readonly channelId: string;
      readonly answerUrl: string;
      /** What was typed behind the command. */
      readonly summary: string;
      /** The source that is chosen unless the person chooses another one. */
      readonly source?: SlackChoice;
    };

interface Asked {
  readonly by: SlackAccount;
  readonly channelId: string;
  /** Where the person is told what came of it; nobody else sees that. */
  readonly answerUrl: string;
}

/** What somebody asks for in Slack. A trigger opens a dialog and is of use for three seconds. */
export type SlackRequest =
  /** `name`: without its slash. */
  | (Asked & { readonly type: 'command'; readonly name: string; readonly text: string; readonly triggerId: string })
  | (Asked & { readonly type: 'answer'; readonly purpose: 'accept' | 'resolve' | 'raisePriority'; readonly alertId: AlertId })
  | (Asked & { readonly type: 'answer'; readonly purpose: 'escalate'; readonly alertId: AlertId; readonly step: EscalationStep })
  | (Asked & { readonly type: 'ask-reassign'; readonly alertId: AlertId; readonly triggerId: string })
  | (Asked & { readonly type: 'reassign'; readonly alertId: AlertId; readonly to: UserId })
  | (Asked & { readonly type: 'reassign'; readonly alertId: AlertId; readonly toPolicy: EscalationPolicyId })
  | (Asked & {
      readonly type: 'link';
      readonly teamId: string;
      readonly sourceIds: readonly AlertSourceId[];
      readonly updates: Readonly<Record<SlackUpdateKind, boolean>>;
      readonly ownChannels?: AlertChannelSettings;
    })
  | (Asked & { readonly type: 'ask-channel'; readonly alertId: AlertId })
  | (Asked & { readonly type: 'detach-channel'; readonly alertId: AlertId })
  | (Asked & { readonly type: 'test' })
  | (Asked & {
      readonly type: 'raise';
      readonly alertId: AlertId;
      readonly sourceId: AlertSourceId;
      readonly summary: string;
      readonly details?: string;
      /** Absent: as the source has it. */
      readonly priority?: AlertPriority;
    })
  | { readonly type: 'suggest'; readonly by: SlackAccount; readonly what: 'sources' | 'people'; readonly typed: string }
  /** Slack wants to know whether we are there. */
  | { readonly type: 'challenge'; readonly challenge: string }
  | { readonly type: 'uninstalled'; readonly teamId: string; readonly eventId: string }
  /** Nothing for us. */
  | { readonly type: 'other' };

export type SlackEndpoint = 'commands' | 'interactivity' | 'events';

/** A call-back as it came, before anybody looked into it. */
export interface SlackCallback {
  readonly endpoint: SlackEndpoint;
  /** Byte for byte. */
  readonly body: string;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

/** `reason` is a code of Slack's, or ours. */
export type SlackResult<Value> = CallResult<Value>;

export interface SlackMessagePlace {
  readonly channelId: string;
  readonly ts: string;
}

export interface SlackInstallation {
  readonly teamId: string;
  readonly name: string;
  readonly botUserId: string;
  readonly botToken: string;
}

/**
 * One Slack workspace, over its own protocol. Promises, checked against a Slack that keeps its limits:
 * - Every call resolves, in bounded time, with a result; it throws only on a bug.
 * - No text is refused for its length: what is too long is shortened.
 * - What a tool wrote mentions nobody and links nowhere but where it says.
 */
export abstract class SlackWorkspace {
  /** Whether Slack sent it, by the clock given, within five minutes. Nothing is parsed before that. */
  abstract isSigned(callback: SlackCallback, now: Instant): boolean;
  abstract read(callback: SlackCallback): SlackRequest;
  /** The answer to a `suggest`, as Slack wants it. */
  abstract suggestions(choices: readonly SlackChoice[]): unknown;
  /** The answer to a `command`, which only whoever typed it sees. */
  abstract told(text: string): unknown;

  abstract team(): Promise<SlackResult<{ readonly teamId: string; readonly botUserId: string }>>;
  /**
   * `key` names the message for good. `lookSince`: an attempt from then on may have posted it: a message with the key that
   * stands there is taken for the one posted.
   */
  abstract post(message: {
    readonly channelId: string;
    readonly threadTs?: string;
    readonly content: SlackContent;
    readonly key: string;
    readonly lookSince?: Instant;
  }): Promise<SlackResult<SlackMessagePlace>>;
  /** The conversation with one person. */
  abstract direct(userId: string): Promise<SlackResult<string>>;
  abstract edit(place: SlackMessagePlace, content: SlackContent): Promise<SlackResult<SlackMessagePlace>>;
  /**
   * A new channel, which the bot is in; resolves with its id. `name_taken`: somebody else has a channel of this name.
   * `lookSince`: an attempt from then on may have made it: one of this name that the bot is in and that is no older is taken for it.
   */
  abstract createChannel(channel: {
    readonly name: string;
    readonly isPrivate: boolean;
    readonly lookSince?: Instant;
  }): Promise<SlackResult<string>>;
  /** What stands at the top of a channel. */
  abstract describeChannel(channelId: string, topic: string): Promise<SlackResult<undefined>>;
  /** Whoever is in it already stays. */
  abstract invite(channelId: string, userId: string): Promise<SlackResult<undefined>>;
  /** Again changes nothing. */
  abstract archiveChannel(channelId: string): Promise<SlackResult<undefined>>;
  /** Tells one person alone, where an `answerUrl` leads. */
  abstract answer(answerUrl: string, text: string): Promise<SlackResult<undefined>>;
  /** Within what is left of a trigger's three seconds. */
  abstract openDialog(triggerId: string, dialog: SlackDialog): Promise<SlackResult<undefined>>;
  abstract profile(userId: string): Promise<SlackResult<SlackProfile>>;

  /** Where an administrator agrees to the installation; undefined where a token was set up by hand. */
  abstract installUrl(about: { readonly state: string; readonly redirectUrl: string }): string | undefined;
  abstract install(about: { readonly code: string; readonly redirectUrl: string }): Promise<SlackResult<SlackInstallation>>;
}
