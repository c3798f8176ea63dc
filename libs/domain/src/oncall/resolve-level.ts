import type { ActivatedResponder } from '../alert/alert-events';
import type { EscalationTarget, Team, User } from '../configuration/resources';
import { assertNever } from '../decider';
import type { ScheduleId, TeamId, UserId } from '../ids';
import type { Instant } from '../time';
import type { ReachabilityProblem, ResponderReason, WhyUnreachable } from './responder-reason';
import type { Schedule } from './schedule';
import { nextShiftStart } from './shifts';
import { whoIsOnCall } from './who-is-on-call';

/** Configuration as it stands when the level is due. */
export interface OnCallConfiguration {
  getUser(id: UserId): User | undefined;
  getSchedule(id: ScheduleId): Schedule | undefined;
  getTeam(id: TeamId): Team | undefined;
}

export interface LevelQuestion {
  readonly targets: readonly EscalationTarget[];
  readonly at: Instant;
  readonly configuration: OnCallConfiguration;
  /** Undefined when the person can be paged. */
  readonly unreachable: (user: User) => WhyUnreachable | undefined;
}

export interface LevelResolution {
  /** Those who can be paged, each once, in the order of the targets. None: the level is empty (B11). */
  readonly responders: readonly ActivatedResponder[];
  readonly problems: readonly ReachabilityProblem[];
  /** Earliest coming shift start in the level's schedules. */
  readonly nextShiftStart?: Instant;
}

/** A person with the reason, or what is wrong with a target. */
type Found = { readonly responder: ActivatedResponder } | { readonly problem: ReachabilityProblem };

/** Whom a level pages at an instant, with the reason; and for each target that led to nobody, why. */
export const resolveLevel = ({ targets, at, configuration, unreachable }: LevelQuestion): LevelResolution => {
  const responders: ActivatedResponder[] = [];
  const problems: ReachabilityProblem[] = [];
  const seen = new Set<UserId>();
  for (const found of targets.flatMap((target) => resolveTarget(target, at, configuration))) {
    if ('problem' in found) {
      problems.push(found.problem);
      continue;
    }
    const { userId } = found.responder;
    // On two targets of one level, the first reason holds: one person has one plan (B8) and one problem.
    if (seen.has(userId)) continue;
    seen.add(userId);
    const user = configuration.getUser(userId);
    const why = user && unreachable(user);
    if (!user) problems.push({ type: 'user-missing', userId });
    else if (why) problems.push({ type: 'user-unreachable', userId, why });
    else responders.push(found.responder);
  }
  const next = earliestShift(targets, at, configuration);
  return next === undefined ? { responders, problems } : { responders, problems, nextShiftStart: next };
};

const resolveTarget = (target: EscalationTarget, at: Instant, configuration: OnCallConfiguration): readonly Found[] => {
  switch (target.type) {
    case 'user':
      return [person(target.userId, { type: 'direct' })];
    case 'schedule':
      return [resolveSchedule(target.scheduleId, at, configuration)];
    case 'team':
      return resolveTeam(target.teamId, configuration);
    default:
      return assertNever(target);
  }
};

const resolveSchedule = (scheduleId: ScheduleId, at: Instant, configuration: OnCallConfiguration): Found => {
  const schedule = configuration.getSchedule(scheduleId);
  if (!schedule) return { problem: { type: 'schedule-missing', scheduleId } };
  const answer = whoIsOnCall(schedule, at);
  const named = { scheduleId, scheduleName: schedule.name };
  if (answer.userId !== null) return person(answer.userId, { type: 'schedule', ...named, onCall: answer.reason });
  const { gap, nextShiftStart: next } = answer;
  return { problem: { type: 'schedule-gap', ...named, gap, ...(next !== undefined && { nextShiftStart: next }) } };
};

/** Stakeholders are told what happens; they are not paged. */
const resolveTeam = (teamId: TeamId, configuration: OnCallConfiguration): readonly Found[] => {
  const team = configuration.getTeam(teamId);
  if (!team) return [{ problem: { type: 'team-missing', teamId } }];
  const members = team.members.filter(({ role }) => role !== 'STAKEHOLDER');
  if (members.length === 0) return [{ problem: { type: 'team-empty', teamId, teamName: team.name } }];
  return members.map(({ userId }) => person(userId, { type: 'team', teamId, teamName: team.name }));
};

const person = (userId: UserId, reason: ResponderReason): Found => ({ responder: { userId, reason } });

const earliestShift = (targets: readonly EscalationTarget[], at: Instant, configuration: OnCallConfiguration): Instant | undefined => {
  const starts = targets.flatMap((target) => {
    const schedule = target.type === 'schedule' ? configuration.getSchedule(target.scheduleId) : undefined;
    const next = schedule && nextShiftStart(schedule, at);
    return next === undefined ? [] : [next];
  });
  return starts.length === 0 ? undefined : (Math.min(...starts) as Instant);
};
