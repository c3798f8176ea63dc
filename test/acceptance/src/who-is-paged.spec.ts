import type { AlertPreference, EscalationTarget, UserId } from '@tocsin/domain';
import { parseInstant } from '@tocsin/domain';
import { World } from './world';

const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const DISK = { summary: 'disk full', alertKey: 'disk' };

describe('a level that is due', () => {
  let world: World;
  const received = (name: string): number => world.mailbox(name).all().length;
  beforeEach(async () => void (world = await World.start()));
  afterEach(() => world.stop());

  it('with an empty schedule is skipped at once, and the timeline says why and until when (B11)', async () => {
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    const nights = await world.shifts('Nights', [{ userId: ben, start: '2026-01-05T18:00', end: '2026-01-06T06:00' }]);
    const key = await world.source(
      await world.policy([{ targets: [{ type: 'schedule', scheduleId: nights }], timeoutMin: 30 }, { targets: [user(ana)] }]),
    );
    await world.event(key, DISK);
    expect(received('ana')).toBe(1);
    expect(received('ben')).toBe(0);
    expect(await world.timeline((await world.alert()).id)).toEqual(
      expect.arrayContaining([
        'Level 1 skipped: schedule Nights: nobody on call, the schedule has not begun; next shift from 2026-01-05T18:00:00.000Z',
        'Level 2: Ana Tester is responder, named in the escalation level',
      ]),
    );
  });

  it('pages whoever is on call when it is due, the incoming person at the hand-over instant (B14)', async () => {
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    const days = await world.shifts('Days', [
      { userId: ana, start: '2026-01-05T06:00', end: '2026-01-05T09:30' },
      { userId: ben, start: '2026-01-05T09:30', end: '2026-01-05T18:00' },
    ]);
    const level = { targets: [{ type: 'schedule', scheduleId: days }] as const, timeoutMin: 30 };
    const key = await world.source(await world.policy([level, level]));
    await world.event(key, DISK);
    expect([received('ana'), received('ben')]).toEqual([1, 0]);
    await world.advance('30m');
    expect([received('ana'), received('ben')]).toEqual([1, 1]);
    expect(await world.timeline((await world.alert()).id)).toContain(
      'Level 2: Ben Tester is responder, on call in Days (shift, until 2026-01-05T18:00:00.000Z)',
    );
  });

  it('pages the person of an override in force, and says so', async () => {
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    const days = await world.shifts(
      'Days',
      [{ userId: ana, start: '2026-01-05T06:00', end: '2026-01-05T18:00' }],
      [{ userId: ben, start: '2026-01-05T08:00', end: '2026-01-05T10:00' }],
    );
    const key = await world.source(await world.policy([{ targets: [{ type: 'schedule', scheduleId: days }] }]));
    await world.event(key, DISK);
    expect([received('ana'), received('ben')]).toEqual([0, 1]);
    expect(await world.timeline((await world.alert()).id)).toContain(
      'Level 1: Ben Tester is responder, on call in Days (by an override, until 2026-01-05T10:00:00.000Z)',
    );
    expect(world.mailbox('ben').all()[0]?.text).toContain('by an override');
  });

  it.each([
    ['has muted notifications', 'has muted notifications', { mutedUntil: parseInstant('2026-01-05T12:00:00Z') }],
    ['has no verified contact', 'has no verified contact for the chosen methods', { verified: false }],
    ['has no preference', 'has no notification preference for this priority', { preferences: [] }],
  ])('whose only person %s counts as empty, with the reason (B11)', async (_what, says, options) => {
    const ana = await world.person('ana', options);
    const ben = await world.person('ben');
    const key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 30 }, { targets: [user(ben)] }]));
    await world.event(key, DISK);
    expect([received('ana'), received('ben')]).toEqual([0, 1]);
    expect(await world.timeline((await world.alert()).id)).toContain(`Level 1 skipped: Ana Tester ${says}`);
  });

  it('pages a person who stands on it twice once (B8)', async () => {
    const ana = await world.person('ana');
    const days = await world.shifts('Days', [{ userId: ana, start: '2026-01-05T06:00', end: '2026-01-05T18:00' }]);
    const key = await world.source(await world.policy([{ targets: [user(ana), { type: 'schedule', scheduleId: days }] }]));
    await world.event(key, DISK);
    expect(received('ana')).toBe(1);
  });

  it('pages a person once to whom the shifts of two schedules were given', async () => {
    const [ana, ben, cleo] = [await world.person('ana'), await world.person('ben'), await world.person('cleo')];
    const window = { start: '2026-01-05T06:00', end: '2026-01-05T18:00' };
    const schedules = [
      await world.shifts('Disks', [{ userId: ana, ...window }]),
      await world.shifts('Networks', [{ userId: ben, ...window }]),
    ];
    for (const id of schedules) {
      const override = { user: { id: cleo }, start: '2026-01-05T09:00:00Z', end: '2026-01-05T17:00:00Z' };
      expect((await world.put(`/api/schedules/${id}/overrides`, override)).status).toBe(200);
    }
    const targets = schedules.map((scheduleId) => ({ type: 'schedule', scheduleId }) as const);
    await world.event(await world.source(await world.policy([{ targets }])), DISK);
    expect([received('ana'), received('ben'), received('cleo')]).toEqual([0, 0, 1]);
  });

  it('pages nobody again when its policy, source and people are saved', async () => {
    const ana = await world.person('ana');
    const policyId = await world.policy([{ targets: [user(ana)], timeoutMin: 60 }]);
    const key = await world.source(policyId);
    await world.event(key, DISK);
    for (const path of [`/api/escalation-policies/${policyId}`, `/api/alert-sources/${world.sourceId(key)}`, `/api/users/${ana}`]) {
      const { body } = await world.get<object>(path);
      expect((await world.put(path, body)).status).toBe(200);
    }
    await world.advance('10m');
    expect(received('ana')).toBe(1);
  });

  it('waits for the delay of the policy, once per alert, and its timeout counts from then (B14)', async () => {
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    const key = await world.source(
      await world.policy(
        [
          { targets: [user(ana)], timeoutMin: 5 },
          { targets: [user(ben)], timeoutMin: 5 },
        ],
        {
          delayMin: 10,
          repeating: true,
          frequency: 2,
        },
      ),
    );
    await world.event(key, DISK);
    await world.advance('9m');
    expect([received('ana'), received('ben')]).toEqual([0, 0]);
    await world.advance('1m');
    expect([received('ana'), received('ben')]).toEqual([1, 0]);
    await world.advance('5m');
    expect([received('ana'), received('ben')]).toEqual([1, 1]);
    await world.advance('5m');
    expect([received('ana'), received('ben')]).toEqual([2, 1]);
  });

  it('pages nobody when the tool resolves or accepts within the delay (B14)', async () => {
    const ana = await world.person('ana');
    const key = await world.source(await world.policy([{ targets: [user(ana)] }], { delayMin: 10 }));
    await world.event(key, DISK);
    await world.event(key, { summary: 'other', alertKey: 'other' });
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'disk' });
    await world.event(key, { eventType: 'ACCEPT', alertKey: 'other' });
    await world.advance('3h');
    expect(world.mail.all()).toEqual([]);
  });
});

describe('a policy that has nobody', () => {
  let world: World;
  const received = (name: string): number => world.mailbox(name).all().length;
  beforeEach(async () => void (world = await World.start()));
  afterEach(() => world.stop());

  it('pages the fallback once and is tried again when the next shift starts (B11)', async () => {
    const ana = await world.person('ana');
    const nights = await world.shifts('Nights', [{ userId: ana, start: '2026-01-05T18:00', end: '2026-01-06T06:00' }]);
    const level = { targets: [{ type: 'schedule', scheduleId: nights }] as const };
    const key = await world.source(await world.policy([level, level], { repeating: true, frequency: 9 }));
    await world.event(key, DISK);
    expect([received('admin'), received('ana')]).toEqual([1, 0]);
    const alert = await world.alert();
    expect(alert).toMatchObject({ status: 'PENDING', nextEscalation: '2026-01-05T18:00:00.000Z' });
    expect(await world.timeline(alert.id)).toContainEqual(
      expect.stringMatching(
        /^Nobody of the policy can be reached \(schedule Nights: .*\); fallback contacts: Admin User; tried again at 2026-01-05T18:00/,
      ),
    );
    expect(world.mailbox('admin').all()[0]?.text).toContain('fallback contact');
    await world.advance('8h59m');
    expect([received('admin'), received('ana')]).toEqual([1, 0]);
    await world.advance('1m');
    expect([received('admin'), received('ana')]).toEqual([1, 1]);
  });

  it('and no schedule pages the fallback and stays PENDING', async () => {
    const ana = await world.person('ana', { verified: false });
    const key = await world.source(await world.policy([{ targets: [user(ana)] }], { repeating: true, frequency: 9 }));
    await world.event(key, DISK);
    await world.advance('24h');
    expect(received('admin')).toBe(1);
    expect(await world.alert()).toMatchObject({ status: 'PENDING' });
  });

  it('reaches a fallback contact who chose nothing and muted all (B11)', async () => {
    await world.changePerson(1 as UserId, (admin) => ({
      ...admin,
      alertPreferences: [],
      mutedUntil: parseInstant('2027-01-01T00:00:00Z'),
    }));
    const key = await world.source(await world.policy([]));
    await world.event(key, DISK);
    expect(received('admin')).toBe(1);
    await world.press(world.mailbox('admin').link('accept'));
    expect(await world.alert()).toMatchObject({ status: 'ACCEPTED', assignedTo: { id: 1 } });
  });
});

describe('an escalation that nobody answers', () => {
  let world: World;
  const received = (name: string): number => world.mailbox(name).all().length;
  beforeEach(async () => void (world = await World.start()));
  afterEach(() => world.stop());

  it('ends with one page to the fallback, and the alert stays PENDING (B12)', async () => {
    const ana = await world.person('ana');
    const key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 30 }]));
    await world.event(key, DISK);
    await world.advance('29m');
    expect(received('admin')).toBe(0);
    await world.advance('1m');
    expect([received('admin'), received('ana')]).toEqual([1, 1]);
    await world.advance('48h');
    expect([received('admin'), received('ana')]).toEqual([1, 1]);
    const alert = await world.alert();
    expect(alert).toMatchObject({ status: 'PENDING' });
    expect(await world.timeline(alert.id)).toContain('The escalation ended without an answer; fallback contacts: Admin User');
  });

  it('pages everybody again on each of its passes (B8)', async () => {
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    const key = await world.source(
      await world.policy(
        [
          { targets: [user(ana)], timeoutMin: 5 },
          { targets: [user(ben)], timeoutMin: 5 },
        ],
        { repeating: true, frequency: 3 },
      ),
    );
    await world.event(key, DISK);
    expect(await world.alert()).toMatchObject({ nextEscalationRuleIndex: 1 });
    await world.advance('10m');
    expect([received('ana'), received('ben')]).toEqual([2, 1]);
    expect(await world.alert()).toMatchObject({ nextEscalationRuleIndex: 3 });
    await world.advance('6h');
    expect([received('ana'), received('ben'), received('admin')]).toEqual([3, 3, 1]);
    expect(await world.timeline((await world.alert()).id)).toContain('Level 1 is due, pass 3');
  });

  it('takes the policy as it was when it began; the next alert takes the edited one (B16)', async () => {
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    const policyId = await world.policy([{ targets: [user(ana)], timeoutMin: 5 }, { targets: [user(ana)] }]);
    const key = await world.source(policyId);
    await world.event(key, DISK);
    await world.changePolicy(policyId, (policy) => ({ ...policy, rules: [{ escalationTimeoutMin: 5, targets: [user(ben)] }] }));
    await world.advance('5m');
    expect([received('ana'), received('ben')]).toEqual([2, 0]);
    await world.event(key, { summary: 'next', alertKey: 'next' });
    expect([received('ana'), received('ben')]).toEqual([2, 1]);
  });
});

describe('a person with several rules', () => {
  let world: World;
  const received = (name: string): number => world.mailbox(name).all().length;
  const at = (...delays: readonly number[]): readonly Omit<AlertPreference, 'id' | 'contactId'>[] =>
    delays.map((delayMin) => ({ type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin }));
  beforeEach(async () => void (world = await World.start()));
  afterEach(() => world.stop());

  it('is paged after each delay until there is an answer; the rest is cancelled and shown so (B9)', async () => {
    const ana = await world.person('ana', { preferences: at(0, 10, 20) });
    const key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 60 }]));
    await world.event(key, DISK);
    expect(received('ana')).toBe(1);
    await world.advance('10m');
    expect(received('ana')).toBe(2);
    await world.press(world.mailbox('ana').link('accept'));
    await world.advance('2h');
    expect(received('ana')).toBe(2);
    expect(await world.timeline((await world.alert()).id)).toEqual(
      expect.arrayContaining([
        'EMAIL Ana Tester: planned for 2026-01-05T09:20:00.000Z',
        'EMAIL Ana Tester: cancelled, the alert was accepted',
      ]),
    );
  });

  it('is told by the timeline which of them led to nothing', async () => {
    const ana = await world.person('ana', { preferences: at(0) });
    await world.changePerson(ana, (person) => ({
      ...person,
      contacts: [...person.contacts, { id: 9_000 as never, type: 'email', target: 'new@example.test', status: 'OK', verified: false }],
      alertPreferences: [
        ...person.alertPreferences,
        { id: 9_001 as never, type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 0, contactId: 9_000 as never },
      ],
    }));
    const key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 60 }]));
    await world.event(key, DISK);
    expect(received('ana')).toBe(1);
    expect(received('new')).toBe(0);
    expect(await world.timeline((await world.alert()).id)).toContain('EMAIL Ana Tester: not sent: its contact is not verified');
  });

  it('gets one message where pages of two levels come to one contact within a minute (B8)', async () => {
    // Level 1 would write after five minutes, level 2 at once after five minutes.
    const ana = await world.person('ana', { preferences: [{ type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 5 }] });
    const key = await world.source(
      await world.policy([
        { targets: [user(ana)], timeoutMin: 0 },
        { targets: [user(ana)], timeoutMin: 60 },
      ]),
    );
    await world.event(key, DISK);
    await world.advance('30m');
    expect(received('ana')).toBe(1);
    expect(await world.timeline((await world.alert()).id)).toContain(
      'EMAIL Ana Tester: cancelled, a newer page to the same contact replaces it',
    );
  });
});

describe('a source with automatic resolution', () => {
  let world: World;
  beforeEach(async () => void (world = await World.start()));
  afterEach(() => world.stop());

  it('resolves its alert when the time is over, and nobody is paged after that', async () => {
    const ana = await world.person('ana');
    const key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 60 }, { targets: [user(ana)] }]), {
      autoResolutionTimeout: 'PT45M',
    });
    await world.event(key, DISK);
    await world.advance('44m');
    expect(await world.alert()).toMatchObject({ status: 'PENDING' });
    await world.advance('1m');
    const alert = await world.alert();
    expect(alert).toMatchObject({ status: 'RESOLVED', resolvedOn: '2026-01-05T09:45:00.000Z' });
    await world.advance('3h');
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect(await world.timeline(alert.id)).toContain('Resolved by the auto-resolution of its source');
  });
});
