import type { AlertId, ChatMethod, EscalationStep, Instant } from '@tocsin/domain';
import type { CallResult } from './call-result';
import type { ShownAlert, ShownText } from './shown-alert';

/** Where a message of ours stands. */
export interface ChatPlace {
  readonly address: string;
  readonly messageId: string;
}

/** Who did something, and where the bot can write to them. */
export interface ChatSender {
  readonly id: string;
  readonly address: string;
}

interface Done {
  readonly by: ChatSender;
}

interface Pressed extends Done {
  readonly type: 'answer';
  readonly alertId: AlertId;
  readonly place: ChatPlace;
  /** Names the press: whoever pressed is told by it what came of it. */
  readonly press: string;
}

/** What somebody does in a chat with the bot. */
export type ChatRequest =
  | (Pressed & { readonly purpose: 'accept' | 'resolve' })
  | (Pressed & { readonly purpose: 'escalate'; readonly step: EscalationStep })
  /** Says by a token who they are here. */
  | (Done & { readonly type: 'link'; readonly token: string })
  /** Anything else that was typed. */
  | (Done & { readonly type: 'typed' })
  /** The bot may not write to them any more, or may again. */
  | (Done & { readonly type: 'closed' })
  | (Done & { readonly type: 'opened' })
  /** Nothing for us. */
  | { readonly type: 'other' };

/** A call-back as it came, before anybody looked into it. */
export interface ChatCallback {
  readonly header: (name: string) => string | undefined;
  /** Byte for byte. */
  readonly body: string;
}

/** What a call-back asks for. */
export interface ChatCall {
  /** The same for the same call-back. */
  readonly id: string;
  readonly request: ChatRequest;
  /** What the provider is answered once the request is durable; absent: nothing. */
  readonly answer?: unknown;
}

/**
 * A bot of ours in somebody's chat, over that chat's own protocol. Promises, checked against a fake that keeps its limits:
 * - Every call resolves, in bounded time, with a result; it throws only on a bug.
 * - No text is refused for its length: what is too long is shortened.
 * - It writes only where its provider is.
 */
export abstract class ChatBot {
  /** As on the timeline, in metrics and in routes. */
  abstract readonly provider: string;
  abstract readonly method: ChatMethod;
  /** More wait; edits and answers are not counted. */
  abstract readonly pagesAtOnce: number;

  /** Whether the provider sent it. Nothing is done about it before that. @throws OutgoingFault while that cannot be said */
  abstract isGenuine(callback: ChatCallback, now: Instant): Promise<boolean>;
  abstract read(callback: ChatCallback): ChatCall;

  abstract post(address: string, content: ShownAlert | ShownText): Promise<CallResult<ChatPlace>>;
  abstract edit(place: ChatPlace, content: ShownAlert): Promise<CallResult<undefined>>;
  /** Tells whoever pressed, for a moment; a failure where the chat has no such thing. */
  abstract acknowledge(press: string, text: string): Promise<CallResult<undefined>>;
  /** Opened by a person, it hands the bot this token of theirs, of up to 64 letters, digits, `_` and `-`. */
  abstract linkUrl(token: string): Promise<CallResult<string>>;
}
