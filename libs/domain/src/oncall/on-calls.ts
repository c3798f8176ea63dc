import type { AlertSource, EscalationPolicy, EscalationTarget, Team } from '../configuration/resources';
import type { EscalationPolicyId, ScheduleId, TeamId, UserId } from '../ids';
import { plusMs, type Instant } from '../time';
import { peoplesShifts, type PeopleThere } from './peoples-shifts';
import type { Schedule } from './schedule';

/** One person's duty: on a level of a policy, directly and without an end, or by a shift of a schedule. */
export interface OnCallDuty {
  readonly userId: UserId;
  /** Absent for a schedule that was asked for and that no policy uses. */
  readonly policyId?: EscalationPolicyId;
  /** From 1. */
  readonly level?: number;
  readonly scheduleId?: ScheduleId;
  readonly start?: Instant;
  readonly end?: Instant;
}

/** Empty lists choose everything. */
export interface OnCallFilter {
  readonly policies: readonly EscalationPolicyId[];
  /** Levels, from 1, of certain policies. */
  readonly levels: ReadonlyMap<EscalationPolicyId, readonly number[]>;
  readonly schedules: readonly ScheduleId[];
  readonly users: readonly UserId[];
}

export interface OnCallQuestion {
  /** The same instant twice asks for that instant. */
  readonly from: Instant;
  readonly until: Instant;
  readonly filter: OnCallFilter;
  readonly people: PeopleThere;
  readonly policies: readonly EscalationPolicy[];
  readonly sources: readonly AlertSource[];
  getSchedule(id: ScheduleId): Schedule | undefined;
  getTeam(id: TeamId): Team | undefined;
}

/**
 * Who is on call on which level, by policy, level and time. On call is who could be paged: a policy counts when a source uses
 * it. Whatever is asked for by name, a policy or a schedule, is answered even if it is not used.
 */
export const onCallsBetween = (question: OnCallQuestion): readonly OnCallDuty[] => {
  const { filter, people } = question;
  const shiftsOf = rememberedShifts(question);
  const policies = policiesAsked(question);
  const onLevels = policies.flatMap((policy) =>
    policy.rules.flatMap(({ targets }, index) => {
      const level = index + 1;
      if (filter.levels.get(policy.id)?.includes(level) === false) return [];
      return onLevel(targets, question, shiftsOf).map((duty): OnCallDuty => ({ policyId: policy.id, level, ...duty }));
    }),
  );
  const used = new Set(policies.flatMap(schedulesOf));
  const isOnlyBySchedule = filter.policies.length === 0 && filter.levels.size === 0;
  const unused = isOnlyBySchedule ? filter.schedules.filter((id) => !used.has(id)).flatMap(shiftsOf) : [];
  return [...onLevels, ...unused].filter(
    ({ userId }) => people.userExists(userId) && (filter.users.length === 0 || filter.users.includes(userId)),
  );
};

const policiesAsked = ({ filter, policies, sources }: OnCallQuestion): readonly EscalationPolicy[] => {
  const named = new Set([...filter.policies, ...filter.levels.keys()]);
  if (named.size > 0) return policies.filter(({ id }) => named.has(id));
  if (filter.schedules.length > 0) return policies.filter((policy) => schedulesOf(policy).some((id) => filter.schedules.includes(id)));
  const used = new Set(sources.map(({ escalationPolicyId }) => escalationPolicyId));
  return policies.filter(({ id }) => used.has(id));
};

const schedulesOf = ({ rules }: EscalationPolicy): readonly ScheduleId[] =>
  rules.flatMap(({ targets }) => targets.flatMap((target) => (target.type === 'schedule' ? [target.scheduleId] : [])));

/** One entry per person for those who stand on the level themselves or by a team, and one per shift. */
const onLevel = (
  targets: readonly EscalationTarget[],
  { filter, getTeam }: OnCallQuestion,
  shiftsOf: (id: ScheduleId) => readonly OnCallDuty[],
): readonly OnCallDuty[] => {
  const always = new Set<UserId>();
  const byShift: OnCallDuty[] = [];
  for (const target of targets) {
    if (target.type === 'user') always.add(target.userId);
    // As when a level is paged: stakeholders of a team are told, not called.
    else if (target.type === 'team')
      getTeam(target.teamId)?.members.forEach(({ userId, role }) => role !== 'STAKEHOLDER' && always.add(userId));
    else if (filter.schedules.length === 0 || filter.schedules.includes(target.scheduleId)) byShift.push(...shiftsOf(target.scheduleId));
  }
  const direct = filter.schedules.length > 0 ? [] : [...always].map((userId): OnCallDuty => ({ userId }));
  return [...direct, ...byShift.toSorted((a, b) => a.start! - b.start! || a.scheduleId! - b.scheduleId!)];
};

/** A schedule may stand on many levels; its shifts are worked out once. */
const rememberedShifts = ({ from, until, people, getSchedule }: OnCallQuestion) => {
  const window = { from, until: until > from ? until : plusMs(from, 1) };
  const known = new Map<ScheduleId, readonly OnCallDuty[]>();
  return (scheduleId: ScheduleId): readonly OnCallDuty[] => {
    const schedule = getSchedule(scheduleId);
    const duties =
      known.get(scheduleId) ??
      (schedule ? peoplesShifts(schedule, window, people) : []).map(({ userId, start, end }): OnCallDuty => ({
        userId,
        scheduleId,
        start,
        end,
      }));
    known.set(scheduleId, duties);
    return duties;
  };
};
