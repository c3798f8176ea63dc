import type { NotificationMethod, PushDevice, PushDeviceId } from '@tocsin/domain';
import type { RenderedMessage } from './message';

export interface OutgoingMessage {
  /** Address, as the contact has it, or telephone number with its country: `+4915112345678`. */
  readonly target: string;
  /** Where a push goes; all other methods have a target. */
  readonly devices?: readonly PushDevice[];
  readonly message: RenderedMessage;
  /** The same for every attempt of one notification: becomes the Message-ID, the delivery id or the like. */
  readonly key: string;
  /** Where an answer by e-mail goes; without it to the sender. */
  readonly replyTo?: string;
  /** What a receipt is to name: the provider gets it, in the URL of its call-back or beside the message, and gives it back. */
  readonly correlation?: Correlation;
}

/** To whom a message goes. */
export type Destination = Pick<OutgoingMessage, 'target' | 'devices'> & {
  /** It asks for an answer: whatever does not waits behind it. */
  readonly isUrgent?: boolean;
};

/** What a provider has for a message. */
export interface Room {
  /** The call is over, or will not be made. Again changes nothing. */
  leave(): void;
}

export interface Correlation {
  /** The notification's stream. */
  readonly stream: string;
  readonly attempt: number;
}

/**
 * What came of an attempt. `unknown`: the provider may or may not have it (a timeout after the body was sent): the attempt
 * is repeated under the same key and marked as possibly a duplicate.
 */
export type SendOutcome = (
  | { readonly type: 'handed-over'; readonly reference?: string; readonly receiptExpected: boolean }
  | {
      readonly type: 'failed';
      readonly permanent: boolean;
      readonly reason: string;
      /** The provider wants to be left alone for so long. */
      readonly retryAfterMs?: number;
      /** The person does not want messages there: no provider may be asked, now or later. */
      readonly isContactClosed?: boolean;
    }
  | { readonly type: 'unknown'; readonly reason: string }
) & {
  /** Devices that nothing will ever reach again. */
  readonly gone?: readonly PushDeviceId[];
  /** Of several providers that were asked side by side, what each of them said. */
  readonly asked?: readonly { readonly provider: string; readonly outcome: 'handed-over' | 'failed' | 'unknown' }[];
};

/**
 * One way to reach people by one method through one provider. Promises, checked by `channel.contract.ts`:
 * - `send` always resolves, in bounded time, with an outcome; it throws only on a bug.
 * - `reason` never holds addresses, texts or secrets: it goes to the timeline and to the logs.
 * - It asks its provider to take no more at once than what is set for it, whoever sends.
 */
export abstract class Channel {
  abstract readonly method: NotificationMethod;
  /** Name on the timeline and in metrics: `smtp`, `outbox`. */
  abstract readonly provider: string;
  /** Our number that such a message comes from and an answer to it goes to; undefined where none can come back. */
  senderTo(_target: string): string | undefined {
    return undefined;
  }
  /**
   * Waits, for a bounded time and not after `noLonger`, until the provider can take one more message; undefined when it could
   * not. What must hold when the message leaves is looked up after that.
   */
  async room(_to: Destination, _noLonger?: AbortSignal): Promise<Room | undefined> {
    return { leave: () => undefined };
  }
  /** `room`: what was waited for; `send` leaves it. Without it the message waits here, where its provider has a limit. */
  abstract send(message: OutgoingMessage, room?: Room): Promise<SendOutcome>;
  /** Keeps what was handed over from reaching the person, where that can still be done. Always resolves, in bounded time. */
  async takeBack(_reference: string): Promise<void> {}
  abstract close(): Promise<void>;
}
