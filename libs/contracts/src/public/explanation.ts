import type { PublicUserRel } from './people';
import type { PublicNamed } from './routing';

/** Why, in words and as data. */
export interface PublicReason {
  readonly text: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface PublicExplainedResponder {
  readonly user: PublicUserRel;
  readonly reason: string;
  readonly reasonDetails: PublicReason['details'];
}

export interface PublicExplainedNotification {
  readonly user: PublicUserRel;
  readonly method: string;
  /** Enough of it to be recognised by its owner. */
  readonly contact?: { readonly id: number; readonly target: string };
  readonly at: string;
  /** Why it may not be sent: it would only repeat another one. */
  readonly leftOut?: PublicReason;
}

export interface PublicExplainedStep {
  /** From 1. */
  readonly pass: number;
  /** From 0, as in `PUT .../levels/{level}`. */
  readonly level: number;
  /** From 0 in the rules repeated `frequency` times, as an alert's `nextEscalationRuleIndex`. */
  readonly ruleIndex: number;
  readonly dueAt: string;
  /** Nobody of the level can be paged: the next one is due at once (B11). */
  readonly skipped: boolean;
  readonly responders: readonly PublicExplainedResponder[];
  readonly problems: readonly PublicReason[];
  readonly notifications: readonly PublicExplainedNotification[];
}

export interface PublicExplainedEnding {
  readonly type: 'ended' | 'low-priority' | 'nobody-on-call';
  readonly text: string;
  readonly at: string;
  /** When all levels are tried again, because a shift begins then. */
  readonly retryAt?: string;
  readonly problems: readonly PublicReason[];
  /** Who is told instead of nobody (B11, B12). */
  readonly fallback: readonly PublicUserRel[];
}

export interface PublicExplanation {
  readonly policy: PublicNamed;
  readonly at: string;
  readonly priority: 'HIGH' | 'LOW';
  readonly steps: readonly PublicExplainedStep[];
  readonly ending: PublicExplainedEnding;
}
