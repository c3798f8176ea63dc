import type { EscalationStep } from '../alert/alert-events';
import type { AlertId } from '../ids';
import type { Instant } from '../time';

export type TextPurpose = 'accept' | 'resolve' | 'escalate';

/** What a reply does, fixed when it came: the same reply that comes again does the same and nothing else. */
export interface TextAnswer {
  readonly purpose: TextPurpose;
  readonly alertId: AlertId;
  /** Where the escalation stood when the page was planned (B13). */
  readonly step?: EscalationStep;
  readonly code: string;
}

/**
 * What was texted to one contact and what came back, in `texts-<contact>` (B24). Neither the number nor a text is in it: the
 * contact has the number, and only what a reply means is kept.
 */
export type TextingEvent =
  /** A page is about to be texted, under this code. `sender`: our number, which a reply goes to; null where none can come back. */
  | {
      readonly type: 'PageTexted';
      readonly data: {
        readonly at: Instant;
        readonly code: string;
        /** The notification's stream. */
        readonly notification: string;
        readonly alertId: AlertId;
        readonly step?: EscalationStep;
        readonly sender: string | null;
      };
    }
  | {
      readonly type: 'ReplyReceived';
      readonly data: {
        readonly at: Instant;
        /** The provider's id of it. */
        readonly messageId: string;
        readonly answers: readonly TextAnswer[];
        /** Why it does nothing. */
        readonly unclear?: WhyUnclear;
      };
    };

/** `which`: a bare word that could mean several. `unknown-code`: no page of the last days has it. `not-understood`: no answer at all. */
export type WhyUnclear = 'which' | 'unknown-code' | 'not-understood' | 'nothing-open';
