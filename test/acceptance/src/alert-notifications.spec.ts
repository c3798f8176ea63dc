import type { UserId } from '@tocsin/domain';
import { ADMIN_KEY, World } from './world';

let world: World;
let ana: UserId;
let ben: UserId;
beforeEach(async () => {
  world = await World.start();
  ana = await world.person('ana');
  ben = await world.person('ben');
});
afterEach(() => world.stop());

interface Listed {
  readonly id: number;
  readonly method: string;
  readonly target?: string;
  readonly subject: string;
  readonly user: { readonly id: number; readonly firstname: string; readonly lastname: string };
  readonly notificationTime: string;
  readonly status: string;
  readonly state: string;
  readonly reason?: string;
  readonly errorMessage?: string;
}
const notifications = async (alertId: number, query = ''): Promise<readonly Listed[]> => {
  const { status, body } = await world.get<Listed[]>(`/api/alerts/${alertId}/notifications${query}`);
  expect(status).toBe(200);
  return body;
};
const raised = async (...levels: UserId[]) => {
  const key = await world.source(await world.policy(levels.map((userId) => ({ targets: [{ type: 'user', userId }], timeoutMin: 5 }))));
  await world.event(key, { summary: 'disk full', alertKey: 'disk' });
  return world.alert();
};

describe('the notifications of an alert', () => {
  it('say who was told, where, when and under which subject', async () => {
    const alert = await raised(ana);
    const [sent, ...more] = await notifications(alert.id);
    expect(more).toEqual([]);
    expect(sent).toMatchObject({
      method: 'EMAIL',
      target: 'ana@example.test',
      subject: world.mailbox('ana').subjects[0],
      alertId: alert.id,
      user: { id: ana, firstname: 'Ana', lastname: 'Tester' },
      notificationTime: '2026-01-05T09:00:00.000Z',
      status: 'SUCCESS',
      state: 'handed-over',
    });
    expect(sent).not.toHaveProperty('errorMessage');
  });

  it('are scheduled until their time; cancelled ones are told only to who asks (B7)', async () => {
    await world.changePerson(ana, (user) => ({
      ...user,
      alertPreferences: user.alertPreferences.map((preference) => ({ ...preference, delayMin: 10 })),
    }));
    const alert = await raised(ana);
    expect(await notifications(alert.id)).toMatchObject([
      { status: 'SCHEDULED', state: 'planned', notificationTime: '2026-01-05T09:10:00.000Z' },
    ]);
    await world.put(`/api/alerts/${alert.id}/accept`, undefined, await world.keyOf(ben));
    await world.settle();
    expect(await notifications(alert.id)).toEqual([]);
    expect(await notifications(alert.id, '?include=cancelled')).toMatchObject([
      { user: { id: ana }, state: 'cancelled', reason: 'accepted' },
    ]);
  });

  it('say what became of one that could not be sent', async () => {
    world.mail.refuse({ code: 550, times: 1 });
    const alert = await raised(ana);
    expect(await notifications(alert.id)).toMatchObject([
      { status: 'ERROR', state: 'failed', reason: 'SMTP 550 to DATA', errorMessage: 'EMAIL was not sent: SMTP 550 to DATA' },
    ]);
  });

  it('of an alert that is not there are 404', async () => expect((await world.get('/api/alerts/4711/notifications')).status).toBe(404));
});

describe('escalating by hand', () => {
  it('goes to the next level, under the name of who asks', async () => {
    const alert = await raised(ana, ben);
    const { status, body } = await world.put(`/api/alerts/${alert.id}/escalate`, undefined, await world.keyOf(ana));
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: alert.id, status: 'PENDING' });
    await world.settle();
    expect(world.mailbox('ben').subjects).toHaveLength(1);
    expect(await world.timeline(alert.id)).toContainEqual('Ana Tester escalated to level 2');
  });

  it('goes to the level that is named, from 1, and once only when the request is repeated (B13)', async () => {
    const alert = await raised(ana, ben);
    for (const _repeated of [1, 2]) {
      expect((await world.put(`/api/alerts/${alert.id}/escalate?level=2`)).status).toBe(200);
      await world.settle();
    }
    expect(world.mailbox('ben').subjects).toHaveLength(1);
    expect((await world.timeline(alert.id)).filter((line) => line.includes('escalated to level 2'))).toHaveLength(1);
  });

  it('makes an accepted alert pending again', async () => {
    const alert = await raised(ana, ben);
    await world.put(`/api/alerts/${alert.id}/accept`);
    expect((await world.put(`/api/alerts/${alert.id}/escalate?level=2`)).body).toMatchObject({ status: 'PENDING' });
  });

  it('is refused with the reason', async () => {
    const alert = await raised(ana, ben);
    const refused = async (query: string) => (await world.put(`/api/alerts/${alert.id}/escalate${query}`)).body['code'];
    expect(await refused('?level=3')).toBe('LEVEL_NOT_FOUND');
    expect(await refused('?level=0')).toBe('VALIDATION_ERROR');
    const watcher = await world.keyOf(await world.person('sam', { role: 'STAKEHOLDER' }));
    expect((await world.put(`/api/alerts/${alert.id}/escalate`, undefined, watcher)).status).toBe(403);
    await world.put(`/api/alerts/${alert.id}/resolve`);
    expect(await refused('')).toBe('ALERT_ALREADY_RESOLVED');
  });
});

describe('raising a LOW alert', () => {
  it('makes it HIGH, starts its escalation, and changes nothing when it is repeated', async () => {
    const policy = await world.policy([{ targets: [{ type: 'user', userId: ana }] }, { targets: [{ type: 'user', userId: ben }] }]);
    const key = await world.source(policy);
    await world.event(key, { summary: 'disk full', priority: 'LOW' });
    const alert = await world.alert();
    expect(alert).toMatchObject({ priority: 'LOW' });
    expect((await world.put(`/api/alerts/${alert.id}/escalate`)).body['code']).toBe('LOW_PRIORITY_DOES_NOT_ESCALATE');
    for (const _repeated of [1, 2]) {
      const { status, body } = await world.put(`/api/alerts/${alert.id}/raise`);
      expect([status, body['priority']]).toEqual([200, 'HIGH']);
      await world.settle();
    }
    await world.advance('5m');
    expect(world.mailbox('ben').subjects).toHaveLength(1);
  });
});

describe('the responders that are suggested', () => {
  it('are people, policies and schedules; who or what would be refused is disabled', async () => {
    const alert = await raised(ana);
    const watcher = await world.person('sam', { role: 'STAKEHOLDER' });
    const schedule = (name: string, shifts: object[]) =>
      world.post('/api/schedules', { name, type: 'STATIC', timezone: 'Europe/Berlin', shifts }, ADMIN_KEY);
    await schedule('Primary', [{ user: { id: ben }, start: '2026-01-05T00:00', end: '2026-01-06T00:00' }]);
    await schedule('Empty', []);
    const list = async (query = '') =>
      (
        await world.get<{ group: string; id: number; name: string; disabled: boolean }[]>(
          `/api/alerts/${alert.id}/suggested-responders${query}`,
        )
      ).body;
    const all = await list();
    expect([...new Set(all.map(({ group }) => group))]).toEqual(['USER', 'ESCALATION_POLICY', 'ON_CALL_SCHEDULE']);
    expect(all).toContainEqual({ group: 'USER', id: ana, name: 'Ana Tester', disabled: true });
    expect(all).toContainEqual({ group: 'USER', id: ben, name: 'Ben Tester', disabled: false });
    expect(all).toContainEqual({ group: 'USER', id: watcher, name: 'Sam Tester', disabled: true });
    const schedules = (of: typeof all) =>
      of.filter(({ group }) => group === 'ON_CALL_SCHEDULE').map(({ name, disabled }) => ({ name, disabled }));
    expect(schedules(all)).toEqual([
      { name: 'Empty (nobody on call)', disabled: true },
      { name: 'Primary (Ben Tester)', disabled: false },
    ]);
    expect(schedules(await list('?lang=de'))[0]).toEqual({ name: 'Empty (niemand in Bereitschaft)', disabled: true });
    await world.put(`/api/alerts/${alert.id}/resolve`);
    expect((await list()).filter(({ disabled }) => !disabled)).toEqual([]);
    expect((await world.get('/api/alerts/4711/suggested-responders')).status).toBe(404);
  });
});
