import type { Actor, AlertActionId, AlertActionType, AlertPriority, ConnectorType, EventLink, Instant, TriggerType } from '@tocsin/domain';
import type { ParamsDefinition } from './params';

/** An alert as other systems are told of it. */
export interface ToldAlert {
  readonly id: number;
  readonly alertKey?: string;
  readonly status: 'PENDING' | 'ACCEPTED' | 'RESOLVED';
  readonly summary: string;
  readonly details?: string;
  readonly priority: AlertPriority;
  readonly severity?: number;
  readonly reportTime: Instant;
  readonly resolvedOn?: Instant;
  /** Where people see it. */
  readonly url: string;
  readonly source: { readonly id: number; readonly name: string };
  readonly policy?: { readonly id: number; readonly name: string };
  readonly assignedTo?: { readonly username: string; readonly email: string; readonly firstName: string; readonly lastName: string };
  readonly links: readonly EventLink[];
}

export interface ActionCall {
  readonly trigger: TriggerType | 'manual';
  readonly actionId: AlertActionId;
  /** Who asked for it; absent: nobody did. */
  readonly by?: Actor;
  readonly alert: ToldAlert;
  /** The alert's fact up to which it is told. */
  readonly alertRevision: number;
  /** In Slack: the one that the alert was given, or lost, when that set it off. */
  readonly channelId?: string;
  /** The same for every attempt. */
  readonly deliveryId: string;
  /** Now. */
  readonly at: Instant;
  /** Of the action, and of its connector where it has one, with the secrets readable. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly connectorParams: Readonly<Record<string, unknown>>;
  /** An attempt before this one may have done it. */
  readonly possiblyDone: boolean;
  /** What an earlier call for the same alert made. */
  readonly reference?: string;
}

/** What the other system said, as far as it is of use to whoever set the action up. */
interface Heard {
  readonly status?: number;
  /** The beginning of its answer; may be anything, so that it is shown to administrators alone. */
  readonly excerpt?: string;
}

/** Why a call did not lead to what it was for: one word of a closed set, fit for logs, metrics and the timeline. */
export type ActionFailureReason =
  | 'refused-url'
  | 'unresolved'
  | 'unreachable'
  | 'certificate'
  | 'timeout'
  | 'connection-lost'
  | 'redirected'
  | 'rejected'
  | 'unauthorised'
  | 'overloaded'
  | 'server-error'
  | 'too-large'
  | 'misconfigured'
  | 'policy-gone'
  | 'alert-resolved'
  | 'overtaken';

/** `uncertain`: it may have been done all the same. */
export type ActionOutcome =
  | ({ readonly type: 'done'; readonly reference?: string } & Heard)
  | ({
      readonly type: 'failed';
      readonly reason: ActionFailureReason;
      readonly retriable: boolean;
      readonly uncertain: boolean;
      readonly retryAfterMs?: number;
    } & Heard);

/**
 * One kind of action. `run` always resolves, in bounded time, with an outcome; it throws only on a bug. It can be called again
 * with the same delivery id, after a call whose outcome got lost.
 */
export interface ActionKind {
  readonly type: AlertActionType;
  /** Of the accounts it works with; absent: it needs none. */
  readonly connector?: { readonly type: ConnectorType; readonly params: ParamsDefinition };
  readonly params: ParamsDefinition;
  /** When the other system has room for the call; a place that is kept until `run`. Absent: always. */
  roomFor?(call: Pick<ActionCall, 'deliveryId' | 'params' | 'reference'>, now: Instant): Instant;
  run(call: ActionCall): Promise<ActionOutcome>;
}
