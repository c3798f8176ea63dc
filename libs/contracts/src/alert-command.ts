import type { Actor, AlertId, EscalationStep, Instant, UserId } from '@tocsin/domain';

/** `AlertCommand` version 1, topic `alert-commands`: an answer given on a channel, made durable before it is acted on. */
export type AlertCommand =
  | { readonly type: 'accept'; readonly alertId: AlertId; readonly by: Actor; readonly at: Instant }
  | { readonly type: 'resolve'; readonly alertId: AlertId; readonly by: Actor; readonly at: Instant }
  /** Idempotent: nothing happens when the alert has left `from` already (B13). */
  | { readonly type: 'escalate'; readonly alertId: AlertId; readonly by: Actor; readonly at: Instant; readonly from: EscalationStep }
  /** From LOW to HIGH; nothing happens to one that is HIGH. */
  | { readonly type: 'raisePriority'; readonly alertId: AlertId; readonly by: Actor; readonly at: Instant }
  /** A new round, with this person alone. */
  | {
      readonly type: 'assign';
      readonly alertId: AlertId;
      readonly by: Actor;
      readonly at: Instant;
      readonly to: { readonly type: 'user'; readonly userId: UserId };
    };
