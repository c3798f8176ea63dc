import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { EscalationTarget, UserId } from '@tocsin/domain';
import { World } from './world';

const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const DISK = { summary: 'disk full', alertKey: 'disk' };

describe('the links of a page', () => {
  let world: World;
  let key: string;
  let ana: UserId;
  let ben: UserId;
  let cleo: UserId;
  const received = (name: string): number => world.mailbox(name).all().length;
  beforeEach(async () => {
    world = await World.start();
    [ana, ben, cleo] = [await world.person('ana'), await world.person('ben'), await world.person('cleo')];
    key = await world.source(
      await world.policy([
        { targets: [user(ana), user(ben)], timeoutMin: 30 },
        { targets: [user(cleo)], timeoutMin: 30 },
      ]),
    );
    await world.event(key, DISK);
  });
  afterEach(() => world.stop());

  it('do nothing when they are only opened, as mail scanners do', async () => {
    for (const purpose of ['accept', 'resolve', 'escalate'] as const) await world.open(world.mailbox('ana').link(purpose));
    await world.settle();
    expect(await world.alert()).toMatchObject({ status: 'PENDING', responders: [{ status: 'PENDING' }, { status: 'PENDING' }] });
    expect(received('cleo')).toBe(0);
  });

  it('are answered when whoever looks next sees what they did (B1)', async () => {
    const { id } = await world.alert();
    const hasAccepted = async (): Promise<boolean> =>
      (await world.platform.eventStore.readStream(`alert-${id}`)).some(({ type }) => type === 'AlertAccepted');
    // In one process nothing can be written into the views while this is open.
    const views = new DatabaseSync(join(world.directory, 'views.db'));
    views.exec('BEGIN IMMEDIATE');
    const page = world.confirm(world.mailbox('ana').link('accept'));
    while (!(await hasAccepted())) await delay(5);
    // Time for a page that is answered too early; one that is not needs none.
    await delay(100);
    views.exec('ROLLBACK');
    views.close();
    expect([await page, await world.alert(id)]).toMatchObject([
      expect.stringContaining('You accepted this alert.'),
      { status: 'ACCEPTED' },
    ]);
  });

  it('accept: a second person becomes one more responder and reads who was first (B5)', async () => {
    await world.press(world.mailbox('ana').link('accept'));
    await world.advance('3m');
    const page = await world.press(world.mailbox('ben').link('accept'));
    expect(page).toContain(
      'You accepted this alert. Ana Tester accepted it at 10:00 CET on Mon, 5 Jan 2026. You are a responder now, too.',
    );
    const alert = await world.alert();
    expect(alert).toMatchObject({ status: 'ACCEPTED', assignedTo: { id: ben } });
    expect(alert['responders']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ user: expect.objectContaining({ id: ana }) as unknown, status: 'ACCEPTED' }),
        expect.objectContaining({ user: expect.objectContaining({ id: ben }) as unknown, status: 'ACCEPTED' }),
      ]),
    );
    expect(await world.timeline(alert.id)).toEqual(expect.arrayContaining(['Accepted by Ana Tester', 'Accepted by Ben Tester']));
  });

  it('accept: pressed again it says that it was done, and when (B5)', async () => {
    await world.press(world.mailbox('ana').link('accept'));
    await world.advance('3m');
    expect(await world.press(world.mailbox('ana').link('accept'))).toContain(
      'Already accepted by Ana Tester at 10:00 CET on Mon, 5 Jan 2026.',
    );
  });

  it('accept: after the end it says who resolved it and when, and makes nobody a responder (B5)', async () => {
    await world.advance('7m');
    await world.press(world.mailbox('ana').link('resolve'));
    await world.advance('1h');
    const page = await world.press(world.mailbox('ben').link('accept'));
    expect(page).toContain('Already resolved by Ana Tester at 10:07 CET on Mon, 5 Jan 2026.');
    const alert = await world.alert();
    expect(alert).toMatchObject({ status: 'RESOLVED', resolvedBy: { id: ana } });
    expect(await world.timeline(alert.id)).not.toContain('Accepted by Ben Tester');
  });

  it('escalate: pressed by two people at once it goes up one level (B13)', async () => {
    const [first, second] = await Promise.all([
      world.confirm(world.mailbox('ana').link('escalate')),
      world.confirm(world.mailbox('ben').link('escalate')),
    ]);
    await world.settle();
    const pages = [first, second].toSorted();
    expect(pages.filter((page) => page.includes('The alert is escalated to the next level.'))).toHaveLength(1);
    expect(pages.filter((page) => page.includes('already at level 2'))).toHaveLength(1);
    expect(received('cleo')).toBe(1);
    const { id } = await world.alert();
    expect((await world.timeline(id)).filter((line) => line.includes('escalated to level'))).toHaveLength(1);
    expect(await world.press(world.mailbox('ben').link('escalate'))).toContain('The alert is already at level 2. Nothing was changed.');
    expect(received('cleo')).toBe(1);
  });

  it('escalate: on the last level of a policy that does not repeat it says that nobody is left (B13)', async () => {
    await world.press(world.mailbox('ana').link('escalate'));
    const page = await world.press(world.mailbox('cleo').link('escalate'));
    expect(page).toContain('Nobody is left');
    expect(await world.alert()).toMatchObject({ status: 'PENDING' });
  });

  it('escalate: an accepted alert is PENDING again and the next level is paged (B10)', async () => {
    await world.press(world.mailbox('ben').link('accept'));
    await world.press(world.mailbox('ana').link('escalate'));
    expect(await world.alert()).toMatchObject({ status: 'PENDING' });
    expect(received('cleo')).toBe(1);
  });

  it('are of no use to a person who may not answer alerts any more', async () => {
    const link = world.mailbox('ana').link('accept');
    await world.changePerson(ana, (person) => ({ ...person, role: 'STAKEHOLDER' }));
    await world.press(link);
    expect(await world.alert()).toMatchObject({ status: 'PENDING' });
  });

  it('expire after two days, and say so', async () => {
    const link = world.mailbox('ana').link('accept');
    await world.advance('49h');
    expect(await world.open(link)).toContain('This link has expired.');
    await world.confirm(link);
    expect(await world.alert()).toMatchObject({ status: 'PENDING' });
  });
});

describe('a page to somebody far away', () => {
  it('has every time by their clocks, in their language', async () => {
    const world = await World.start();
    try {
      const dana = await world.person('dana');
      await world.changePerson(dana, (person) => ({ ...person, timezone: 'Asia/Kolkata', language: 'de' }));
      const scheduleId = await world.shifts('Nächte', [{ userId: dana, start: '2026-01-05T08:00', end: '2026-01-05T20:00' }]);
      const key = await world.source(await world.policy([{ targets: [{ type: 'schedule', scheduleId }], timeoutMin: 30 }]));
      await world.event(key, DISK);
      const { text } = world.mailbox('dana').all().at(-1) ?? { text: '' };
      expect(text).toContain('um 14:30 GMT+5:30 am Mo., 5. Jan. 2026');
      expect(text).toContain('Bereitschaft in Nächte (Schicht, bis 01:30 GMT+5:30 am Di., 6. Jan. 2026)');
    } finally {
      await world.stop();
    }
  });
});
