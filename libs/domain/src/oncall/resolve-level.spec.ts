import type { AlertPreference, EscalationTarget, Team, User } from '../configuration/resources';
import type { ScheduleId, TeamId, UserId } from '../ids';
import { unreachableBecause } from '../notification/plan';
import { emailContact, person, preference, pushDevice } from '../testing/notification-builders';
import { ana, ben, cleo, created, during, layer, override, recurring, userId, utc } from '../testing/schedule-builders';
import type { Schedule } from './schedule';
import { resolveLevel } from './resolve-level';
import type { WhyUnreachable } from './responder-reason';

const now = utc('2026-01-13T12:00:00Z');
const user = (id: UserId): EscalationTarget => ({ type: 'user', userId: id });
const schedule = (id: number): EscalationTarget => ({ type: 'schedule', scheduleId: id as ScheduleId });
const team = (id: number): EscalationTarget => ({ type: 'team', teamId: id as TeamId });

const operators: Team = {
  id: 1 as TeamId,
  name: 'operators',
  visibility: 'PUBLIC',
  members: [
    { userId: ana, role: 'STAKEHOLDER' },
    { userId: ben, role: 'RESPONDER' },
    { userId: cleo, role: 'ADMIN' },
  ],
  createdAt: created,
  updatedAt: created,
};
const watchers: Team = { ...operators, id: 2 as TeamId, name: 'watchers', members: [{ userId: ana, role: 'STAKEHOLDER' }] };

const nights = recurring([layer({ restrictions: [during('MONDAY 20:00', 'TUESDAY 06:00')] })], { id: 2 as ScheduleId, name: 'nights' });
const schedules = new Map<number, Schedule>([
  [1, recurring([layer()])],
  [2, nights],
  [3, recurring([], { id: 3 as ScheduleId, name: 'empty' })],
  [
    4,
    recurring([layer()], {
      id: 4 as ScheduleId,
      name: 'covered',
      overrides: [override(5, ana, '2026-01-13T00:00:00Z', '2026-01-14T00:00:00Z')],
    }),
  ],
]);

const resolve = (targets: readonly EscalationTarget[], unreachable: Readonly<Record<number, WhyUnreachable>> = {}) =>
  resolveLevel({
    targets,
    at: now,
    configuration: {
      getUser: (id) => (id === 99 ? undefined : person({ id })),
      getSchedule: (id) => schedules.get(id),
      getTeam: (id) => [operators, watchers].find((each) => each.id === id),
    },
    unreachable: ({ id }) => unreachable[id],
  });

const benOfPrimary = {
  userId: ben,
  reason: {
    type: 'schedule',
    scheduleId: 1,
    scheduleName: 'primary',
    onCall: { type: 'layer', layer: 0, start: utc('2026-01-12T08:00:00Z'), end: utc('2026-01-19T08:00:00Z') },
  },
};

describe('a level that is due', () => {
  it('pages its users, whoever is on call, and the members of its teams, with the reason', () => {
    expect(resolve([user(ana), schedule(1), team(1)])).toEqual({
      responders: [
        { userId: ana, reason: { type: 'direct' } },
        benOfPrimary,
        { userId: cleo, reason: { type: 'team', teamId: 1, teamName: 'operators' } },
      ],
      problems: [],
      nextShiftStart: utc('2026-01-19T08:00:00Z'),
    });
  });
  it('names the override that puts a person on call', () => {
    expect(resolve([schedule(4)]).responders).toMatchObject([{ userId: ana, reason: { onCall: { type: 'override', overrideId: 5 } } }]);
  });
  it('pages a person once, for the first reason (B8)', () => {
    expect(resolve([schedule(1), user(ben), team(1)]).responders).toMatchObject([benOfPrimary, { userId: cleo }]);
  });
  it('does not page stakeholders of a team', () => expect(resolve([team(1)]).responders.map((each) => each.userId)).toEqual([ben, cleo]));
});

describe('a level with a target that leads to nobody (B11)', () => {
  it.each([
    [
      'a gap',
      schedule(2),
      { type: 'schedule-gap', scheduleId: 2, scheduleName: 'nights', gap: 'restricted', nextShiftStart: utc('2026-01-19T19:00:00Z') },
    ],
    ['a schedule without layers', schedule(3), { type: 'schedule-gap', scheduleId: 3, scheduleName: 'empty', gap: 'no-layer-active' }],
    ['a deleted schedule', schedule(9), { type: 'schedule-missing', scheduleId: 9 }],
    ['a deleted user', user(userId(99)), { type: 'user-missing', userId: 99 }],
    ['a deleted team', team(9), { type: 'team-missing', teamId: 9 }],
    ['a team of stakeholders', team(2), { type: 'team-empty', teamId: 2, teamName: 'watchers' }],
  ])('says so for %s and pages the others', (_what, target, problem) => {
    expect(resolve([target, user(cleo)])).toMatchObject({ responders: [{ userId: cleo }], problems: [problem] });
  });
  it('is empty when nobody on it can be reached, and says why once per person', () => {
    expect(resolve([schedule(1), user(ben), user(ana)], { [ana]: 'no-provider', [ben]: 'muted' })).toMatchObject({
      responders: [],
      problems: [
        { type: 'user-unreachable', userId: ben, why: 'muted' },
        { type: 'user-unreachable', userId: ana, why: 'no-provider' },
      ],
    });
  });
  it('names the earliest shift start of all its schedules, and none when there is none', () => {
    expect(resolve([schedule(3), schedule(4), schedule(2)]).nextShiftStart).toBe(utc('2026-01-14T00:00:00Z'));
    expect(resolve([schedule(3), user(ana)])).not.toHaveProperty('nextShiftStart');
  });
});

describe('a person', () => {
  const reachable: User = person({ contacts: [emailContact(1)], alertPreferences: [preference(1, 'EMAIL', 1)] });
  const low: AlertPreference = preference(2, 'PUSH', undefined, { type: 'LOW_PRIORITY' });
  const why = (changes: Partial<User>, priority: 'HIGH' | 'LOW' = 'HIGH', method = 'EMAIL') =>
    unreachableBecause({ user: { ...reachable, ...changes }, priority, activatedAt: now, canSend: (candidate) => candidate === method });

  it('is reachable when one preference leads to a provider', () => expect(why({})).toBeUndefined());
  it('needs no contact for push, but a device', () => {
    const byPush = { contacts: [], alertPreferences: [low] };
    expect(why(byPush, 'LOW', 'PUSH')).toBe('no-device');
    expect(why({ ...byPush, pushDevices: [pushDevice(1)] }, 'LOW', 'PUSH')).toBeUndefined();
  });
  it('is muted until the mute ends', () => {
    expect(why({ mutedUntil: utc('2026-01-13T12:00:00.001Z') })).toBe('muted');
    expect(why({ mutedUntil: now })).toBeUndefined();
  });
  it('has no preference for the other priority', () => expect(why({}, 'LOW')).toBe('no-preference'));
  it.each([
    ['unverified', emailContact(1, { verified: false })],
    ['locked', emailContact(1, { status: 'LOCKED' })],
    ['blacklisted', emailContact(1, { status: 'BLACKLISTED' })],
    ['missing', emailContact(2)],
  ])('cannot be reached when the contact is %s', (_state, contact) => expect(why({ contacts: [contact] })).toBe('no-verified-contact'));
  it('cannot be reached without a provider', () => expect(why({}, 'HIGH', 'SMS')).toBe('no-provider'));
});
