import type { EscalationTarget, UserId } from '@tocsin/domain';
import { World } from './world';

const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const DISK = { summary: 'disk full', alertKey: 'disk' };

describe('an alert that is assigned', () => {
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
        { targets: [user(ana)], timeoutMin: 30 },
        { targets: [user(ben)], timeoutMin: 30 },
      ]),
    );
    await world.event(key, DISK);
  });
  afterEach(() => world.stop());

  it('to a person after it was accepted is PENDING again and pages that person alone (B10)', async () => {
    await world.press(world.mailbox('ana').link('accept'));
    const { id } = await world.alert();
    const { status, body } = await world.put(`/api/alerts/${id}/assign?user=cleo`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'PENDING', assignedTo: { id: cleo } });
    await world.advance('3h');
    expect([received('ana'), received('ben'), received('cleo'), received('admin')]).toEqual([1, 0, 1, 0]);
    expect(world.mailbox('cleo').all()[0]?.text).toContain('assigned');
    expect(await world.timeline(id)).toContain('Admin User assigned it to Cleo Tester');
  });

  it('from the beginning, in the older word of a manual alert, pages that person alone (B4)', async () => {
    const { status, body } = await world.post('/api/alerts', {
      summary: 'by hand',
      alertSource: { id: world.sourceId(key) },
      assignedTo: { id: cleo },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ assignedTo: { id: cleo }, responders: [{ user: { id: cleo }, status: 'PENDING' }] });
    await world.settle();
    expect(world.mailbox('cleo').subjects).toEqual([expect.stringContaining('by hand')]);
    await world.advance('3h');
    expect(world.mailbox('ana').subjects).not.toContainEqual(expect.stringContaining('by hand'));
  });

  it('to a policy starts at its first level with a fresh round (B10, B16)', async () => {
    const other = await world.policy(
      [
        { targets: [user(cleo)], timeoutMin: 10 },
        { targets: [user(ana)], timeoutMin: 10 },
      ],
      { delayMin: 15 },
    );
    await world.press(world.mailbox('ana').link('accept'));
    const { id } = await world.alert();
    expect((await world.put(`/api/alerts/${id}/assign?policy=${other}`)).status).toBe(200);
    await world.settle();
    expect(await world.alert(id)).toMatchObject({ status: 'PENDING', escalationPolicy: { id: other }, nextEscalationRuleIndex: 1 });
    expect([received('ana'), received('cleo')]).toEqual([1, 1]);
    await world.advance('10m');
    expect([received('ana'), received('cleo')]).toEqual([2, 1]);
  });

  it('to a schedule pages whoever is on call now (B10)', async () => {
    const days = await world.shifts('Days', [{ userId: cleo, start: '2026-01-05T06:00', end: '2026-01-05T18:00' }]);
    const { id } = await world.alert();
    const { status } = await world.put(`/api/alerts/${id}/assign?schedule=${days}`);
    expect(status).toBe(200);
    await world.advance('3h');
    expect([received('ana'), received('ben'), received('cleo')]).toEqual([1, 0, 1]);
    expect(await world.timeline(id)).toContain('Admin User assigned it to schedule Days: Cleo Tester is on call');
  });

  it('to a schedule with nobody on call is refused, and the running escalation goes on (B10)', async () => {
    const nights = await world.shifts('Nights', [{ userId: cleo, start: '2026-01-05T18:00', end: '2026-01-06T06:00' }]);
    const { id } = await world.alert();
    expect((await world.put(`/api/alerts/${id}/assign?schedule=${nights}`)).status).toBe(400);
    await world.advance('30m');
    expect([received('ana'), received('ben'), received('cleo')]).toEqual([1, 1, 0]);
  });

  it('after its end is refused (B10)', async () => {
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'disk' });
    const { id } = await world.alert();
    expect(await world.put(`/api/alerts/${id}/assign?user=cleo`)).toMatchObject({ status: 400, body: { code: 'ALERT_ALREADY_RESOLVED' } });
  });

  it('cancels what the former responders were still to get (B10)', async () => {
    const dora = await world.person('dora', {
      preferences: [
        { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 0 },
        { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 20 },
      ],
    });
    const { id } = await world.alert();
    await world.put(`/api/alerts/${id}/assign?user=${dora}`);
    await world.settle();
    await world.put(`/api/alerts/${id}/assign?user=cleo`);
    await world.advance('3h');
    expect([received('dora'), received('cleo')]).toEqual([1, 1]);
    expect(await world.timeline(id)).toContain('EMAIL Dora Tester: cancelled, the alert was assigned to somebody else');
  });
});

describe('the responders of an alert', () => {
  let world: World;
  let key: string;
  let ana: UserId;
  let dora: UserId;
  const received = (name: string): number => world.mailbox(name).all().length;
  beforeEach(async () => {
    world = await World.start();
    ana = await world.person('ana');
    dora = await world.person('dora', {
      preferences: [
        { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 0 },
        { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 20 },
      ],
    });
    key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
    await world.event(key, DISK);
  });
  afterEach(() => world.stop());

  it('are added by hand and paged by their own rules, also when it is accepted (B9)', async () => {
    await world.press(world.mailbox('ana').link('accept'));
    const { id } = await world.alert();
    const { status, body } = await world.post(`/api/alerts/${id}/responders`, { user: { id: dora } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ user: { id: dora }, status: 'PENDING' });
    await world.advance('20m');
    expect(received('dora')).toBe(2);
    const alert = await world.alert(id);
    expect(alert).toMatchObject({ status: 'ACCEPTED' });
    expect(await world.timeline(id)).toContain('Admin User added Dora Tester as a responder');
    expect(world.mailbox('dora').all()[0]?.text).toContain('added by hand');
  });

  it.each([
    ['{id}', (id: number) => ({ path: '', body: { id } })],
    ['?user=', (id: number) => ({ path: `?user=${id}`, body: undefined })],
    ['?user= with a username', () => ({ path: '?user=dora', body: undefined })],
  ])('are named by %s as well (B4)', async (_way, request) => {
    const { id } = await world.alert();
    const { path, body } = request(dora);
    expect(await world.post(`/api/alerts/${id}/responders${path}`, body)).toMatchObject({ status: 201, body: { user: { id: dora } } });
  });

  it('are whoever asks when nobody is named (B4)', async () => {
    const { id } = await world.alert();
    expect(await world.post(`/api/alerts/${id}/responders`, undefined, await world.keyOf(dora))).toMatchObject({
      status: 201,
      body: { user: { id: dora } },
    });
  });

  it('are removed with what they were still to get (B10)', async () => {
    const { id } = await world.alert();
    await world.post(`/api/alerts/${id}/responders`, { user: { id: dora } });
    await world.settle();
    expect((await world.delete(`/api/alerts/${id}/responders/${dora}`)).status).toBe(204);
    await world.advance('3h');
    expect(received('dora')).toBe(1);
    const alert = await world.alert(id);
    expect(alert['responders']).toHaveLength(1);
    expect(await world.timeline(id)).toEqual(
      expect.arrayContaining([
        'Admin User removed Dora Tester from the responders',
        'EMAIL Dora Tester: cancelled, the person is no responder any more',
      ]),
    );
  });
});

describe('an alert that a person raises', () => {
  let world: World;
  let key: string;
  let ana: UserId;
  let ben: UserId;
  const received = (name: string): number => world.mailbox(name).all().length;
  beforeEach(async () => {
    world = await World.start();
    [ana, ben] = [await world.person('ana'), await world.person('ben')];
    key = await world.source(
      await world.policy([
        { targets: [user(ana)], timeoutMin: 5 },
        { targets: [user(ben)], timeoutMin: 5 },
      ]),
    );
  });
  afterEach(() => world.stop());

  it('is answered with its responders and what comes next (B2)', async () => {
    const { status, body } = await world.post('/api/alerts', { summary: 'look at this', alertSource: { id: world.sourceId(key) } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: 'PENDING',
      responders: [{ user: { id: ana }, status: 'PENDING' }],
      assignedTo: { id: ana },
      nextEscalation: '2026-01-05T09:05:00.000Z',
      nextEscalationRuleIndex: 1,
      nextEscalationUser: { id: ben },
    });
    await world.settle();
    expect(received('ana')).toBe(1);
    expect((await world.timeline((body as { id: number }).id))[0]).toMatch(/^Created by Admin User for source \d+, to policy policy \d+$/);
  });

  it('for certain people pages them and nobody after them', async () => {
    const { status, body } = await world.post('/api/alerts', {
      summary: 'look at this',
      alertSource: { id: world.sourceId(key) },
      responders: [{ user: { id: ben } }],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ responders: [{ user: { id: ben }, status: 'PENDING' }], escalationRules: [] });
    expect(body).not.toHaveProperty('nextEscalation');
    await world.advance('3h');
    expect([received('ana'), received('ben')]).toEqual([0, 1]);
  });
});
