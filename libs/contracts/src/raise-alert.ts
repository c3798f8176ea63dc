import type { AlertId, AlertPriority, AlertSourceId, Instant, UserId } from '@tocsin/domain';

/** `RaiseAlert` version 1, topic `alert-commands`: a person raises an alert where they chat, made durable before it is acted on. */
export interface RaiseAlert {
  /** Taken before, so that the same request again is the same alert. */
  readonly alertId: AlertId;
  readonly userId: UserId;
  readonly sourceId: AlertSourceId;
  readonly summary: string;
  readonly details?: string;
  /** Absent: as the source has it. */
  readonly priority?: AlertPriority;
  readonly at: Instant;
}
