import type { Twilio } from 'twilio';
import { Channel } from '../channel';
import type { Correlation, OutgoingMessage, SendOutcome } from '../channel';
import { inTime } from '../deadline';
import { callbackUrl } from './callback-url';
import type { Dialect } from './dialect';
import { senderFor } from './sender-number';
import { failureOf } from './twilio-errors';

export interface TwilioVoiceSettings {
  readonly dialect: Dialect;
  readonly client: Twilio;
  /** Our numbers, with their country. */
  readonly from: readonly string[];
  /** Of what starts one call together. */
  readonly deadlineMs?: number;
  publicUrl(): string;
}

const DEADLINE_MS = 15_000;
/** Twilio adds up to five seconds: it rings for 25 s at most (B25). */
const RINGS_SEC = 20;
/** A machine's own words take longer; then it is told the keys as well, and presses none. */
const DETECTION_SEC = 15;
const LONGEST_SEC = 240;
const TAKE_BACK_MS = 3_000;

/**
 * Calls by Twilio's API. What is said is asked for when somebody picks up, so that it is true then and no text leaves before. There is no
 * idempotency key: a call that may have been made is made again as possibly a duplicate, when that one must be over.
 */
export class TwilioVoiceChannel extends Channel {
  readonly method = 'VOICE';
  readonly provider: string;

  constructor(private readonly settings: TwilioVoiceSettings) {
    super();
    this.provider = settings.dialect.provider;
  }

  override senderTo(target: string): string {
    return senderFor(this.settings.from, target);
  }

  async send({ target, correlation }: OutgoingMessage): Promise<SendOutcome> {
    const late: SendOutcome = { type: 'unknown', reason: `no answer from ${this.settings.dialect.title} (deadline)` };
    return inTime(this.create(target, correlation), this.settings.deadlineMs ?? DEADLINE_MS, late);
  }

  private async create(to: string, correlation: Correlation | undefined): Promise<SendOutcome> {
    const { client, dialect, publicUrl } = this.settings;
    try {
      const { sid } = await client.calls.create({
        to,
        from: this.senderTo(to),
        url: callbackUrl(dialect, publicUrl(), 'voice', correlation),
        statusCallback: callbackUrl(dialect, publicUrl(), 'status', correlation),
        machineDetection: 'DetectMessageEnd',
        machineDetectionTimeout: DETECTION_SEC,
        timeout: RINGS_SEC,
        ...(dialect.endsLongCalls ? { timeLimit: LONGEST_SEC } : {}),
      });
      return { type: 'handed-over', reference: sid, receiptExpected: true };
    } catch (error) {
      return failureOf(dialect, 'call', error);
    }
  }

  /** Somebody else has answered. Who picks up all the same is told so, wherefore nothing depends on this. */
  override async takeBack(reference: string): Promise<void> {
    const { client } = this.settings;
    const done = client.calls(reference).update({ status: 'canceled' });
    await inTime(
      done.then(
        () => undefined,
        () => undefined,
      ),
      TAKE_BACK_MS,
      undefined,
    );
  }

  async close(): Promise<void> {}
}
