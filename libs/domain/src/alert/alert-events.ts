import type { Actor } from '../actor';
import type { AlertPriority, PolicySnapshot, Subscriber } from '../configuration/resources';
import type { ReachabilityProblem, ResponderReason } from '../oncall/responder-reason';
import type { AlertActionId, AlertId, AlertSourceId, ScheduleId, UserId } from '../ids';
import type { Instant } from '../time';
import type { OpenKey } from './alert-key';

export interface EventImage {
  readonly src: string;
  readonly href?: string;
  readonly alt?: string;
}
export interface EventLink {
  readonly href: string;
  readonly text?: string;
}
export interface EventComment {
  readonly creator?: string;
  readonly content: string;
}

/**
 * Where the escalation stands. Rounds count acceptance rounds from 1 (a reassignment starts a new one); passes count
 * repetitions of the policy from 1; levels are 0-based in the policy's rules, as `nextEscalationRuleIndex` is in the API.
 */
export interface EscalationStep {
  readonly round: number;
  readonly pass: number;
  readonly level: number;
}

/** Who is to be paged, and by what: a policy with levels, or certain people and nothing after them. */
export type AlertRoute =
  { readonly type: 'policy'; readonly policy: PolicySnapshot } | { readonly type: 'users'; readonly userIds: readonly UserId[] };

/**
 * What pages people: everybody listed gets a plan from their preferences (B8). `activation` counts per alert from 1, over
 * all rounds: it is the ordinal in the notification streams' names.
 */
export interface ActivatedResponder {
  readonly userId: UserId;
  /** Why this person: the target, the schedule, its layer, shift or override. */
  readonly reason: ResponderReason;
}

/** Where a tool event stood on the bus. Offsets of different epochs or partitions do not compare. */
export interface Position {
  readonly epoch: string;
  readonly partition: number;
  readonly offset: number;
}

/** An instant at which support hours begin, or end. */
export interface SupportEdge {
  readonly type: 'begin' | 'end';
  readonly at: Instant;
}

/** The tool event that caused a change, kept with it so that its redelivery is recognised (P4). */
export interface ToolTrigger {
  readonly eventId: string;
  readonly position: Position;
}

interface FromTool {
  readonly tool?: ToolTrigger;
}

/** Every change of an alert. `at` is when it happened; the actor is in the event's metadata and, where rules need it, here. */
export type AlertEvent =
  | {
      readonly type: 'AlertRaised';
      readonly data: {
        readonly alertId: AlertId;
        readonly sourceId: AlertSourceId;
        readonly at: Instant;
        readonly by: Actor;
        readonly summary: string;
        readonly details?: string;
        readonly priority: AlertPriority;
        readonly severity?: number;
        readonly alertKey?: string;
        readonly images: readonly EventImage[];
        readonly links: readonly EventLink[];
        readonly labels: Readonly<Record<string, string>>;
        readonly customDetails?: Readonly<Record<string, unknown>>;
        readonly comments: readonly EventComment[];
        readonly route: AlertRoute;
        /** When the source resolves it by itself. */
        readonly autoResolveAt?: Instant;
        /** `mode`: further keys may join (B19). Absent: the alert is of its key alone. */
        readonly grouping?: 'key' | 'mode';
        /** Keys or group members that are open; absent: `alertKey` alone. */
        readonly openKeys?: readonly OpenKey[];
      } & FromTool;
    }
  /** Another ALERT of the tool for this alert. `count` > 1 on the hourly summaries that follow the first hundred. */
  | {
      readonly type: 'AlertRepeated';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly alertKey?: string;
        readonly summary: string;
        readonly count: number;
        /** Episodes that follow others of their key (B18). */ readonly episodes?: readonly OpenKey[];
      } & FromTool;
    }
  /** A tool event that belongs here and changes nothing, with the reason (late duplicate, already accepted, ...). */
  | {
      readonly type: 'ToolEventIgnored';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly eventType: string;
        readonly alertKey?: string;
        readonly reason: string;
      } & FromTool;
    }
  | {
      readonly type: 'AlertSummaryChanged';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly summary: string;
        readonly details?: string;
        readonly before: string;
      } & FromTool;
    }
  | {
      readonly type: 'AlertPriorityRaised';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly by: Actor;
        readonly status: 'PENDING' | 'ACCEPTED';
        /** Raised because support hours begin or end, at `at`; absent: somebody or something asked for it. */
        readonly supportHours?: SupportEdge;
      } & FromTool;
    }
  /** A further key joined the alert (grouping), or one of several was resolved. */
  | {
      readonly type: 'KeyJoined';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly alertKey: string;
        readonly summary: string;
        readonly episode?: string;
      } & FromTool;
    }
  | {
      readonly type: 'KeyResolved';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly alertKey: string; readonly episode?: string } & FromTool;
    }
  | {
      readonly type: 'CommentAdded';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly by: Actor; readonly comment: EventComment } & FromTool;
    }
  /** A level came due and these people are paged. `lateMs`: how much later than due (after downtime). */
  | {
      readonly type: 'RespondersActivated';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly activation: number;
        readonly step: EscalationStep;
        readonly priority: AlertPriority;
        readonly responders: readonly ActivatedResponder[];
        /** Targets of the level that gave nobody, or somebody who cannot be reached. */
        readonly problems: readonly ReachabilityProblem[];
        readonly lateMs: number;
      };
    }
  /** A level came due and nobody on it can be paged; the escalation goes on at once (B11). */
  | {
      readonly type: 'LevelSkipped';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly step: EscalationStep;
        readonly problems: readonly ReachabilityProblem[];
        /** Earliest coming shift start in the level's schedules. */ readonly nextShiftStart?: Instant;
      };
    }
  /** No level of the whole policy has anybody; these fallback contacts are paged instead (B11). Tried again at `retryAt`. */
  | {
      readonly type: 'NobodyOnCall';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly step: EscalationStep;
        readonly problems: readonly ReachabilityProblem[];
        readonly activation: number;
        readonly fallback: readonly UserId[];
        readonly retryAt?: Instant;
      };
    }
  /** All passes are over without an answer; the fallback contacts are paged once (B12). */
  | {
      readonly type: 'EscalationEnded';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly step: EscalationStep;
        readonly activation: number;
        readonly fallback: readonly UserId[];
      };
    }
  | {
      readonly type: 'AlertAccepted';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly by: Actor; readonly round: number } & FromTool & Followed;
    }
  /** A further person accepted an accepted alert. */
  | {
      readonly type: 'ResponderAccepted';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly by: Actor; readonly round: number };
    }
  /** Somebody put a person on the alert by hand; that person is paged with a PENDING state of their own (B9). */
  | {
      readonly type: 'ResponderAdded';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly by: Actor;
        readonly userId: UserId;
        readonly activation: number;
        readonly priority: AlertPriority;
        readonly round: number;
      };
    }
  | {
      readonly type: 'ResponderRemoved';
      readonly data: { readonly alertId: AlertId; readonly at: Instant; readonly by: Actor; readonly userId: UserId };
    }
  /** Assigned to a person, a policy or a schedule: a new acceptance round, PENDING again (B10). */
  | {
      readonly type: 'AlertAssigned';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly by: Actor;
        readonly round: number;
        readonly to:
          | { readonly type: 'user'; readonly userId: UserId }
          | { readonly type: 'policy'; readonly policy: PolicySnapshot }
          | { readonly type: 'schedule'; readonly scheduleId: ScheduleId; readonly userId: UserId; readonly reason: ResponderReason };
        /** Set for user and schedule: that person is paged at once. A policy pages when its first level is due. */
        readonly activation?: number;
        readonly priority: AlertPriority;
        /** The alert action that did it, by itself or for `by`. */
        readonly actionId?: AlertActionId;
      };
    }
  /** A person asked for the next (or a certain) level: a new round, PENDING again (B10, B13). */
  | {
      readonly type: 'EscalationRequested';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly by: Actor;
        readonly round: number;
        readonly to: { readonly pass: number; readonly level: number };
      };
    }
  | {
      readonly type: 'AlertResolved';
      readonly data: {
        readonly alertId: AlertId;
        readonly at: Instant;
        readonly by: Actor;
        readonly cause: 'user' | 'tool' | 'auto-resolution';
      } & FromTool &
        Followed;
    }
  /** Somebody follows this alert, whoever follows its source: they hear what becomes of it and are not paged. */
  | { readonly type: 'AlertFollowed'; readonly data: Following }
  | { readonly type: 'AlertUnfollowed'; readonly data: Following };

interface Following {
  readonly alertId: AlertId;
  readonly at: Instant;
  readonly by: Actor;
  readonly subscriber: Subscriber;
}

/** Who follows the alert at that moment, so that whoever tells them looks nowhere else; absent: nobody. */
interface Followed {
  readonly subscribers?: readonly Subscriber[];
}

export type AlertEventOf<Type extends AlertEvent['type']> = Extract<AlertEvent, { type: Type }>;
