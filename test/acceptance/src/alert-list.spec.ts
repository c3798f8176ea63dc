import type { UserId } from '@tocsin/domain';
import { World } from './world';

let world: World;
let ana: UserId;
let ben: UserId;
let disk: string;
let web: string;
let policies: readonly number[];

/** Four alerts, one a minute from 09:00: disk 1 accepted, web 1 resolved, disk 2 and web 2 pending. Ana has the disks, Ben the web. */
beforeAll(async () => {
  world = await World.start();
  [ana, ben] = [await world.person('ana'), await world.person('ben')];
  const [anas, bens] = [
    await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 60 }]),
    await world.policy([{ targets: [{ type: 'user', userId: ben }], timeoutMin: 60 }]),
  ];
  policies = [anas, bens];
  [disk, web] = [await world.source(anas), await world.source(bens)];
  await world.event(disk, { summary: 'disk 1', alertKey: 'd1', customDetails: { host: 'db1' } });
  await world.advance('1m');
  await world.event(web, { summary: 'web 1', alertKey: 'w1' });
  await world.advance('1m');
  await world.event(disk, { summary: 'disk 2', alertKey: 'd2' });
  await world.advance('1m');
  await world.event(web, { summary: 'web 2', alertKey: 'w2' });
  await world.put(`/api/alerts/${await idOf('disk 1')}/accept`, undefined, await world.keyOf(ana));
  await world.put(`/api/alerts/${await idOf('web 1')}/resolve`);
});
afterAll(() => world.stop());

const idOf = async (summary: string): Promise<number> => (await world.alerts()).find((alert) => alert['summary'] === summary)?.id ?? 0;
const listed = async (filter: string): Promise<readonly unknown[]> => (await world.alerts(`?${filter}`)).map((alert) => alert['summary']);
const counted = async (filter: string): Promise<number> => (await world.get<{ count: number }>(`/api/alerts/count?${filter}`)).body.count;

describe('the list of alerts', () => {
  it('is newest first (B3)', async () => expect(await listed('')).toEqual(['web 2', 'disk 2', 'web 1', 'disk 1']));

  it.each<[string, () => string, readonly string[]]>([
    ['a state', () => 'states=PENDING', ['web 2', 'disk 2']],
    ['several states', () => 'states=ACCEPTED&states=RESOLVED', ['web 1', 'disk 1']],
    ['a state, by its old name', () => 'state=RESOLVED', ['web 1']],
    ['a source', () => `sources=${world.sourceId(disk)}`, ['disk 2', 'disk 1']],
    ['several sources', () => `sources=${world.sourceId(disk)}&sources=${world.sourceId(web)}`, ['web 2', 'disk 2', 'web 1', 'disk 1']],
    ['a source, by its old name', () => `alert-source=${world.sourceId(web)}`, ['web 2', 'web 1']],
    ['a person, by username (B4)', () => 'responders=ana', ['disk 2', 'disk 1']],
    ['a person, by id', () => `responders=${ben}`, ['web 2', 'web 1']],
    ['several people', () => 'responders=ana&responders=ben', ['web 2', 'disk 2', 'web 1', 'disk 1']],
    ['a person, by the old name', () => 'assigned-to=ana', ['disk 2', 'disk 1']],
    ['a person nobody knows', () => 'responders=nobody', []],
    ['the time from its first instant (B3)', () => 'from=2026-01-05T09:02:00Z', ['web 2', 'disk 2']],
    ['the time up to, without, its last instant (B3)', () => 'until=2026-01-05T09:02:00Z', ['web 1', 'disk 1']],
    [
      'a state, a source, a person and a time',
      () => `states=PENDING&sources=${world.sourceId(disk)}&responders=ana&from=2026-01-05T09:00:00Z`,
      ['disk 2'],
    ],
  ])('is filtered by %s, and so is the count', async (_, filter, expected) => {
    expect(await listed(filter())).toEqual(expected);
    expect(await counted(filter())).toBe(expected.length);
  });

  it('is filtered by a policy', async () => expect(await listed(`policies=${policies[0]}`)).toEqual(['disk 2', 'disk 1']));

  it('says source and policy in full and keeps custom details for who asks for one alert (B3)', async () => {
    const [alert] = await world.alerts('?responders=ana&states=ACCEPTED&include=escalationRules&include=nextEscalationUser');
    expect(alert).toMatchObject({
      alertSource: { id: world.sourceId(disk), escalationPolicy: { escalationRules: [{ users: [{ id: ana }] }] } },
      escalationPolicy: { id: policies[0], escalationRules: [{ users: [{ id: ana }] }] },
    });
    expect(alert).not.toHaveProperty('customDetails');
    // A list that left out what was asked for would look as if there were none.
    expect((await world.get('/api/alerts?include=customDetails')).status).toBe(400);
    const one = `/api/alerts/${alert?.id}`;
    expect((await world.get(one)).body).not.toHaveProperty('customDetails');
    expect((await world.get(`${one}?include=customDetails`)).body).toMatchObject({ customDetails: { host: 'db1' } });
  });

  it('neither repeats nor skips inside a fixed window while alerts arrive (B3)', async () => {
    const page = (start: number) => listed(`until=2026-01-05T09:03:01Z&start-index=${start}&max-results=2`);
    const first = await page(0);
    await world.advance('1m');
    await world.event(web, { summary: 'web 3', alertKey: 'w3' });
    expect([...first, ...(await page(2))]).toEqual(['web 2', 'disk 2', 'web 1', 'disk 1']);
  });
});

describe('a read right after a write', () => {
  it('sees it in the alert, the list and the count (B1)', async () => {
    const key = await world.keyOf(ben);
    const { body } = await world.post<{ id: number }>('/api/alerts', { summary: 'by hand', alertSource: { id: world.sourceId(web) } });
    expect(await listed('states=PENDING&max-results=1')).toEqual(['by hand']);
    const accepted = await counted('states=ACCEPTED');
    expect((await world.put(`/api/alerts/${body.id}/accept`, undefined, key)).body).toMatchObject({ status: 'ACCEPTED' });
    expect(await world.alert(body.id)).toMatchObject({ status: 'ACCEPTED' });
    expect(await counted('states=ACCEPTED')).toBe(accepted + 1);
  });

  it('sees configuration (B1)', async () => {
    const { body } = await world.post<{ id: number }>('/api/teams', { name: 'Storage' });
    expect((await world.get('/api/teams/name/Storage')).body).toMatchObject({ id: body.id });
    await world.delete(`/api/teams/${body.id}`);
    expect((await world.get(`/api/teams/${body.id}`)).status).toBe(404);
  });
});

describe('the log entries of an alert', () => {
  it('are in English or in German, and always have their parts (B3)', async () => {
    const path = `/api/alerts/${await idOf('disk 1')}/log-entries`;
    const [english, german] = await Promise.all(
      ['en', 'de'].map((lang) => world.get<{ text: string; vars: object }[]>(`${path}?lang=${lang}`)),
    );
    expect(english?.body[0]).toMatchObject({
      logEntryType: 'UserResponseLogEntry',
      text: 'Accepted by Ana Tester',
      vars: { userId: String(ana) },
    });
    expect(german?.body[0]).toMatchObject({ text: 'Angenommen von Ana Tester' });
  });

  it('can be narrowed to the kinds that are asked for', async () => {
    const { body } = await world.get<{ filterTypes: string[] }[]>(
      `/api/alerts/${await idOf('disk 1')}/log-entries?filter-types=NOTIFICATIONS`,
    );
    expect(new Set(body.flatMap(({ filterTypes }) => filterTypes))).toEqual(new Set(['NOTIFICATIONS']));
    const path = `/api/alerts/${await idOf('disk 1')}/log-entries`;
    // Known to clients, and nothing here is of it.
    expect(await world.get(`${path}?filter-types=INCIDENT_COMMUNICATIONS`)).toMatchObject({ status: 200, body: [] });
  });
});
