import type { OverrideId, ScheduleId, TeamId, UserId } from '../ids';
import type { Instant } from '../time';

/** Why a schedule says that a person is on call at an instant. */
export type OnCallReason =
  | { readonly type: 'override'; readonly overrideId: OverrideId; readonly start: Instant; readonly end: Instant }
  | { readonly type: 'layer'; readonly layer: number; readonly layerName?: string; readonly start: Instant; readonly end: Instant }
  | { readonly type: 'shift'; readonly start: Instant; readonly end: Instant };

/** Why a schedule has nobody at an instant. */
export type GapReason = 'no-layer-active' | 'restricted' | 'no-shift' | 'ended' | 'not-started';

/** Why a person became responder. */
export type ResponderReason =
  | { readonly type: 'direct' }
  | { readonly type: 'schedule'; readonly scheduleId: ScheduleId; readonly scheduleName: string; readonly onCall: OnCallReason }
  | { readonly type: 'team'; readonly teamId: TeamId; readonly teamName: string }
  | { readonly type: 'requested' }
  | { readonly type: 'assigned' }
  | { readonly type: 'fallback' };

/** A target of a level that led to nobody who can be paged. */
export type ReachabilityProblem =
  | {
      readonly type: 'schedule-gap';
      readonly scheduleId: ScheduleId;
      readonly scheduleName: string;
      readonly gap: GapReason;
      readonly nextShiftStart?: Instant;
    }
  | { readonly type: 'schedule-missing'; readonly scheduleId: ScheduleId }
  | { readonly type: 'user-missing'; readonly userId: UserId }
  | { readonly type: 'team-missing'; readonly teamId: TeamId }
  | { readonly type: 'team-empty'; readonly teamId: TeamId; readonly teamName: string }
  | {
      readonly type: 'user-unreachable';
      readonly userId: UserId;
      readonly why:
        | 'muted'
        | 'no-preference'
        | 'no-verified-contact'
        | 'no-provider'
        | 'no-device'
        | 'no-slack-account'
        | 'no-chat-account'
        | 'chat-account-closed';
    };

export type WhyUnreachable = Extract<ReachabilityProblem, { type: 'user-unreachable' }>['why'];
