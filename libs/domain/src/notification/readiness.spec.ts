import type { ScheduleId, TeamId, UserId } from '../ids';
import { emailContact, person, phoneContact, preference, pushDevice, second } from '../testing/notification-builders';
import { ana, ben, cleo, layer, local, override, recurring, shift, userId, utc, withShifts } from '../testing/schedule-builders';
import { plusMs, type Instant } from '../time';
import { peopleOf, readinessOf, SUCCESS_TOO_OLD_MS } from './readiness';
import type { ReadinessQuestion } from './readiness';

const now = second(0);
const mail = emailContact(3);
const reachable = person({ contacts: [mail], alertPreferences: [preference(8, 'EMAIL', 3)] });
const asked = (user = reachable, more: Partial<ReadinessQuestion> = {}) =>
  readinessOf({ user, now, canSend: () => true, lastSuccess: () => now, failing: () => undefined, ...more });

describe('a person', () => {
  it('whom messages have reached lately is ready', () => expect(asked()).toEqual({ isReady: true, problems: [] }));

  it('who is muted is not ready until the mute is over', () => {
    const until = plusMs(now, 1);
    expect(asked({ ...reachable, mutedUntil: until })).toEqual({ isReady: false, problems: [{ type: 'muted', until }] });
    expect(asked({ ...reachable, mutedUntil: now })).toEqual({ isReady: true, problems: [] });
  });

  it('with no rule for alerts of high priority is not ready', () => {
    const lowOnly = { ...reachable, alertPreferences: [preference(9, 'EMAIL', 3, { type: 'LOW_PRIORITY' })] };
    expect(asked(lowOnly)).toEqual({ isReady: false, problems: [{ type: 'no-preference' }] });
  });

  it.each([
    ['is not verified', { verified: false }, 'contact-not-verified'],
    ['takes no more messages (B24)', { status: 'BLACKLISTED' as const }, 'contact-blacklisted'],
    ['is locked', { status: 'LOCKED' as const }, 'contact-locked'],
  ])('whose only contact %s is not ready', (_what, change, type) => {
    const user = { ...reachable, contacts: [emailContact(3, change)] };
    expect(asked(user)).toEqual({
      isReady: false,
      problems: [{ type: 'no-verified-contact' }, { type, preferenceId: 8, method: 'EMAIL', contactId: 3 }],
    });
  });

  it('who chose a method without a provider is not ready by it', () => {
    const user = {
      ...reachable,
      contacts: [mail, phoneContact(4)],
      alertPreferences: [preference(8, 'EMAIL', 3), preference(9, 'SMS', 4)],
    };
    const problem = { type: 'no-provider', preferenceId: 9, method: 'SMS', contactId: 4 };
    expect(asked(user, { canSend: (method) => method === 'EMAIL' })).toEqual({ isReady: true, problems: [problem] });
    expect(asked(user, { canSend: () => false })).toMatchObject({ isReady: false });
  });

  it('by whose method no provider takes anything is not ready by it, but by another one', () => {
    const failing = { from: plusMs(now, -90_000), to: plusMs(now, -5_000), people: [reachable.id] };
    const mailFails = { failing: (method: string) => (method === 'EMAIL' ? failing : undefined) };
    const problem = { type: 'provider-failing', failing, method: 'EMAIL', contactId: 3 };
    expect(asked(reachable, mailFails)).toEqual({ isReady: false, problems: [problem] });
    const alsoBySms = {
      ...reachable,
      contacts: [mail, phoneContact(4)],
      alertPreferences: [preference(8, 'EMAIL', 3), preference(9, 'SMS', 4)],
    };
    expect(asked(alsoBySms, mailFails)).toEqual({ isReady: true, problems: [problem] });
  });

  it('is ready although nobody takes what somebody else alone is sent', () => {
    const failing = { from: plusMs(now, -90_000), to: plusMs(now, -5_000), people: [77 as UserId] };
    expect(asked(reachable, { failing: () => failing })).toEqual({ isReady: true, problems: [] });
  });

  it('is told once of each way by which nothing arrived yet, or too long ago', () => {
    const twice = { ...reachable, alertPreferences: [preference(8, 'EMAIL', 3), preference(9, 'EMAIL', 3, { delayMin: 5 })] };
    const way = { method: 'EMAIL', contactId: 3 };
    const old = plusMs(now, -SUCCESS_TOO_OLD_MS) as Instant;
    expect(asked(twice, { lastSuccess: () => null })).toEqual({ isReady: true, problems: [{ type: 'never-reached', ...way }] });
    expect(asked(twice, { lastSuccess: () => old }).problems).toEqual([]);
    const older = plusMs(old, -1);
    expect(asked(twice, { lastSuccess: () => older }).problems).toEqual([{ type: 'last-success-too-old', lastSuccess: older, ...way }]);
  });

  it.each([
    ['is said where it shows no pushes until then', false, [{ type: 'device-not-on-home-screen', method: 'PUSH' }]],
    ['is no matter once it is there', true, []],
    ['is no matter where nobody says so', undefined, []],
  ])("whose app on an iPhone's home screen %s (B28)", (_what, onHomeScreen, problems) => {
    const device = pushDevice(1, onHomeScreen === undefined ? {} : { onHomeScreen });
    const user = person({ contacts: [mail], pushDevices: [device], alertPreferences: [preference(8, 'PUSH')] });
    expect(asked(user)).toEqual({ isReady: true, problems });
  });

  it('is not suspected while nobody can say what arrived', () =>
    expect(asked(reachable, { lastSuccess: () => undefined })).toEqual({ isReady: true, problems: [] }));
});

describe('whom a level may lead to', () => {
  const at = utc('2026-03-02T12:00:00Z');
  const schedules = [
    recurring([layer({ users: [ben, ana] }), layer({ users: [userId(7)], endsOn: local('2026-02-01T00:00') })], {
      overrides: [override(1, userId(8), '2026-03-05T00:00:00Z', '2026-03-06T00:00:00Z')],
    }),
    withShifts([shift(cleo, '2026-04-01T00:00', '2026-04-02T00:00'), shift(userId(9), '2026-01-01T00:00', '2026-01-02T00:00')], {
      id: 2 as ScheduleId,
    }),
  ];
  const configuration = {
    getUser: () => undefined,
    getSchedule: (id: ScheduleId) => schedules.find((schedule) => schedule.id === id),
    getTeam: () =>
      ({
        members: [
          { userId: userId(5), role: 'RESPONDER' },
          { userId: userId(6), role: 'STAKEHOLDER' },
        ],
      }) as never,
  };
  const people = (...targets: Parameters<typeof peopleOf>[0]) => peopleOf(targets, configuration, at);

  it('are those on a schedule who have a turn to come, and their stand-ins', () => {
    expect(people({ type: 'schedule', scheduleId: 1 as ScheduleId })).toEqual([1, 2, 8]);
    expect(people({ type: 'schedule', scheduleId: 2 as ScheduleId })).toEqual([3]);
    expect(people({ type: 'schedule', scheduleId: 4 as ScheduleId })).toEqual([]);
  });

  it('are the members of a team who answer alerts, and whoever is named, each once', () =>
    expect(people({ type: 'team', teamId: 1 as TeamId }, { type: 'user', userId: ana }, { type: 'user', userId: 5 as UserId })).toEqual([
      1, 5,
    ]));
});
