import type { EscalationTarget, UserId } from '@tocsin/domain';
import { World } from './world';

const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const DISK = { summary: 'disk full', alertKey: 'disk' };

describe('a mail server', () => {
  let world: World;
  let key: string;
  const received = (): number => world.mailbox('ana').all().length;
  const timeline = async () => (await world.timeline((await world.alert()).id)).filter((line) => line.startsWith('EMAIL'));
  beforeEach(async () => {
    world = await World.start();
    const ana = await world.person('ana');
    key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
  });
  afterEach(() => world.stop());

  it('that refuses for now is asked again with growing gaps until it takes the page; each attempt is told (P7)', async () => {
    world.mail.refuse({ code: 451, times: 3 });
    await world.event(key, DISK);
    expect(received()).toBe(0);
    await world.advance('1h');
    expect(received()).toBe(1);
    const lines = await timeline();
    expect(lines).toEqual([
      'EMAIL Ana Tester: planned at once',
      expect.stringMatching(/^EMAIL Ana Tester: attempt 1 failed \(SMTP 451 to DATA\); again at 2026-01-05T09:00:03\.750Z$/),
      expect.stringMatching(/^EMAIL Ana Tester: attempt 2 through smtp, 4 s late$/),
      expect.stringMatching(/^EMAIL Ana Tester: attempt 2 failed \(SMTP 451 to DATA\); again at 2026-01-05T09:00:11\.250Z$/),
      expect.stringMatching(/^EMAIL Ana Tester: attempt 3 through smtp, 11 s late$/),
      expect.stringMatching(/^EMAIL Ana Tester: attempt 3 failed \(SMTP 451 to DATA\); again at 2026-01-05T09:00:26\.250Z$/),
      expect.stringMatching(/^EMAIL Ana Tester: attempt 4 through smtp, 26 s late$/),
      'EMAIL Ana Tester: handed over to smtp',
    ]);
  });

  it('that refuses for good ends the page as failed with its reason, and the escalation goes on (P7)', async () => {
    world.mail.refuse({ code: 550, times: 1 });
    await world.event(key, DISK);
    await world.advance('3h');
    expect(received()).toBe(0);
    expect(await timeline()).toEqual(['EMAIL Ana Tester: planned at once', 'EMAIL Ana Tester: failed: SMTP 550 to DATA']);
    expect(await world.alert()).toMatchObject({ status: 'PENDING' });
  });

  it('that refuses a day after the page was due is not asked again, and the page has failed with the last reason (P7)', async () => {
    world.mail.refuse({ code: 451, times: 1_000 });
    await world.event(key, DISK);
    await world.down('25h');
    expect((await timeline()).filter((line) => line.includes('Ana Tester')).slice(-2)).toEqual([
      'EMAIL Ana Tester: attempt 2 through smtp, 90000 s late',
      'EMAIL Ana Tester: failed: SMTP 451 to DATA',
    ]);
    world.mail.refuse({ code: 451, times: 0 });
    await world.advance('3h');
    expect(received()).toBe(0);
  });

  it('that takes a page and whose answer gets lost is asked again under the same message id, marked as possibly a duplicate', async () => {
    world.mail.make('drop-after');
    await world.event(key, DISK);
    await world.advance('1m');
    const [first, second, ...more] = world.mailbox('ana').all();
    expect(more).toEqual([]);
    expect(second?.messageId).toBe(first?.messageId);
    expect(second?.text).not.toBe(first?.text);
    expect(await timeline()).toEqual([
      'EMAIL Ana Tester: planned at once',
      expect.stringMatching(/attempt 1 failed \(no answer after the message .*\); again at/),
      expect.stringMatching(/attempt 2 through smtp/),
      'EMAIL Ana Tester: handed over to smtp, possibly a duplicate',
    ]);
  });

  it('is not asked again once the alert was accepted', async () => {
    world.mail.refuse({ code: 451, times: 1_000_000 });
    await world.event(key, DISK);
    await world.advance('1m');
    await world.event(key, { eventType: 'ACCEPT', alertKey: 'disk' });
    world.mail.refuse({ code: 0, times: 0 });
    await world.advance('3h');
    expect(received()).toBe(0);
    expect((await timeline()).at(-1)).toBe('EMAIL Ana Tester: cancelled, the alert was accepted');
  });

  it('that is away delays the page and does not lose it (P7)', async () => {
    await world.mail.away();
    await world.event(key, DISK);
    await world.advance('1m');
    expect((await timeline()).at(-1)).toMatch(/failed \(SMTP server not reached \(E[A-Z]+\)\); again at/);
    await world.mail.back();
    await world.advance('10m');
    expect(received()).toBe(1);
  });
});
