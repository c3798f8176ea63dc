import { Server } from './server';
import type { Answer } from './server';

/**
 * Every route of the product, asked by somebody who sees what a private team hides and by somebody who does not. A route that
 * no table here knows fails: whoever adds one says who sees what there.
 */

/** Stands in every name that is hidden. */
const HIDDEN = 'Vault';
const NOWHERE = 999_999_999;

type Person = Awaited<ReturnType<Server['person']>>;
type Params = Readonly<Record<string, string | number>>;

let server: Server;
/** In the private team, as is another one. */
let member: Person;
let hidden: Person;
let stranger: Person;
let paged: Person;
let team: number;
let schedule: number;
let policy: number;
let hours: number;
let source: number;
let key: string;
let action: number;
let alert: number;
/** Seen by all, though hidden people, schedules and teams are named on them. */
const open = { policy: 0, source: 0, alert: 0, schedule: 0, action: 0, team: 0, hours: 0 };

beforeAll(async () => {
  server = await Server.start();
  member = await server.person('mia', 'USER');
  hidden = await server.person('vera', 'USER');
  await write('PUT', `/api/users/${hidden.id}`, {
    email: 'vera@vault.test',
    username: `${HIDDEN}.vera`,
    firstName: `${HIDDEN}ia`,
    lastName: HIDDEN,
  });
  stranger = await server.person('sam', 'USER');
  paged = await server.person('pat', 'RESPONDER');
  team = await server.create('/api/teams', {
    name: `${HIDDEN} team`,
    visibility: 'PRIVATE',
    members: [{ user: { id: member.id }, role: 'ADMIN' }, { user: { id: hidden.id } }],
  });
  const teams = [{ id: team }];
  const layer = { name: `${HIDDEN} layer`, startsOn: '2026-01-05T00:00', users: [{ id: hidden.id }], rotation: 'P1D' };
  const recurring = { type: 'RECURRING', timezone: 'UTC', scheduleLayers: [layer] };
  schedule = await server.create('/api/schedules', { ...recurring, name: `${HIDDEN} nights`, teams });
  const rule = {
    escalationTimeout: 5,
    users: [{ id: hidden.id }],
    schedules: [{ id: schedule }],
    teams: [{ id: team }],
  };
  policy = await server.create('/api/escalation-policies', {
    name: `${HIDDEN} policy`,
    escalationRules: [rule],
    routingKey: HIDDEN,
    teams,
  });
  open.team = await server.create('/api/teams', { name: 'Open', members: [{ user: { id: hidden.id } }, { user: { id: stranger.id } }] });
  open.schedule = await server.create('/api/schedules', {
    ...recurring,
    scheduleLayers: [{ ...layer, name: 'Open' }],
    name: 'Open nights',
  });
  open.policy = await server.create('/api/escalation-policies', { name: 'Open policy', escalationRules: [rule] });
  const week = { timezone: 'UTC', supportDays: { MONDAY: { start: '08:00', end: '17:00' } } };
  hours = await server.create('/api/support-hours', { ...week, name: `${HIDDEN} hours`, teams });
  open.hours = await server.create('/api/support-hours', { ...week, name: 'Open hours' });
  const api = { integrationType: 'API' };
  const made = await server.call('POST', '/api/alert-sources', {
    body: { ...api, name: `${HIDDEN} source`, escalationPolicy: { id: policy }, teams: [...teams, { id: open.team }] },
  });
  [source, key] = [Number(made.body['id']), String(made.body['integrationKey'])];
  open.source = await server.create('/api/alert-sources', {
    ...api,
    name: 'Open source',
    escalationPolicy: { id: open.policy },
    alertPriorityRule: 'HIGH_DURING_SUPPORT_HOURS',
    supportHours: { id: hours },
  });
  const hook = { connectorType: 'webhook', triggerMode: 'MANUAL', params: { webhookUrl: 'https://nowhere.invalid/hook' } };
  action = await server.create('/api/alert-actions', {
    ...hook,
    name: `${HIDDEN} hook`,
    teams,
    alertSources: [{ id: source }, { id: open.source }],
  });
  open.action = await server.create('/api/alert-actions', {
    ...hook,
    name: 'Open hook',
    alertSources: [{ id: source }, { id: open.source }],
  });
  alert = await server.create('/api/alerts', { summary: `${HIDDEN} is open`, alertSource: { id: source } });
  open.alert = await server.create('/api/alerts', { summary: 'lights out', alertSource: { id: open.source } });
  for (const id of [source, open.source]) await follow(`/api/alert-sources/${id}`);
  for (const id of [alert, open.alert]) await follow(`/api/alerts/${id}`);
  await write('PUT', `/api/alerts/${open.alert}/assign?policy=${policy}`);
  await server.settle();
  await write('PUT', `/api/alerts/${open.alert}/accept`, undefined, hidden.key);
  await server.settle();
}, 60_000);
afterAll(() => server.stop());

const write = async (method: string, path: string, body?: unknown, as?: string): Promise<Answer> => {
  const answer = await server.call(method, path, { ...(body === undefined ? {} : { body }), ...(as === undefined ? {} : { key: as }) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer;
};
const follow = async (path: string): Promise<void> => {
  await write('POST', `${path}/private-subscribers`, { id: hidden.id, type: 'USER' });
  await write('POST', `${path}/private-subscribers`, { id: team, type: 'TEAM' });
};

interface Row {
  /** All routes that begin with it. */
  readonly under: string;
  readonly hidden: () => Params;
  /** Where the same stands on something that everybody sees. */
  readonly open?: () => Params;
}

/** Of routes with parameters: what is hidden there. The first row that fits counts. */
const rows: readonly Row[] = [
  { under: '/api/alert-sources/name/:name', hidden: () => ({ name: `${HIDDEN} source` }), open: () => ({ name: 'Open source' }) },
  {
    under: '/api/alert-sources/:id',
    hidden: () => ({ id: source, subscriber: hidden.id }),
    open: () => ({ id: open.source, subscriber: hidden.id }),
  },
  { under: '/api/escalation-policies/name/:name', hidden: () => ({ name: `${HIDDEN} policy` }), open: () => ({ name: 'Open policy' }) },
  { under: '/api/escalation-policies/:id', hidden: () => ({ id: policy, level: 0 }), open: () => ({ id: open.policy, level: 0 }) },
  { under: '/api/schedules/name/:name', hidden: () => ({ name: `${HIDDEN} nights` }), open: () => ({ name: 'Open nights' }) },
  { under: '/api/schedules/:id', hidden: () => ({ id: schedule, override: 1 }), open: () => ({ id: open.schedule, override: 1 }) },
  { under: '/api/support-hours/:id', hidden: () => ({ id: hours }), open: () => ({ id: open.hours }) },
  { under: '/api/teams/name/:name', hidden: () => ({ name: `${HIDDEN} team` }), open: () => ({ name: 'Open' }) },
  { under: '/api/teams/:id', hidden: () => ({ id: team, user: hidden.id }), open: () => ({ id: open.team, user: hidden.id }) },
  { under: '/api/users/:user', hidden: () => ({ user: hidden.id, id: 1, method: 'TELEGRAM' }) },
  { under: '/api/alert-actions/name/:name', hidden: () => ({ name: `${HIDDEN} hook` }), open: () => ({ name: 'Open hook' }) },
  { under: '/api/alert-actions/:id', hidden: () => ({ id: action }), open: () => ({ id: open.action }) },
  {
    under: '/api/alerts/:id',
    hidden: () => ({ id: alert, subscriber: hidden.id, user: hidden.id }),
    open: () => ({ id: open.alert, subscriber: hidden.id, user: hidden.id }),
  },
];

/** Of the others, in lists and elsewhere. `hides`: what is hidden is left out. Otherwise why nothing hidden is there. */
const others: Readonly<Record<string, string>> = {
  'GET /api/alert-sources': 'hides',
  'GET /api/escalation-policies': 'hides',
  'GET /api/schedules': 'hides',
  'GET /api/support-hours': 'hides',
  'GET /api/teams': 'hides',
  'GET /api/users': 'hides',
  'GET /api/alert-actions': 'hides',
  'GET /api/alerts': 'hides',
  'GET /api/on-calls': 'hides',
  'GET /api/alerts/count': 'counts, see below',
  'GET /api/escalation-policies/resolve': 'finds, see below',
  'POST /api/users/search-email': 'finds, see below',
  'POST /api/alert-sources': 'names, see below',
  'POST /api/escalation-policies': 'names, see below',
  'POST /api/schedules': 'names, see below',
  'POST /api/support-hours': 'names, see below',
  'POST /api/alert-actions': 'names, see below',
  'POST /api/alerts': 'names, see below',
  'POST /api/teams': 'administrators only',
  'POST /api/users': 'administrators only',
  'GET /api/audit-log': 'administrators only',
  'GET /outbox': 'administrators only',
  'GET /api/connectors': 'belong to no team',
  'POST /api/connectors': 'administrators only',
  'GET /api/connectors/:id': 'belongs to no team',
  'PUT /api/connectors/:id': 'administrators only',
  'DELETE /api/connectors/:id': 'administrators only',
  'GET /api/connectors/name/:name': 'belongs to no team',
  'GET /api/api-keys': 'own ones, or administrators',
  'POST /api/api-keys': 'own ones, or administrators',
  'GET /api/api-keys/:id': 'own ones, or administrators',
  'DELETE /api/api-keys/:id': 'own ones, or administrators',
  'GET /api/numbers': 'of the installation',
  'GET /api/numbers/vcard': 'of the installation',
  'POST /api/sign-in-links': 'of whoever asks',
  'GET /api/parked-messages': 'administrators only',
  'GET /api/parked-messages/:id': 'administrators only',
  'DELETE /api/parked-messages/:id': 'administrators only',
  'POST /api/parked-messages/:id/replay': 'administrators only',
  'POST /api/parked-messages/replay': 'administrators only',
  'GET /me/state': 'of whoever asks',
  'GET /me/reach': 'of whoever asks',
  'GET /me/messages/:kind/:id': 'of whoever asks',
};

interface KnownRoute {
  readonly route: string;
  readonly method: string;
  readonly url: string;
}

const closedRoutes = async (): Promise<readonly KnownRoute[]> => {
  const all = server.routes.filter(({ method, url }) => method !== 'HEAD' && url !== '/*');
  const asked = await Promise.all(
    all.map(async ({ method, url }) => {
      const { status } = await server.call(method, withParams(url, {}), { key: undefined });
      return status === 401 ? [{ route: `${method} ${url}`, method, url }] : [];
    }),
  );
  return asked.flat();
};

const rowOf = (url: string): Row | undefined => rows.find(({ under }) => url === under || url.startsWith(`${under}/`));

const withParams = (url: string, params: Params): string =>
  url.replaceAll(/:(\w+)/g, (_all, name: string) => encodeURIComponent(String(params[name] ?? NOWHERE)));

/** The same path of something that is nowhere, whatever else stands in it. */
const nowhere = (url: string, params: Params): string => {
  const [first = ''] = /:(\w+)/.exec(url)?.slice(1) ?? [];
  return withParams(url, { ...params, [first]: NOWHERE });
};

/** What may differ between an answer about this and one about nothing. */
const told = ({ status, text }: Answer, ...named: readonly (string | number)[]): { readonly status: number; readonly text: string } => ({
  status,
  text: named.reduce<string>((shown, each) => shown.replaceAll(new RegExp(`(?<![\\d])${String(each)}(?![\\d])`, 'g'), '#'), text),
});

const named = (params: Params): readonly (string | number)[] => [...Object.values(params).map(String), NOWHERE];

const bodies: readonly unknown[] = [
  {},
  // Enough for most writes to be taken.
  { name: 'Mine now', integrationType: 'API', escalationPolicy: { id: 1 }, escalationRules: [], type: 'RECURRING', timezone: 'UTC' },
  { id: 1, type: 'USER', user: { id: 1 }, escalationTimeout: 5, users: [{ id: 1 }], alertActionId: '1' },
];

const ask = (as: Person | 'administrator', method: string, path: string, body?: unknown): Promise<Answer> =>
  server.call(method, path, {
    ...(as === 'administrator' ? {} : { key: as.key }),
    ...(body === undefined || method === 'GET' ? {} : { body }),
  });

describe('every route', () => {
  it('has its place in one of the tables here', async () => {
    const routes = await closedRoutes();
    expect(routes.length).toBeGreaterThan(100);
    const isKnown = ({ route, url }: KnownRoute): boolean => (rowOf(url) !== undefined) !== route in others;
    expect(routes.filter((route) => !isKnown(route)).map(({ route }) => route)).toEqual([]);
    const served = new Set(routes.map(({ route }) => route));
    expect(Object.keys(others).filter((route) => !served.has(route))).toEqual([]);
  });

  it('answers somebody who does not see it as if it were not there, whatever is asked of it, and leaves it as it is', async () => {
    const things = [
      `/api/alert-sources/${source}`,
      `/api/escalation-policies/${policy}`,
      `/api/schedules/${schedule}?include=scheduleLayers`,
    ];
    things.push(
      `/api/support-hours/${hours}`,
      `/api/teams/${team}`,
      `/api/users/${hidden.id}`,
      `/api/alert-actions/${action}`,
      `/api/alerts/${alert}`,
    );
    const look = () => Promise.all(things.map(async (path) => (await server.call('GET', path)).body));
    const before = await look();
    for (const { route, method, url } of await closedRoutes()) {
      const row = rowOf(url);
      if (row === undefined) continue;
      const params = row.hidden();
      for (const body of method === 'GET' ? [undefined] : bodies) {
        const asked = told(await ask(stranger, method, withParams(url, params), body), ...named(params));
        const missing = told(await ask(stranger, method, nowhere(url, params), body), ...named(params));
        expect({ route, body, ...asked }).toEqual({ route, body, ...missing });
        expect({ route, isTold: asked.text.includes(HIDDEN) }).toEqual({ route, isTold: false });
        expect({ route, status: asked.status >= 400 }).toEqual({ route, status: true });
      }
    }
    expect(await look()).toEqual(before);
  });

  it('that reads shows it to members and to administrators', async () => {
    for (const { route, method, url } of await closedRoutes()) {
      const row = rowOf(url);
      if (method !== 'GET' || row === undefined) continue;
      const path = withParams(url, row.hidden());
      const [ofMember, ofAdministrator] = [await ask(member, 'GET', path), await ask('administrator', 'GET', path)];
      // Of one person of the team, what is that person's own.
      const isOwn = /^\/api\/users\/:user\/./.test(url);
      const isMissing = /(contacts|notification-preferences)\/.*:id$/.test(url);
      expect({ route, status: ofMember.status }).toEqual({ route, status: isOwn ? 403 : 200 });
      expect({ route, status: ofAdministrator.status }).toEqual({ route, status: isMissing ? 404 : 200 });
    }
  });

  it('about something that everybody sees tells strangers nothing hidden that is named there', async () => {
    const toldOf: string[] = [];
    for (const { route, method, url } of await closedRoutes()) {
      const row = rowOf(url);
      if (method !== 'GET' || row?.open === undefined) continue;
      const path = withParams(url, row.open());
      for (const query of ['', '?include=scheduleLayers&include=shifts&include=currentShift&include=nextShift', '?lang=de']) {
        if (query.includes('include') && !/^\/api\/schedules(\/name)?\/:\w+$/.test(url)) continue;
        const answer = await ask(stranger, 'GET', `${path}${query}`);
        expect({ route, status: answer.status }).toEqual({ route, status: 200 });
        if (new RegExp(HIDDEN, 'i').test(answer.text)) toldOf.push(`${route}${query}: ${answer.text}`);
      }
    }
    expect(toldOf).toEqual([]);
  });

  it('that lists leaves it out for strangers alone', async () => {
    for (const [route] of Object.entries(others).filter(([, what]) => what === 'hides')) {
      const path = `${route.slice('GET '.length)}`;
      const texts = [await ask(stranger, 'GET', path), await ask(member, 'GET', path), await ask('administrator', 'GET', path)];
      expect({ route, statuses: texts.map(({ status }) => status) }).toEqual({ route, statuses: [200, 200, 200] });
      expect({ route, told: texts.map(({ text }) => new RegExp(HIDDEN, 'i').test(text)) }).toEqual({ route, told: [false, true, true] });
    }
  });
});

describe('a list of which something is hidden', () => {
  it.each([
    ['/api/alert-sources', 50],
    ['/api/escalation-policies', 50],
    ['/api/schedules', 20],
    ['/api/support-hours', 50],
    ['/api/teams', 100],
    ['/api/users', 100],
    ['/api/alert-actions', 100],
    ['/api/alerts', 100],
  ])('%s: has pages without holes', async (path, most) => {
    const whole = await ask(stranger, 'GET', `${path}?max-results=${most}`);
    const one: unknown[] = [];
    for (let start = 0; start <= whole.body.length; start += 1) {
      one.push(...(await ask(stranger, 'GET', `${path}?start-index=${start}&max-results=1`)).body);
    }
    expect(one).toEqual([...whole.body]);
    expect(whole.body.length).toBeGreaterThan(0);
  });

  it.each<readonly [string, string, () => number]>([
    ['/api/alerts', 'sources', () => source],
    ['/api/alerts', 'responders', () => hidden.id],
    ['/api/alerts/count', 'sources', () => source],
    ['/api/alerts/count', 'responders', () => hidden.id],
    ['/api/on-calls', 'policies', () => policy],
    ['/api/on-calls', 'schedules', () => schedule],
    ['/api/on-calls', 'users', () => hidden.id],
    ['/api/teams', 'members', () => hidden.id],
    ['/api/alert-actions', 'source', () => source],
  ])('%s?%s= finds nothing hidden', async (path, name, id) => {
    const asked = await ask(stranger, 'GET', `${path}?${name}=${id()}`);
    expect(told(asked)).toEqual(told(await ask(stranger, 'GET', `${path}?${name}=${NOWHERE}`)));
    const ofMember = await ask(member, 'GET', `${path}?${name}=${id()}`);
    expect(ofMember.body).not.toEqual(asked.body);
  });

  it('is counted without it', async () => {
    const count = async (as: Person | 'administrator') => Number((await ask(as, 'GET', '/api/alerts/count')).body['count']);
    expect([await count(stranger), await count(member), await count('administrator')]).toEqual([1, 2, 2]);
  });
});

describe('what a request names', () => {
  const rule = (what: string, id: number) => ({ name: 'x', escalationRules: [{ escalationTimeout: 5, [what]: [{ id }] }] });
  const api = { integrationType: 'API', name: 'x' };
  const hook = { name: 'x', connectorType: 'webhook', triggerMode: 'MANUAL', params: { webhookUrl: 'https://nowhere.invalid/hook' } };
  const reroute = { name: 'x', connectorType: 'reroute', triggerMode: 'MANUAL' };
  const week = { name: 'x', timezone: 'UTC', supportDays: { MONDAY: { start: '08:00', end: '17:00' } } };
  const layers = (id: number) => [{ startsOn: '2026-01-05T00:00', users: [{ id }], rotation: 'P1D' }];
  const recurring = { name: 'x', type: 'RECURRING', timezone: 'UTC' };
  const later = { start: '2026-02-05T10:00:00Z', end: '2026-02-05T12:00:00Z' };

  it.each<readonly [string, string, () => number, (id: number) => readonly [path: string, body?: unknown]]>([
    ['a policy of a source', 'POST', () => policy, (id) => ['/api/alert-sources', { ...api, escalationPolicy: { id } }]],
    ['a team of a source', 'POST', () => team, (id) => ['/api/alert-sources', { ...api, escalationPolicy: { id: 1 }, teams: [{ id }] }]],
    [
      'hours of a source',
      'POST',
      () => hours,
      (id) => [
        '/api/alert-sources',
        { ...api, escalationPolicy: { id: 1 }, alertPriorityRule: 'HIGH_DURING_SUPPORT_HOURS', supportHours: { id } },
      ],
    ],
    ['a team of support hours', 'POST', () => team, (id) => ['/api/support-hours', { ...week, teams: [{ id }] }]],
    [
      'a policy that an action gives alerts to',
      'POST',
      () => policy,
      (id) => ['/api/alert-actions', { ...reroute, params: { escalationPolicyId: id } }],
    ],
    ['a user on a level', 'POST', () => hidden.id, (id) => ['/api/escalation-policies', rule('users', id)]],
    ['a schedule on a level', 'POST', () => schedule, (id) => ['/api/escalation-policies', rule('schedules', id)]],
    ['a team on a level', 'POST', () => team, (id) => ['/api/escalation-policies', rule('teams', id)]],
    ['a user in a layer', 'POST', () => hidden.id, (id) => ['/api/schedules', { ...recurring, scheduleLayers: layers(id) }]],
    ['a team of a schedule', 'POST', () => team, (id) => ['/api/schedules', { ...recurring, scheduleLayers: layers(1), teams: [{ id }] }]],
    ['somebody who stands in', 'PUT', () => hidden.id, (id) => [`/api/schedules/${open.schedule}/overrides`, { ...later, user: { id } }]],
    ['a source of an action', 'POST', () => source, (id) => ['/api/alert-actions', { ...hook, alertSources: [{ id }] }]],
    ['a team of an action', 'POST', () => team, (id) => ['/api/alert-actions', { ...hook, teams: [{ id }] }]],
    ['a source of an alert', 'POST', () => source, (id) => ['/api/alerts', { summary: 'x', alertSource: { id } }]],
    [
      'a policy of an alert',
      'POST',
      () => policy,
      (id) => ['/api/alerts', { summary: 'x', alertSource: { id: open.source }, escalationPolicy: { id } }],
    ],
    [
      'a responder of an alert',
      'POST',
      () => hidden.id,
      (id) => ['/api/alerts', { summary: 'x', alertSource: { id: open.source }, assignedTo: { id } }],
    ],
    ['a user to assign to', 'PUT', () => hidden.id, (id) => [`/api/alerts/${open.alert}/assign?user=${id}`]],
    ['a policy to assign to', 'PUT', () => policy, (id) => [`/api/alerts/${open.alert}/assign?policy=${id}`]],
    ['a schedule to assign to', 'PUT', () => schedule, (id) => [`/api/alerts/${open.alert}/assign?schedule=${id}`]],
    ['a responder to add', 'POST', () => hidden.id, (id) => [`/api/alerts/${open.alert}/responders`, { user: { id } }]],
    ['an action to do', 'POST', () => action, (id) => [`/api/alerts/${open.alert}/actions`, { alertActionId: String(id) }]],
    [
      'a user to follow a source',
      'POST',
      () => hidden.id,
      (id) => [`/api/alert-sources/${open.source}/private-subscribers`, { id, type: 'USER' }],
    ],
    [
      'a team to follow a source',
      'POST',
      () => team,
      (id) => [`/api/alert-sources/${open.source}/private-subscribers`, { id, type: 'TEAM' }],
    ],
    ['a user to follow an alert', 'POST', () => hidden.id, (id) => [`/api/alerts/${open.alert}/private-subscribers`, { id, type: 'USER' }]],
    [
      'a follower of a source',
      'DELETE',
      () => hidden.id,
      (id) => [`/api/alert-sources/${open.source}/private-subscribers/${id}?subscriber-type=USER`],
    ],
    [
      'a following team',
      'DELETE',
      () => team,
      (id) => [`/api/alert-sources/${open.source}/private-subscribers/${id}?subscriber-type=TEAM`],
    ],
    [
      'a follower of an alert',
      'DELETE',
      () => hidden.id,
      (id) => [`/api/alerts/${open.alert}/private-subscribers/${id}?subscriber-type=USER`],
    ],
  ])('%s is not there when it is hidden', async (_what, method, id, request) => {
    const [path, body] = request(id());
    const [elsewhere, otherBody] = request(NOWHERE);
    const asked = told(await ask(stranger, method, path, body), id(), NOWHERE);
    expect(asked).toEqual(told(await ask(stranger, method, elsewhere, otherBody), id(), NOWHERE));
    expect(asked.status).toBeGreaterThanOrEqual(400);
    expect(asked.status).toBeLessThan(500);
  });

  it.each<
    readonly [
      string,
      () => readonly [method: string, path: string, body?: unknown],
      readonly [method: string, path: string, body?: unknown],
    ]
  >([
    [
      'a routing key',
      () => ['GET', `/api/escalation-policies/resolve?routing-key=${HIDDEN}`],
      ['GET', '/api/escalation-policies/resolve?routing-key=nope'],
    ],
    [
      'an address',
      () => ['POST', '/api/users/search-email', { email: 'vera@vault.test' }],
      ['POST', '/api/users/search-email', { email: 'no@vault.test' }],
    ],
    [
      'an integration key',
      () => ['GET', `/api/alert-sources/${key}`],
      ['GET', '/api/alert-sources/il1api0000000000000000000000000000000000000000'],
    ],
    ['a username', () => ['GET', `/api/users/${HIDDEN}.vera`], ['GET', '/api/users/nope.vera']],
  ])('%s leads to nothing that is hidden', async (_what, hiddenOne, missing) => {
    const [method, path, body] = hiddenOne();
    const asked = await ask(stranger, method, path, body);
    const other = await ask(stranger, ...missing);
    expect([asked.status, other.status]).toEqual([404, 404]);
    expect(asked.text.replaceAll(HIDDEN, 'nope')).toBe(other.text);
    expect((await ask(member, method, path, body)).status).toBe(200);
  });

  it('and what is taken or in use keeps its name to itself', async () => {
    const taken = await ask(stranger, 'POST', '/api/escalation-policies', {
      ...rule('users', stranger.id),
      routingKey: HIDDEN.toLowerCase(),
    });
    expect([taken.status, taken.text.includes(`${HIDDEN} policy`), taken.body['code']]).toEqual([400, false, 'ALREADY_EXISTS']);
    const used = await ask('administrator', 'POST', '/api/alert-sources', {
      ...api,
      name: `${HIDDEN} user`,
      escalationPolicy: { id: open.policy },
      teams: [{ id: team }],
    });
    const inUse = await ask(stranger, 'DELETE', `/api/escalation-policies/${open.policy}`);
    expect([inUse.status, inUse.body['code'], inUse.text.includes(HIDDEN)]).toEqual([400, 'STILL_IN_USE', false]);
    expect(inUse.text).toContain('something that you do not see');
    await write('DELETE', `/api/alert-sources/${String(used.body['id'])}`);
  });
});

describe('somebody who changes what they see', () => {
  it.each([
    ['/api/escalation-policies', () => open.policy, ''],
    ['/api/schedules', () => open.schedule, '?include=scheduleLayers'],
    ['/api/alert-actions', () => open.action, ''],
    ['/api/alert-sources', () => open.source, ''],
  ])('%s: takes away nothing hidden by sending back what was shown', async (path, id, query) => {
    const before = (await server.call('GET', `${path}/${id()}${query}`)).body;
    const shown = await ask(stranger, 'GET', `${path}/${id()}${query}`);
    expect(await ask(stranger, 'PUT', `${path}/${id()}`, shown.body)).toMatchObject({ status: 200 });
    const { updatedAt: _after, ...after } = (await server.call('GET', `${path}/${id()}${query}`)).body;
    expect(before).toMatchObject(after);
  });

  it('does not show what a private team hides by leaving out its visibility', async () => {
    const { body } = await ask(member, 'GET', `/api/teams/${team}`);
    const { visibility: _left, ...rest } = body;
    expect((await ask(member, 'PUT', `/api/teams/${team}`, rest)).body).toMatchObject({ visibility: 'PRIVATE' });
  });
});

describe('a private team', () => {
  it('stays while it hides something', async () => {
    const policyAway = await server.call('DELETE', `/api/teams/${team}`);
    expect(policyAway).toMatchObject({ status: 400, body: { code: 'STILL_IN_USE' } });
    const lone = await server.create('/api/teams', { name: 'Lone', visibility: 'PRIVATE' });
    const hook = { connectorType: 'webhook', triggerMode: 'MANUAL', params: { webhookUrl: 'https://nowhere.invalid/hook' } };
    const owned = await server.create('/api/alert-actions', { ...hook, name: 'Lone hook', teams: [{ id: lone }] });
    expect((await server.call('DELETE', `/api/teams/${lone}`)).body).toMatchObject({
      code: 'STILL_IN_USE',
      details: [{ resource: { type: 'alert-action', id: owned } }],
    });
    await write('DELETE', `/api/alert-actions/${owned}`);
    expect((await server.call('DELETE', `/api/teams/${lone}`)).status).toBe(204);
  });
});

describe('whoever is paged for an alert that is hidden from them', () => {
  it('sees it, reads who is on it, and answers it; also after it was given to somebody else', async () => {
    const id = await server.create('/api/alerts', { summary: `${HIDDEN} burns`, alertSource: { id: source } });
    expect((await ask(paged, 'GET', `/api/alerts/${id}`)).status).toBe(404);
    await write('POST', `/api/alerts/${id}/responders`, { user: { id: paged.id } });
    await server.settle();
    const seen = await ask(paged, 'GET', `/api/alerts/${id}`);
    expect(seen).toMatchObject({ status: 200, body: { alertSource: { name: `${HIDDEN} source` } } });
    expect(JSON.stringify(seen.body['responders'])).toContain(`${HIDDEN}ia`);
    expect((await ask(paged, 'GET', '/api/alerts')).body.map((each) => each['id'])).toEqual([id, open.alert]);
    expect((await ask(paged, 'GET', '/api/alerts/count')).body).toEqual({ count: 2 });
    expect((await ask(paged, 'GET', `/api/alerts/${id}/log-entries`)).text).toContain(`${HIDDEN}ia`);
    expect((await ask(paged, 'PUT', `/api/alerts/${id}/accept`)).status).toBe(200);
    await write('PUT', `/api/alerts/${id}/assign?user=${member.id}`);
    await server.settle();
    expect((await ask(paged, 'GET', `/api/alerts/${id}`)).status).toBe(200);
    expect((await ask(paged, 'PUT', `/api/alerts/${id}/resolve`)).status).toBe(200);
  });

  it('gets them in /me, and the links in it answer', async () => {
    const id = await server.create('/api/alerts', {
      summary: `${HIDDEN} smokes`,
      alertSource: { id: source },
      assignedTo: { id: paged.id },
    });
    await server.settle();
    const { body } = await ask(paged, 'GET', '/me/state');
    const mine = body['alerts'] as unknown as { readonly id: number; readonly links: { readonly accept: string } }[];
    expect(mine.map((each) => each.id)).toEqual([id]);
    const link = new URL(mine[0]?.links.accept ?? '');
    expect(
      (await server.call('POST', link.pathname, { key: undefined, headers: { 'content-type': 'application/x-www-form-urlencoded' } }))
        .status,
    ).toBe(200);
    expect((await server.call('GET', `/api/alerts/${id}`)).body).toMatchObject({ status: 'ACCEPTED' });
  });
});

describe('an alert of a source that is not there any more', () => {
  it('is in the lists of administrators and of those who are on it', async () => {
    const gone = await server.create('/api/alert-sources', {
      integrationType: 'API',
      name: `${HIDDEN} gone`,
      escalationPolicy: { id: 1 },
      teams: [{ id: team }],
    });
    const id = await server.create('/api/alerts', { summary: `${HIDDEN} gone`, alertSource: { id: gone }, assignedTo: { id: member.id } });
    await write('DELETE', `/api/alert-sources/${gone}`);
    await server.settle();
    expect((await ask(stranger, 'GET', `/api/alerts/${id}`)).status).toBe(404);
    expect((await ask(stranger, 'GET', '/api/alerts')).text).not.toContain(`${HIDDEN} gone`);
    expect((await ask(member, 'GET', `/api/alerts/${id}`)).status).toBe(200);
    expect((await ask('administrator', 'GET', `/api/alerts/${id}`)).status).toBe(200);
  });
});
