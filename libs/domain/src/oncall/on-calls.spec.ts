import type { AlertSource, EscalationPolicy, EscalationTarget, Team } from '../configuration/resources';
import type { EscalationPolicyId, ScheduleId, TeamId } from '../ids';
import { ana, ben, cleo, created, layer, recurring, shift, userId, utc, withShifts } from '../testing/schedule-builders';
import { onCallsBetween, type OnCallFilter, type OnCallQuestion } from './on-calls';
import type { Schedule } from './schedule';

const everything: OnCallFilter = { policies: [], levels: new Map(), schedules: [], users: [] };
const policyId = (id: number) => id as EscalationPolicyId;
const scheduleId = (id: number) => id as ScheduleId;
const user = (id: number): EscalationTarget => ({ type: 'user', userId: userId(id) });
const schedule = (id: number): EscalationTarget => ({ type: 'schedule', scheduleId: scheduleId(id) });
const policy = (id: number, ...levels: (readonly EscalationTarget[])[]): EscalationPolicy => ({
  id: policyId(id),
  name: `policy ${id}`,
  rules: levels.map((targets) => ({ escalationTimeoutMin: 5, targets })),
  repeating: false,
  frequency: 1,
  delayMin: 0,
  teamIds: [],
  createdAt: created,
  updatedAt: created,
});
const usedBy = (id: number) => ({ escalationPolicyId: policyId(id) }) as AlertSource;
const team: Team = {
  id: 1 as TeamId,
  name: 'operators',
  visibility: 'PUBLIC',
  members: [
    { userId: ana, role: 'STAKEHOLDER' },
    { userId: ben, role: 'RESPONDER' },
  ],
  createdAt: created,
  updatedAt: created,
};

const weekly: Schedule = recurring([layer()], { id: scheduleId(1) });
const fixed: Schedule = withShifts([shift(cleo, '2026-01-13T00:00', '2026-01-14T00:00')], { id: scheduleId(2) });
const schedules = new Map([weekly, fixed].map((each) => [each.id, each]));
/** Ben's week. */
const now = utc('2026-01-13T12:00:00Z');
const [monday, nextMonday] = [utc('2026-01-12T08:00:00Z'), utc('2026-01-19T08:00:00Z')];

const ask = (changes: Partial<OnCallQuestion> = {}, gone: readonly number[] = []) =>
  onCallsBetween({
    from: now,
    until: now,
    filter: everything,
    people: { now, userExists: (id) => !gone.includes(id) },
    policies: [policy(1, [schedule(1)], [user(cleo), schedule(2)]), policy(2, [user(ana)])],
    sources: [usedBy(1)],
    getSchedule: (id) => schedules.get(id),
    getTeam: (id) => (id === team.id ? team : undefined),
    ...changes,
  });

describe('who is on call now', () => {
  it('is told per level: by a shift with its whole length, or always', () =>
    expect(ask()).toEqual([
      { policyId: 1, level: 1, userId: ben, scheduleId: 1, start: monday, end: nextMonday },
      { policyId: 1, level: 2, userId: cleo },
      { policyId: 1, level: 2, userId: cleo, scheduleId: 2, start: utc('2026-01-12T23:00:00Z'), end: utc('2026-01-13T23:00:00Z') },
    ]));

  it('counts the policies that a source uses, and any that is named', () => {
    expect(ask().map(({ policyId: id }) => id)).not.toContain(2);
    expect(ask({ filter: { ...everything, policies: [policyId(2)] } })).toEqual([{ policyId: 2, level: 1, userId: ana }]);
  });

  it('is narrowed to levels, to people, and to schedules', () => {
    expect(ask({ filter: { ...everything, levels: new Map([[policyId(1), [2]]]) } }).map(({ level }) => level)).toEqual([2, 2]);
    expect(ask({ filter: { ...everything, users: [ben] } }).map(({ userId: id }) => id)).toEqual([ben]);
    expect(ask({ filter: { ...everything, schedules: [scheduleId(2)] } })).toMatchObject([{ level: 2, userId: cleo, scheduleId: 2 }]);
  });

  it('answers for a schedule that no policy uses when it is named', () =>
    expect(ask({ policies: [], filter: { ...everything, schedules: [scheduleId(1)] } })).toEqual([
      { userId: ben, scheduleId: 1, start: monday, end: nextMonday },
    ]));

  it('has the members of a team who answer alerts, and each person once', () =>
    expect(ask({ policies: [policy(1, [{ type: 'team', teamId: team.id }, user(ben)])] })).toEqual([
      { policyId: 1, level: 1, userId: ben },
    ]));

  it('leaves out who is gone', () => expect(ask({}, [ben, cleo])).toEqual([]));
});

describe('who is on call over some time', () => {
  it('has every shift of that time, in order', () =>
    expect(ask({ until: utc('2026-01-27T00:00:00Z'), filter: { ...everything, schedules: [scheduleId(1)] } })).toMatchObject([
      { userId: ben, end: nextMonday },
      { userId: ana, start: nextMonday },
      { userId: ben, start: utc('2026-01-26T08:00:00Z') },
    ]));

  it('leaves out a shift that begins when it ends', () =>
    expect(ask({ until: nextMonday, filter: { ...everything, schedules: [scheduleId(1)] } })).toMatchObject([{ userId: ben }]));
});
