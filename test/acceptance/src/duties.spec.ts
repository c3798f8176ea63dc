import type { LocalDateTime, Schedule, UserId } from '@tocsin/domain';
import { World } from './world';

let world: World;
beforeEach(async () => (world = await World.start()));
afterEach(() => world.stop());

/** A rule of this person's own: so many minutes before a shift. */
const wantsToKnow = async (userId: UserId, ...minutes: readonly number[]): Promise<void> => {
  const [contact] = (await world.get<{ id: number }[]>(`/api/users/${userId}/contacts/emails`)).body;
  for (const beforeMin of minutes) {
    const body = { type: 'ON_CALL', method: 'EMAIL', contact: { id: contact?.id }, beforeMin };
    expect((await world.post(`/api/users/${userId}/notification-preferences/duties`, body)).status).toBe(201);
  }
};
const subjects = (name: string): readonly string[] => world.mailbox(name).subjects;

describe('somebody who wants to know when their shift begins', () => {
  it('is told so long before it, by their own clocks, once', async () => {
    const [ana, ben] = [await world.person('ana'), await world.person('ben')];
    await wantsToKnow(ana, 60, 15);
    await wantsToKnow(ben, 0);
    await world.shifts('Nights', [
      { userId: ana, start: '2026-01-05T12:00', end: '2026-01-05T18:00' },
      { userId: ben, start: '2026-01-05T18:00', end: '2026-01-06T00:00' },
    ]);
    // Their shifts were planned by somebody else.
    await world.settle();
    expect(subjects('ana')).toEqual(['Your shifts in Nights have changed']);
    await world.advance('2h');
    expect(subjects('ana').slice(1)).toEqual(['Your shift in Nights begins at 13:00 CET on Mon, 5 Jan 2026']);
    await world.down('20m');
    await world.advance('40m');
    expect(subjects('ana').slice(1)).toHaveLength(2);
    expect(world.mailbox('ana').all().at(-1)?.text).toContain('begins at 13:00 CET on Mon, 5 Jan 2026 and ends at 19:00 CET');
    await world.advance('6h');
    expect(subjects('ben').at(-1)).toBe('Your shift in Nights begins at 19:00 CET on Mon, 5 Jan 2026');
    expect(subjects('ana').slice(1)).toHaveLength(2);
  });

  it('is told late when nothing ran at the time, and not at all when the shift is over', async () => {
    const ana = await world.person('ana');
    await wantsToKnow(ana, 30);
    await world.shifts('Nights', [
      { userId: ana, start: '2026-01-05T10:00', end: '2026-01-05T11:00' },
      { userId: ana, start: '2026-01-05T13:00', end: '2026-01-05T14:00' },
    ]);
    await world.settle();
    await world.down('3h50m');
    expect(subjects('ana').slice(1)).toEqual(['Your shift in Nights begins at 14:00 CET on Mon, 5 Jan 2026']);
  });

  it('is told as soon as the mail server, which refuses for now, takes the message', async () => {
    const ana = await world.person('ana');
    await wantsToKnow(ana, 30);
    await world.shifts('Nights', [{ userId: ana, start: '2026-01-05T10:00', end: '2026-01-05T12:00' }]);
    await world.settle();
    world.mail.refuse({ code: 451, times: 2 });
    await world.advance('30m');
    expect(subjects('ana').slice(1)).toEqual([]);
    await world.advance('1m');
    expect(subjects('ana').slice(1)).toEqual(['Your shift in Nights begins at 11:00 CET on Mon, 5 Jan 2026']);
  });

  it('is not told while they have muted everything', async () => {
    const ana = await world.person('ana', { mutedUntil: Date.parse('2026-01-05T13:00:00Z') as never });
    await wantsToKnow(ana, 0);
    await world.shifts('Nights', [{ userId: ana, start: '2026-01-05T12:00', end: '2026-01-05T18:00' }]);
    await world.advance('3h');
    expect(subjects('ana')).toEqual([]);
  });
});

describe('somebody whose shifts another one changed', () => {
  const swap = (schedule: Schedule, userId: UserId): Schedule =>
    schedule.type === 'STATIC'
      ? {
          ...schedule,
          plans: schedule.plans.map((plan) => ({
            ...plan,
            shifts: [{ userId, start: '2026-01-07T12:00' as LocalDateTime, end: '2026-01-07T18:00' as LocalDateTime }],
          })),
        }
      : schedule;

  it('is told who did it and what they gain and lose; whoever changed it is not', async () => {
    const [ana, ben, cleo] = [await world.person('ana'), await world.person('ben'), await world.person('cleo')];
    await wantsToKnow(ana, 15, 30);
    await wantsToKnow(ben, 15);
    // Cleo has no such rule.
    const nights = await world.shifts('Nights', [{ userId: ana, start: '2026-01-07T12:00', end: '2026-01-07T18:00' }]);
    await world.settle();
    const override = { user: { id: ben }, start: '2026-01-07T12:00:00Z', end: '2026-01-07T14:00:00Z' };
    expect((await world.put(`/api/schedules/${nights}/overrides`, override, await world.keyOf(ben))).status).toBe(200);
    await world.settle();
    expect(subjects('ben')).toEqual([]);
    expect(subjects('ana').slice(1)).toEqual(['Your shifts in Nights have changed']);
    expect(world.mailbox('ana').all().at(-1)?.text.split('\n').slice(2, 5)).toEqual([
      'Ben Tester changed the schedule Nights, and with it your shifts.',
      'No longer: from 13:00 CET on Wed, 7 Jan 2026 to 19:00 CET on Wed, 7 Jan 2026',
      'New: from 15:00 CET on Wed, 7 Jan 2026 to 19:00 CET on Wed, 7 Jan 2026',
    ]);
    await world.changeSchedule(nights, (schedule) => swap(schedule, cleo));
    await world.settle();
    expect(subjects('ana').slice(1)).toHaveLength(2);
    expect(subjects('cleo')).toEqual([]);
  });

  it("is not told of a shift that begins when it is somebody else's by then", async () => {
    const [ana, ben] = [await world.person('ana'), await world.person('ben')];
    await wantsToKnow(ana, 15);
    const nights = await world.shifts('Nights', [{ userId: ana, start: '2026-01-05T12:00', end: '2026-01-05T18:00' }]);
    await world.settle();
    world.mail.refuse({ code: 451, times: 3 });
    await world.advance('2h45m');
    await world.changeSchedule(nights, (schedule) => swap(schedule, ben));
    await world.advance('10m');
    expect(subjects('ana')).toEqual(['Your shifts in Nights have changed', 'Your shifts in Nights have changed']);
    const [held] = (await world.metric('tocsin_notifications_total')).filter((line) => line.includes('shift-changed'));
    expect(held).toContain('outcome="cancelled"');
  });
});
