import type { EscalationTarget, UserId } from '@tocsin/domain';
import { World } from './world';

const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const DISK = { summary: 'disk full', alertKey: 'disk' };

describe('a restart', () => {
  let world: World;
  let ana: UserId;
  let ben: UserId;
  const received = (name: string): number => world.mailbox(name).all().length;
  beforeEach(async () => {
    world = await World.start();
    [ana, ben] = [await world.person('ana'), await world.person('ben')];
  });
  afterEach(() => world.stop());

  it('in time changes nothing: the next level is paged when it is due', async () => {
    const key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 30 }, { targets: [user(ben)] }]));
    await world.event(key, DISK);
    await world.down('10m');
    expect([received('ana'), received('ben')]).toEqual([1, 0]);
    await world.advance('19m');
    expect(received('ben')).toBe(0);
    await world.advance('1m');
    expect([received('ana'), received('ben')]).toEqual([1, 1]);
    expect(world.mailbox('ben').all()[0]?.text).not.toMatch(/ late/);
  });

  it('with a level overdue fires that level once, says how late, and its timeout counts from then (P6, B14)', async () => {
    const cleo = await world.person('cleo');
    const key = await world.source(
      await world.policy([
        { targets: [user(ana)], timeoutMin: 30 },
        { targets: [user(ben)], timeoutMin: 10 },
        { targets: [user(cleo)], timeoutMin: 10 },
      ]),
    );
    await world.event(key, DISK);
    await world.advance('20m');
    await world.down('2h');
    expect([received('ana'), received('ben'), received('cleo')]).toEqual([1, 1, 0]);
    const { id } = await world.alert();
    expect(await world.timeline(id)).toContain('Level 2, 6600 s late: Ben Tester is responder, named in the escalation level');
    await world.advance('9m');
    expect(received('cleo')).toBe(0);
    await world.advance('1m');
    expect([received('ana'), received('ben'), received('cleo')]).toEqual([1, 1, 1]);
    expect(await world.timeline(id)).toContain('Level 3: Cleo Tester is responder, named in the escalation level');
  });

  it('with a delayed page overdue sends it once, marked late on the page and on the timeline (P6)', async () => {
    const dora = await world.person('dora', { preferences: [{ type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 10 }] });
    const key = await world.source(await world.policy([{ targets: [user(dora)], timeoutMin: 300 }]));
    await world.event(key, DISK);
    await world.advance('5m');
    await world.down('1h');
    expect(received('dora')).toBe(1);
    expect(world.mailbox('dora').all()[0]?.text).toContain('This page is 3300 s late.');
    const { id } = await world.alert();
    expect(await world.timeline(id)).toContain('EMAIL Dora Tester: attempt 1 through smtp, 3300 s late');
    await world.down('1h');
    expect(received('dora')).toBe(1);
  });

  it('keeps what was answered: an accepted alert pages nobody afterwards', async () => {
    const key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 30 }, { targets: [user(ben)] }]));
    await world.event(key, DISK);
    await world.press(world.mailbox('ana').link('accept'));
    await world.down('2h');
    await world.advance('2h');
    expect([received('ana'), received('ben')]).toEqual([1, 0]);
    expect(await world.alert()).toMatchObject({ status: 'ACCEPTED', assignedTo: { id: ana } });
  });

  it('leaves the links of earlier pages working', async () => {
    const key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
    await world.event(key, DISK);
    await world.down('1h');
    expect(await world.press(world.mailbox('ana').link('accept'))).toContain('You accepted this alert.');
  });

  it('remembers what was delivered: an event that repeats joins its alert', async () => {
    const key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
    await world.event(key, DISK);
    await world.down('1h');
    await world.event(key, DISK);
    expect(await world.alerts()).toHaveLength(1);
    expect(received('ana')).toBe(1);
  });

  it('with a shift start overdue tries the policy again once (B11, P6)', async () => {
    const nights = await world.shifts('Nights', [{ userId: ana, start: '2026-01-05T18:00', end: '2026-01-06T06:00' }]);
    const key = await world.source(await world.policy([{ targets: [{ type: 'schedule', scheduleId: nights }] }]));
    await world.event(key, DISK);
    await world.down('12h');
    expect([received('admin'), received('ana')]).toEqual([1, 1]);
  });
});
