import type { UserId } from '../ids';
import type { Instant } from '../time';
import type { GapReason, OnCallReason } from './responder-reason';
import type { Schedule } from './schedule';
import { nextShiftStart } from './shifts';
import { timelineOf } from './timeline';

export type WhoIsOnCall =
  | { readonly userId: UserId; readonly reason: OnCallReason }
  /** `nextShiftStart` is absent when nobody will ever be on call as the schedule stands. */
  | { readonly userId: null; readonly gap: GapReason; readonly nextShiftStart?: Instant };

/**
 * The one answer to "who is on call?", for pages, lists, calendars and the console. The plan that was in force at `at`
 * decides, so that an answer about the past never changes.
 *
 * The reason describes the thing that puts the person on call as it stands in the plan: the override, the static shift, or
 * the turn in its layer as far as restrictions allow it. What overrides and higher layers leave of it, `shiftsBetween` tells.
 */
export const whoIsOnCall = (schedule: Schedule, at: Instant): WhoIsOnCall => {
  const { onCall, gap = 'no-layer-active' } = timelineOf(schedule).at(at);
  if (onCall) return onCall;
  const next = nextShiftStart(schedule, at);
  return next === undefined ? { userId: null, gap } : { userId: null, gap, nextShiftStart: next };
};
