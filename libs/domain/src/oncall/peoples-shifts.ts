import type { UserId } from '../ids';
import { plusMs, type Instant } from '../time';
import type { Schedule } from './schedule';
import { currentAndNextShift, shiftsBetween, type OnCallShift } from './shifts';
import type { TimelineOptions } from './timeline';

/** Who is there, and since when a shift of somebody who is not there counts as a gap. */
export interface PeopleThere {
  readonly now: Instant;
  userExists(id: UserId): boolean;
}

/** How far ahead the next shift of somebody who is there is looked for, behind shifts of people who are gone. */
const SEARCH_MS = 366 * 86_400_000;

/**
 * `shiftsBetween` as every answer shows it. A deleted person's shifts that are not over are the gaps that were confirmed with
 * the deletion (B33): whoever is paged then is not them. Those that are over stay, since the past does not change.
 */
export const peoplesShifts = (
  schedule: Schedule,
  window: { readonly from: Instant; readonly until: Instant },
  people: PeopleThere,
  options: TimelineOptions = {},
): readonly OnCallShift[] =>
  shiftsBetween(schedule, window.from, window.until, options).filter(({ userId, end }) => end <= people.now || people.userExists(userId));

/** Who is on call now, and whose shift begins first after that. */
export const peopleOnCall = (schedule: Schedule, people: PeopleThere): { readonly current?: OnCallShift; readonly next?: OnCallShift } => {
  const { current, next } = currentAndNextShift(schedule, people.now);
  const coming = next === undefined || people.userExists(next.userId) ? next : firstAfter(schedule, people);
  return { ...(current && people.userExists(current.userId) && { current }), ...(coming && { next: coming }) };
};

const firstAfter = (schedule: Schedule, people: PeopleThere): OnCallShift | undefined => {
  const window = { from: people.now, until: plusMs(people.now, SEARCH_MS) };
  return peoplesShifts(schedule, window, people).find(({ start }) => start > people.now);
};
