import type { DroppedBecause } from './tool-event-opening';
import type { Actor } from '../actor';
import type { PolicySnapshot, Subscriber } from '../configuration/resources';
import type { AlertActionId, AlertId, ScheduleId, UserId } from '../ids';
import type { ReachabilityProblem, ResponderReason } from '../oncall/responder-reason';
import type { Instant } from '../time';
import type { ActivatedResponder, AlertEventOf, EscalationStep, EventComment, SupportEdge, ToolTrigger } from './alert-events';
import type { AlertStanding } from './alert-state';

/** To whom an alert goes, with the snapshot or the person that the caller found. */
export type Assignee =
  | { readonly type: 'user'; readonly userId: UserId }
  | { readonly type: 'policy'; readonly policy: PolicySnapshot }
  /** `onCall` is undefined when nobody is: that is refused (B10). */
  | {
      readonly type: 'schedule';
      readonly scheduleId: ScheduleId;
      readonly onCall?: { readonly userId: UserId; readonly reason: ResponderReason };
    };

/** A member of a tool's group, or the one key of an event; keys as the tool gave them. */
export interface ToolKey {
  readonly key: string;
  readonly episode?: string;
  readonly summary?: string;
}

type By = { readonly by: Actor };
type FromTool = { readonly tool: ToolTrigger };
type Change<Type extends string, Data = unknown> = { readonly type: Type; readonly at: Instant } & Data;

/** All that can be asked of one alert. Time, actors and other services' answers are inside. */
export type AlertCommand =
  /** Of a tool or a person. Raising what exists changes nothing, so that a half-done pair can be completed. */
  | { readonly type: 'raise'; readonly alert: AlertEventOf<'AlertRaised'>['data'] }
  | Change<
      'repeat',
      By &
        FromTool & {
          readonly summary: string;
          readonly details?: string;
          /** What the event itself asks for; absent leaves the alert's. */
          readonly priority?: 'HIGH' | 'LOW';
          readonly alertKey?: string;
          readonly firing: readonly ToolKey[];
          readonly resolved: readonly ToolKey[];
          /** How many repeats since the last recorded one the caller saw change nothing; kept in memory, hence a lower bound. */
          readonly unrecorded?: number;
        }
    >
  | Change<'recordToolEventIgnored', FromTool & { readonly eventType: string; readonly alertKey?: string; readonly reason: DroppedBecause }>
  | Change<'acceptByTool', By & FromTool & { readonly alertKey?: string }>
  /** `keys` empty: the whole alert, whatever is open on it. */
  | Change<'resolveByTool', By & FromTool & { readonly alertKey?: string; readonly keys: readonly ToolKey[] }>
  | Change<'accept', By>
  | Change<'resolve', By>
  | Change<'autoResolve'>
  | Change<'comment', By & { readonly comments: readonly EventComment[]; readonly tool?: ToolTrigger }>
  | Change<'raisePriority', By>
  /** Unless somebody has answered it. */
  | Change<'raiseWaiting', { readonly edge: SupportEdge }>
  | Change<'addResponder', By & { readonly userId: UserId }>
  | Change<'removeResponder', By & { readonly userId: UserId }>
  | Change<'follow', By & { readonly subscriber: Subscriber }>
  | Change<'unfollow', By & { readonly subscriber: Subscriber }>
  /** `from` is how the asker knew the alert: what was answered or given to others since is left as it is. */
  | Change<'assign', By & { readonly to: Assignee; readonly actionId?: AlertActionId; readonly from?: AlertStanding }>
  /** `from` is where the asker thought the alert was (B13); without it the next level from where it is. */
  | Change<'escalate', By & { readonly from?: EscalationStep; readonly to?: { readonly level: number } }>
  /** Oncall's answer to a due level. */
  | Change<
      'recordLevel',
      {
        readonly step: EscalationStep;
        readonly dueAt: Instant;
        readonly responders: readonly ActivatedResponder[];
        readonly problems: readonly ReachabilityProblem[];
        readonly nextShiftStart?: Instant;
      }
    >
  | Change<
      'recordNobodyOnCall',
      {
        readonly step: EscalationStep;
        readonly problems: readonly ReachabilityProblem[];
        readonly fallback: readonly UserId[];
        readonly retryAt?: Instant;
      }
    >
  | Change<'recordEscalationEnded', { readonly step: EscalationStep; readonly fallback: readonly UserId[] }>;

export type AlertCommandOf<Type extends AlertCommand['type']> = Extract<AlertCommand, { type: Type }>;

/** The stream of an alert. */
export const alertStream = (alertId: AlertId): string => `alert-${alertId}`;
/** Of a stream whose name ends with an alert's id, whatever it is about. */
export const alertOf = (stream: string): AlertId => Number(stream.slice(stream.indexOf('-') + 1)) as AlertId;
