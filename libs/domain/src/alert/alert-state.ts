import type { Actor } from '../actor';
import type { AlertPriority, Subscriber } from '../configuration/resources';
import type { AlertId, AlertSourceId, UserId } from '../ids';
import type { Instant } from '../time';
import type { AlertEventOf, AlertRoute, EscalationStep } from './alert-events';
import type { AppliedToolEvents } from './alert-key';
import type { AlertKeys } from './alert-keys';
import type { Responder } from './responders';

export interface AlertBody {
  readonly alertId: AlertId;
  readonly sourceId: AlertSourceId;
  readonly raisedAt: Instant;
  readonly summary: string;
  readonly details?: string;
  readonly priority: AlertPriority;
  readonly severity?: number;
  readonly alertKey?: string;
  readonly keys: AlertKeys;
  /** In the order in which they came. */
  readonly responders: readonly Responder[];
  /** Acceptance rounds from 1 (B10). */
  readonly round: number;
  /** Where the escalation stands in this round; absent before its first level. */
  readonly step?: EscalationStep;
  /** The steps of this round of which oncall has said whom they lead to: each is recorded once. */
  readonly told: readonly EscalationStep[];
  /** Somebody asked for `step`; oncall has not said yet who that is. */
  readonly stepAwaited: boolean;
  /** In this round a level paged somebody: a LOW alert goes no further (B15). */
  readonly levelReached: boolean;
  /** The last steps for which these were recorded, so that each is recorded once. */
  readonly nobodyAt?: EscalationStep;
  readonly endedAt?: EscalationStep;
  readonly route: AlertRoute;
  /** How many activations there were: the ordinal of the last one. */
  readonly activations: number;
  /** Repeats on record, one by one, and when the last one was. */
  readonly repeats: { readonly recorded: number; readonly lastAt?: Instant };
  readonly ignored: number;
  readonly autoResolveAt?: Instant;
  readonly comments: number;
  readonly lastAcceptedBy?: UserId;
  /** Who follows this alert; absent while nobody has. */
  readonly subscribers?: readonly Subscriber[];
  readonly tool: AppliedToolEvents;
}

export type PendingAlert = { readonly status: 'pending' } & AlertBody;
export type AcceptedAlert = { readonly status: 'accepted'; readonly acceptedBy: Actor } & AlertBody;
export type OpenAlert = PendingAlert | AcceptedAlert;
export type ResolvedAlert = {
  readonly status: 'resolved';
  readonly resolvedBy: Actor;
  readonly resolvedAt: Instant;
  readonly cause: AlertEventOf<'AlertResolved'>['data']['cause'];
} & AlertBody;
export type RaisedAlert = OpenAlert | ResolvedAlert;

/** One shape per status; RESOLVED is final. */
export type Alert = { readonly status: 'absent' } | RaisedAlert;

/** What an answer, or giving the alert to others, changes. */
export interface AlertStanding {
  readonly round: number;
  readonly status: RaisedAlert['status'];
}

export const isStandingAt = (alert: AlertStanding, from: AlertStanding): boolean =>
  alert.round === from.round && alert.status === from.status;

export const initialAlert: Alert = { status: 'absent' };

export const isOpen = (alert: Alert): alert is OpenAlert => alert.status === 'pending' || alert.status === 'accepted';
