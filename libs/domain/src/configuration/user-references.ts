import type { EscalationPolicyId, ScheduleId, TeamId, UserId } from '../ids';
import { peopleToCome } from '../oncall/people-to-come';
import type { Schedule } from '../oncall/schedule';
import { shiftsBetween } from '../oncall/shifts';
import { plusMs, toIso, type Instant } from '../time';
import { inWords, stillInUse } from './refusals';
import type { EscalationPolicy, Team } from './resources';

export type UserReference =
  | { readonly type: 'escalation-policy'; readonly id: EscalationPolicyId; readonly name: string; /** From 1. */ readonly level: number }
  | {
      readonly type: 'schedule';
      readonly id: ScheduleId;
      readonly name: string;
      /** The next shifts within a year, the first ones. */
      readonly shifts: readonly { readonly start: string; readonly end: string }[];
    }
  | { readonly type: 'team'; readonly id: TeamId; readonly name: string };

export interface Referring {
  readonly policies: readonly EscalationPolicy[];
  readonly schedules: readonly Schedule[];
  readonly teams: readonly Team[];
}

const YEAR_MS = 366 * 86_400_000;
const MOST_SHIFTS = 10;

/** Where a person is still counted on: policy levels, shifts that are not over, teams (B33). */
export const referencesToUser = (userId: UserId, { policies, schedules, teams }: Referring, now: Instant): readonly UserReference[] => [
  ...policies.flatMap((policy) =>
    policy.rules.flatMap(({ targets }, index): UserReference[] =>
      targets.some((target) => target.type === 'user' && target.userId === userId)
        ? [{ type: 'escalation-policy', id: policy.id, name: policy.name, level: index + 1 }]
        : [],
    ),
  ),
  ...schedules
    .filter((schedule) => peopleToCome(schedule, now).has(userId))
    .map((schedule): UserReference => ({
      type: 'schedule',
      id: schedule.id,
      name: schedule.name,
      shifts: comingShifts(userId, schedule, now),
    })),
  ...teams
    .filter(({ members }) => members.some((member) => member.userId === userId))
    .map(({ id, name }): UserReference => ({ type: 'team', id, name })),
];

/** @throws Rejection `still-in-use` with the list, unless the gaps were confirmed */
export const refuseGaps = (references: readonly UserReference[], confirmed: boolean): void => {
  if (confirmed || references.length === 0) return;
  throw stillInUse(
    `still named by ${references.map(inWords).join(', ')}: put somebody else there, or confirm the gaps with ?confirm-gaps=true`,
    references,
  );
};

const comingShifts = (userId: UserId, schedule: Schedule, now: Instant): readonly { readonly start: string; readonly end: string }[] =>
  shiftsBetween(schedule, now, plusMs(now, YEAR_MS))
    .filter((shift) => shift.userId === userId)
    .slice(0, MOST_SHIFTS)
    .map(({ start, end }) => ({ start: toIso(start), end: toIso(end) }));
