import type { EscalationPolicyId, UserId } from '@tocsin/domain';
import { newUuid } from '@tocsin/platform';
import { World } from './world';

type Body = Record<string, unknown> & { readonly id: number };

const MONDAY_TO_FRIDAY = Object.fromEntries(
  ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'].map((day) => [day, { start: '10:00', end: '17:00' }]),
);

/** It is Monday, 09:00 in London, whose clocks show UTC in winter. */
let world: World;
let ana: UserId;
let policy: EscalationPolicyId;
beforeEach(async () => {
  world = await World.start();
  [ana] = [await world.person('ana')];
  const ben = await world.person('ben');
  policy = await world.policy([{ targets: [{ type: 'user', userId: ana }] }, { targets: [{ type: 'user', userId: ben }] }]);
});
afterEach(() => world.stop());

const week = (more: object = {}) => ({ name: 'Office', timezone: 'Europe/London', supportDays: MONDAY_TO_FRIDAY, ...more });
const hoursOf = async (more: object = {}): Promise<Body> => (await world.post<Body>('/api/support-hours', week(more))).body;
const source = async (more: object): Promise<Body & { readonly integrationKey: string }> => {
  const { status, body } = await world.post<Body & { integrationKey: string }>('/api/alert-sources', sourceBody(more));
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
};
const sourceBody = (more: object) => ({ name: 'Shop', integrationType: 'API', escalationPolicy: { id: policy }, ...more });
const priorityOf = async (id: number): Promise<unknown> => (await world.alert(id))['priority'];

describe('support hours', () => {
  it('are made, read, listed without their exceptions, replaced and deleted, and all of it is in the audit log', async () => {
    const exceptions = [{ name: 'Christmas', start: '2026-12-24', end: '2026-12-26', supportStatus: 'OUTSIDE' }];
    const made = await hoursOf({ exceptions, supportDays: { ...MONDAY_TO_FRIDAY, SATURDAY: null } });
    expect(made).toMatchObject({ name: 'Office', timezone: 'Europe/London', supportDays: MONDAY_TO_FRIDAY, exceptions, teams: [] });
    expect((await world.get(`/api/support-hours/${made.id}`)).body).toEqual(made);
    const { exceptions: _, ...item } = made as Body & { exceptions: unknown };
    expect((await world.get('/api/support-hours')).body).toEqual([item]);
    await world.put(`/api/support-hours/${made.id}`, week({ name: 'Shop floor' }));
    expect((await world.get(`/api/support-hours/${made.id}`)).body).toMatchObject({ name: 'Shop floor', exceptions: [] });
    expect((await world.delete(`/api/support-hours/${made.id}`)).status).toBe(204);
    expect((await world.get(`/api/support-hours/${made.id}`)).status).toBe(404);
    const log = await world.get<readonly { action: string; resource: object }[]>(`/api/audit-log?resource-type=support-hour`);
    expect(log.body.map(({ action }) => action)).toEqual(['deleted', 'changed', 'created']);
  });

  it('are refused when they make no sense, by the name of the field (B31)', async () => {
    const odd = { name: 'x', start: '2026-12-24', end: '2026-12-24', supportStatus: 'CLOSED' };
    for (const [more, field] of [
      [{ supportDays: { MONDAY: { start: '17:00', end: '09:00' } } }, 'supportDays.MONDAY.end'],
      [{ supportDays: { MONDAY: { start: '17:00' } } }, 'supportDays.MONDAY.end'],
      [{ supportDays: null }, 'supportDays'],
      [{ timezone: 'London' }, 'timezone'],
      [{ exceptions: [odd] }, 'exceptions[0].supportStatus'],
    ] as const) {
      const { status, body } = await world.post('/api/support-hours', week(more));
      expect({ status, ...body }).toMatchObject({ status: 400, code: 'VALIDATION_ERROR', details: [{ field }] });
    }
  });

  it('are made and changed by users, and seen by stakeholders', async () => {
    const { id } = await hoursOf();
    const sam = await world.person('sam', { role: 'STAKEHOLDER' });
    const key = await world.keyOf(sam);
    expect((await world.get(`/api/support-hours/${id}`, key)).status).toBe(200);
    expect((await world.post('/api/support-hours', week(), key)).status).toBe(403);
    expect((await world.put(`/api/support-hours/${id}`, week(), key)).status).toBe(403);
  });

  it('stay while a source names them', async () => {
    const { id } = await hoursOf();
    const shop = await source({ alertPriorityRule: 'HIGH_DURING_SUPPORT_HOURS', supportHours: { id } });
    expect(await world.delete(`/api/support-hours/${id}`)).toMatchObject({
      status: 400,
      body: { code: 'STILL_IN_USE', details: [{ resource: { type: 'alert-source', id: shop.id, name: 'Shop' } }] },
    });
    await world.put(`/api/alert-sources/${shop.id}`, sourceBody({ alertPriorityRule: 'LOW' }));
    expect((await world.delete(`/api/support-hours/${id}`)).status).toBe(204);
  });
});

describe('a source that goes by support hours', () => {
  it.each([
    ['HIGH_DURING_SUPPORT_HOURS', 'LOW', 'HIGH'],
    ['LOW_DURING_SUPPORT_HOURS', 'HIGH', 'LOW'],
  ])('with %s opens its alerts %s outside and %s in them, and never keeps one back', async (alertPriorityRule, outside, inside) => {
    const { id } = await hoursOf();
    const { integrationKey } = await source({ alertPriorityRule, supportHours: { id } });
    expect(await priorityOf(await world.raise(integrationKey, 'before'))).toBe(outside);
    await world.advance('1h');
    expect(await priorityOf(await world.raise(integrationKey, 'from the first minute'))).toBe(inside);
    await world.advance('7h');
    expect(await priorityOf(await world.raise(integrationKey, 'from the last'))).toBe(outside);
    expect(world.mailbox('ana').subjects).toHaveLength(3);
  });

  it('goes on as before after a restart', async () => {
    const { id } = await hoursOf();
    const { integrationKey } = await source({ alertPriorityRule: 'HIGH_DURING_SUPPORT_HOURS', supportHours: { id } });
    await world.down('2h');
    expect(await priorityOf(await world.raise(integrationKey, 'in them'))).toBe('HIGH');
    expect((await world.get(`/api/support-hours/${id}`)).body).toMatchObject({ supportDays: MONDAY_TO_FRIDAY });
  });

  it('shows them whole, and takes its own answer back', async () => {
    const hours = await hoursOf({ exceptions: [{ name: 'x', start: '2026-12-24', end: '2026-12-24', supportStatus: 'NONE' }] });
    const rule = { alertPriorityRule: 'HIGH_DURING_SUPPORT_HOURS', autoRaiseAlerts: true };
    const shop = await source({ ...rule, supportHours: { id: hours.id } });
    expect(shop).toMatchObject({ ...rule, supportHours: hours });
    expect((await world.put(`/api/alert-sources/${shop.id}`, shop)).body).toEqual({ ...shop, updatedAt: expect.any(String) });
  });

  it('keeps the hours that older clients write into it', async () => {
    const own = { timezone: 'Europe/London', autoRaiseIncidents: true, supportDays: MONDAY_TO_FRIDAY };
    const shop = await source({ alertPriorityRule: 'LOW_DURING_SUPPORT_HOURS', supportHours: own });
    expect(shop).toMatchObject({ autoRaiseAlerts: true, supportHours: { ...own, autoRaiseAlerts: true } });
    expect((await world.get('/api/support-hours')).body).toEqual([]);
    expect((await world.put(`/api/alert-sources/${shop.id}`, shop)).body).toEqual({ ...shop, updatedAt: expect.any(String) });
    expect(await priorityOf(await world.raise(shop.integrationKey, 'before'))).toBe('HIGH');
  });

  it('needs them', async () => {
    for (const [supportHours, field] of [
      [undefined, 'supportHours'],
      [{ id: 0 }, 'supportHours'],
      [{ id: 4711 }, 'supportHours.id'],
      [{ timezone: 'Europe/London' }, 'supportHours.id'],
      [{ ...week(), supportDays: { MONDAY: { start: '9', end: '17:00' } } }, 'supportHours.supportDays.MONDAY.start'],
    ] as const) {
      const answer = await world.post('/api/alert-sources', sourceBody({ alertPriorityRule: 'HIGH_DURING_SUPPORT_HOURS', supportHours }));
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', details: [{ field }] } });
    }
  });
});

describe('alerts that wait with LOW', () => {
  const raising = (more: object = {}) => ({ alertPriorityRule: 'HIGH_DURING_SUPPORT_HOURS', autoRaiseAlerts: true, ...more });
  const lines = async (id: number): Promise<readonly string[]> => (await world.timeline(id)).filter((line) => line.startsWith('Raised to'));

  it('become HIGH when support hours begin: people are paged again, the escalation starts, and each is raised once', async () => {
    const { id } = await hoursOf();
    const shop = await source(raising({ supportHours: { id } }));
    const waiting = await world.raise(shop.integrationKey, 'waiting');
    const answered = await world.raise(shop.integrationKey, 'answered');
    await world.put(`/api/alerts/${answered}/accept`);
    await world.advance('59m');
    expect(await priorityOf(waiting)).toBe('LOW');
    expect(world.mailbox('ben').subjects).toEqual([]);
    await world.advance('1m');
    expect([await priorityOf(waiting), await priorityOf(answered)]).toEqual(['HIGH', 'LOW']);
    expect(world.mailbox('ana').subjects.filter((subject) => subject.includes('waiting'))).toHaveLength(2);
    await world.advance('6m');
    expect(world.mailbox('ben').subjects.filter((subject) => subject.includes('waiting'))).toHaveLength(1);
    expect(await lines(waiting)).toEqual(['Raised to high priority, since support hours began']);
    const log = await world.get<readonly { logEntryType: string }[]>(`/api/alerts/${waiting}/log-entries?max-results=100`);
    expect(log.body.map(({ logEntryType }) => logEntryType)).toContain('AlertRaisedBySystemLogEntry');
    expect(await lines(answered)).toEqual([]);
  });

  it('become HIGH when support hours end, where it is then that new ones are HIGH', async () => {
    const supportHours = { timezone: 'Europe/London', supportDays: { MONDAY: { start: '08:00', end: '10:00' } } };
    const shop = await source(raising({ alertPriorityRule: 'LOW_DURING_SUPPORT_HOURS', supportHours }));
    const waiting = await world.raise(shop.integrationKey, 'waiting');
    await world.advance('1h');
    expect([await priorityOf(waiting), await lines(waiting)]).toEqual(['HIGH', ['Raised to high priority, since support hours ended']]);
  });

  it('are raised late, and it says so, when nothing ran when support hours began', async () => {
    const { id } = await hoursOf();
    const shop = await source(raising({ supportHours: { id } }));
    const waiting = await world.raise(shop.integrationKey, 'waiting');
    await world.down('90m');
    expect([await priorityOf(waiting), await lines(waiting)]).toEqual([
      'HIGH',
      ['Raised to high priority, 1800 s late, since support hours began'],
    ]);
    await world.down('10m');
    await world.advance('2m');
    expect(await lines(waiting)).toHaveLength(1);
  });

  it('are raised, too, when they were being opened as support hours began', async () => {
    const { id } = await hoursOf();
    const shop = await source(raising({ supportHours: { id } }));
    const earlier = await world.raise(shop.integrationKey, 'earlier');
    await world.advance('1h');
    const { eventStore, clock } = world.platform;
    const [first] = await eventStore.readStream(`alert-${earlier}`, { limit: 1 });
    const { type, data, metadata } = first!;
    const late = 990_000;
    const opened = { ...(data as object), alertId: late, at: clock.now() - 1 };
    await eventStore.append(`alert-${late}`, 'no_stream', [{ id: newUuid(), type, data: opened, metadata }]);
    await world.settle();
    expect(await priorityOf(late)).toBe('LOW');
    await world.advance('1m');
    expect(await priorityOf(late)).toBe('HIGH');
  });

  it('go by the hours as they are edited meanwhile', async () => {
    const { id } = await hoursOf();
    const shop = await source(raising({ supportHours: { id } }));
    const waiting = await world.raise(shop.integrationKey, 'waiting');
    await world.put(`/api/support-hours/${id}`, week({ supportDays: { MONDAY: { start: '11:00', end: '17:00' } } }));
    await world.settle();
    await world.advance('90m');
    expect(await priorityOf(waiting)).toBe('LOW');
    await world.advance('30m');
    expect(await priorityOf(waiting)).toBe('HIGH');
  });

  it('stay as they are when the source raises nothing any more, until it does again', async () => {
    const { id } = await hoursOf();
    const shop = await source(raising({ supportHours: { id } }));
    const waiting = await world.raise(shop.integrationKey, 'waiting');
    const put = (more: object) => world.put(`/api/alert-sources/${shop.id}`, sourceBody({ ...raising({ supportHours: { id } }), ...more }));
    await put({ autoRaiseAlerts: false });
    await world.advance('2h');
    await put({});
    await world.advance('1h');
    expect(await priorityOf(waiting)).toBe('LOW');
    await world.delete(`/api/alert-sources/${shop.id}`);
    await world.advance('24h');
    expect(await priorityOf(waiting)).toBe('LOW');
  });
});
