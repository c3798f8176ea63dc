import { apiRoutes, pathWithout, Server } from './server';

type Body = Readonly<Record<string, unknown>>;

interface Resource {
  readonly name: string;
  readonly path: () => string;
  /** The least that a client may send; each call gives another one. */
  readonly body: () => Body;
  /** What a client library adds that knows every field and sets none of them: stubs, zeros, empty texts and nulls. */
  readonly unset: Body;
  /** The most of a page; lists without pages have none. */
  readonly cap?: number;
  readonly found?: 'by name';
  readonly lasting?: 'never changed';
  /** What a read must be asked for before it answers all that a replacement has to say. */
  readonly whole?: string;
}

let server: Server;
let person: { readonly id: number; readonly key: string };
let policyId: number;
let alertId: number;
let nth = 0;
const next = (text: string): string => `${text} ${(nth += 1)}`;
const phoneNumber = (): string => `+49151${10_000_000 + (nth += 1)}`;

const resources: readonly Resource[] = [
  {
    name: 'alert sources',
    path: () => '/api/alert-sources',
    body: () => ({ name: next('source'), integrationType: 'API', escalationPolicy: { id: policyId } }),
    unset: {
      id: 0,
      integrationKey: null,
      teams: null,
      status: '',
      createdAt: '',
      severity: null,
      alertGroupingWindow: '',
      summaryTemplate: null,
      supportHours: { id: 0, name: '', timezone: '', supportDays: null },
      autoRaiseAlerts: false,
    },
    cap: 50,
    found: 'by name',
  },
  {
    name: 'escalation policies',
    path: () => '/api/escalation-policies',
    body: () => ({ name: next('policy'), escalationRules: [{ escalationTimeout: 5, users: [{ id: 1, firstName: '', teams: null }] }] }),
    unset: { id: 0, teams: null, repeating: null, frequency: null, delayMin: null, routingKey: null },
    cap: 50,
    found: 'by name',
  },
  {
    name: 'schedules',
    path: () => '/api/schedules',
    body: () => ({ name: next('schedule'), type: 'STATIC', timezone: 'Europe/Berlin', shifts: [] }),
    whole: '?include=shifts&include=scheduleLayers',
    unset: { id: 0, teams: null, scheduleLayers: null, showGaps: null, defaultShiftDuration: '', currentShift: null, nextShift: null },
    cap: 20,
    found: 'by name',
  },
  {
    name: 'support hours',
    path: () => '/api/support-hours',
    body: () => ({ name: next('hours'), timezone: 'Europe/Berlin', supportDays: { MONDAY: { start: '08:00', end: '17:00' } } }),
    unset: { id: 0, teams: null, exceptions: null },
    cap: 50,
  },
  {
    name: 'teams',
    path: () => '/api/teams',
    body: () => ({ name: next('team') }),
    unset: { id: 0, members: null, visibility: null },
    cap: 100,
    found: 'by name',
  },
  {
    name: 'users',
    path: () => '/api/users',
    body: () => ({ email: `${next('user').replace(' ', '.')}@example.test`, firstName: 'Ana', lastName: 'Tester' }),
    unset: {
      id: 0,
      username: '',
      mobile: null,
      landline: { regionCode: '' },
      timezone: '',
      language: '',
      role: null,
      notificationPreferences: null,
    },
    cap: 100,
  },
  {
    name: 'API keys',
    path: () => '/api/api-keys',
    body: () => ({ name: next('key') }),
    unset: { id: 0, role: null, user: null, expiresAt: null },
    cap: 100,
    lasting: 'never changed',
  },
  {
    name: 'e-mail contacts',
    path: () => `/api/users/${person.id}/contacts/emails`,
    body: () => ({ target: `${next('contact').replace(' ', '.')}@example.test` }),
    unset: { id: 0, status: '' },
  },
  {
    name: 'telephone contacts',
    path: () => `/api/users/${person.id}/contacts/phone-numbers`,
    body: () => ({ regionCode: 'DE', target: phoneNumber() }),
    unset: { id: 0, status: '', primary: null },
  },
  {
    name: 'preferences of how to be paged',
    path: () => `/api/users/${person.id}/notification-preferences/alerts`,
    body: () => ({ type: 'HIGH_PRIORITY', method: 'PUSH', delayMin: (nth += 1) % 120 }),
    unset: { id: 0, contact: null },
  },
];

beforeAll(async () => {
  server = await Server.start();
  person = await server.person('ana', 'USER');
  policyId = await server.create('/api/escalation-policies', {
    name: 'everything',
    escalationRules: [{ escalationTimeout: 5, users: [{ id: person.id }] }],
  });
  const sourceId = await server.create('/api/alert-sources', {
    name: 'by hand',
    integrationType: 'API',
    escalationPolicy: { id: policyId },
  });
  alertId = await server.create('/api/alerts', { summary: 'disk full', alertSource: { id: sourceId } });
  await server.settle();
});
afterAll(() => server.stop());

const problem = (status: number, code: string) => ({ status, code, message: expect.stringMatching(/.{8}/) });
const shapeOf = ({ details: _details, ...rest }: Record<string, unknown>) => rest;

describe.each(resources)('$name', (resource) => {
  const { path, body } = resource;
  const made = async (more: Body = {}) => {
    const answer = await server.call('POST', path(), { body: { ...body(), ...more } });
    expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({ status: 201, type: 'application/json' });
    return { at: answer.headers.get('location') ?? '', ...answer };
  };

  it('are created with 201, and Location leads to what the answer says', async () => {
    const { at, body: answer } = await made();
    expect(at).toBe(`${path()}/${String(answer['id'])}`);
    const read = await server.call('GET', at);
    // A key is shown once.
    const { key: _key, ...shown } = answer;
    expect({ status: read.status, type: read.headers.get('content-type') }).toEqual({ status: 200, type: 'application/json' });
    expect(shown).toMatchObject(read.body);
  });

  it('are created with all that a client library knows and does not set', async () => {
    const { body: answer } = await made(resource.unset);
    expect(answer['id']).toBeGreaterThan(0);
  });

  it('are in their list', async () => {
    const { body: answer } = await made();
    const start = resource.cap === undefined ? '' : `?max-results=${resource.cap}&start-index=0`;
    const listed = await server.call('GET', `${path()}${start}`);
    expect(listed.status).toBe(200);
    expect(listed.body.map(({ id }) => id)).toContain(answer['id']);
  });

  if (resource.lasting === undefined)
    it('are replaced with 200 by what a read answered', async () => {
      const { at } = await made();
      const read = await server.call('GET', `${at}${resource.whole ?? ''}`);
      const replaced = await server.call('PUT', at, { body: read.body });
      expect({ status: replaced.status, id: replaced.body['id'], text: replaced.text }).toEqual({
        status: 200,
        id: read.body['id'],
        text: expect.any(String),
      });
    });

  it('are deleted with 204 and no body, and are gone for whatever comes after', async () => {
    const { at } = await made();
    const deleted = await server.call('DELETE', at);
    expect({ status: deleted.status, text: deleted.text, type: deleted.headers.get('content-type') }).toEqual({
      status: 204,
      text: '',
      type: null,
    });
    for (const method of resource.lasting === undefined ? ['GET', 'PUT', 'DELETE'] : ['GET', 'DELETE']) {
      const { status, body: answer, headers } = await server.call(method, at, method === 'PUT' ? { body: body() } : {});
      expect({ method, status, type: headers.get('content-type'), ...shapeOf(answer) }).toEqual({
        method,
        type: 'application/json',
        ...problem(404, 'NOT_FOUND'),
      });
    }
  });

  it('are created neither from nothing nor from what is no object', async () => {
    for (const raw of ['', '[]', '"text"', '7', 'null'])
      expect({ raw, ...(await server.call('POST', path(), { raw })) }).toMatchObject({
        raw,
        status: 400,
        body: problem(400, 'VALIDATION_ERROR'),
      });
  });

  const { cap } = resource;
  if (cap !== undefined) {
    it(`come in pages of at most ${cap}; more is refused, not cut`, async () => {
      expect((await server.call('GET', `${path()}?max-results=${cap}`)).status).toBe(200);
      const { status, body: answer } = await server.call('GET', `${path()}?max-results=${cap + 1}`);
      expect({ status, ...answer }).toMatchObject({ status: 400, code: 'VALIDATION_ERROR', details: [{ field: 'max-results' }] });
      for (const query of ['start-index=-1', 'max-results=x', 'start-index=1.5'])
        expect({ query, status: (await server.call('GET', `${path()}?${query}`)).status }).toEqual({ query, status: 400 });
    });

    it('come in pages that join without a gap and without a repeat', async () => {
      for (const _each of ['one', 'two', 'three']) await made();
      const read = async (query: string) => (await server.call('GET', `${path()}?${query}`)).body.map(({ id }) => id);
      const all = await read(`max-results=${cap}`);
      const pages = await Promise.all(all.map((_id, index) => read(`max-results=1&start-index=${index}`)));
      expect(pages.flat()).toEqual(all);
      expect(new Set(all).size).toBe(all.length);
      expect(await read('start-index=100000')).toEqual([]);
    });
  }

  if (resource.found !== undefined)
    it('are found by a name with umlauts, blanks and signs, percent-encoded', async () => {
      const name = next('Nächtlicher Dienst & 50 % Süd/Ost');
      const { body: answer } = await made({ name });
      const found = await server.call('GET', `${path()}/name/${encodeURIComponent(name)}`);
      expect({ status: found.status, id: found.body['id'], name: found.body['name'] }).toEqual({ status: 200, id: answer['id'], name });
    });
});

describe('lists that are no resources of their own', () => {
  it.each([
    ['/api/alerts', 100],
    ['/api/on-calls', 250],
    ['/api/audit-log', 100],
  ])('%s takes max-results up to %i', async (path, cap) => {
    expect((await server.call('GET', `${path}?max-results=${cap}`)).status).toBe(200);
    expect(await server.call('GET', `${path}?max-results=${cap + 1}`)).toMatchObject({
      status: 400,
      body: { details: [{ field: 'max-results' }] },
    });
  });

  it('log entries take max-results up to 100', async () => {
    expect((await server.call('GET', `/api/alerts/${alertId}/log-entries?max-results=100`)).status).toBe(200);
    expect((await server.call('GET', `/api/alerts/${alertId}/log-entries?max-results=101`)).status).toBe(400);
  });
});

describe('what a client puts on the wire', () => {
  it('may be a type of JSON with nothing in it, where nothing is needed', async () => {
    for (const [method, path] of [
      ['GET', `/api/alerts/${alertId}`],
      ['PUT', `/api/alerts/${alertId}/accept`],
      ['PUT', `/api/alerts/${alertId}/resolve`],
    ] as const) {
      const { status, headers } = await server.call(method, path);
      expect({ method, path, status, type: headers.get('content-type') }).toEqual({ method, path, status: 200, type: 'application/json' });
    }
  });

  it('may ask for several things to be included, by repeating or with commas', async () => {
    const id = await server.create('/api/schedules', { name: 'included', type: 'STATIC', timezone: 'UTC', shifts: [] });
    const usual = Object.keys((await server.call('GET', `/api/schedules/${id}`)).body);
    const shifts = Object.keys((await server.call('GET', `/api/schedules/${id}?include=shifts`)).body);
    const both = await server.call('GET', `/api/schedules/${id}?include=shifts&include=currentShift`);
    expect(usual).not.toContain('shifts');
    expect(shifts).toContain('shifts');
    expect(Object.keys(both.body)).toEqual(expect.arrayContaining(shifts));
    expect((await server.call('GET', `/api/schedules/${id}?include=shifts,currentShift`)).text).toBe(both.text);
  });

  it('may end in a bare question mark or a slash', async () => {
    for (const path of ['/api/teams?', '/api/teams/', '/api/teams/?'])
      expect({ path, status: (await server.call('GET', path)).status }).toEqual({ path, status: 200 });
  });
});

describe('every route of the API', () => {
  /** What some routes want to know before they look. */
  const required = [
    ['/events/:integration/:key', '?crc_token=x'],
    ['/private-subscribers/:subscriber', '?subscriber-type=USER'],
  ] as const;
  const writes = () => apiRoutes(server).filter(({ method }) => method === 'POST' || method === 'PUT');

  it('answers 404 in the one shape of errors for what is not there', async () => {
    const routes = apiRoutes(server).filter(
      ({ method, url }) => ['GET', 'DELETE'].includes(method) && url.replace('/users/:user', '').includes(':'),
    );
    expect(routes.length).toBeGreaterThan(30);
    for (const { method, url } of routes) {
      const query = required.find(([end]) => url.endsWith(end))?.[1] ?? '';
      const { status, body, headers } = await server.call(method, `${pathWithout(url)}${query}`);
      expect({ method, url, type: headers.get('content-type'), ...shapeOf(body), status }).toEqual({
        method,
        url,
        type: 'application/json',
        status: 404,
        code: expect.stringMatching(/^[A-Z]+_?NOT_FOUND$|^NOT_FOUND$/),
        message: expect.stringMatching(/.{8}/),
      });
    }
  });

  it('answers 400 where a number in the path is none', async () => {
    for (const path of [
      '/api/alerts/x',
      '/api/teams/0',
      '/api/schedules/-1',
      '/api/escalation-policies/1e3',
      '/api/api-keys/99999999999999999999',
    ])
      expect(await server.call('GET', path)).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', details: [{ field: 'id' }] } });
  });

  it('answers 400 for what is no JSON', async () => {
    for (const { method, url } of writes()) {
      const { status, body } = await server.call(method, pathWithout(url), { raw: '{"name": "half' });
      expect({ method, url, status, ...shapeOf(body) }).toEqual({ method, url, ...problem(400, 'INVALID_JSON') });
    }
  });

  it('answers 413 for more than 512 KB, and takes a little less', async () => {
    const tooMuch = JSON.stringify({ name: 'x'.repeat(512 * 1024) });
    for (const { method, url } of writes()) {
      const { status, body } = await server.call(method, pathWithout(url), { raw: tooMuch });
      expect({ method, url, status, ...shapeOf(body) }).toEqual({ method, url, ...problem(413, 'PAYLOAD_TOO_LARGE') });
    }
    const justRight = JSON.stringify({ name: 'large', padding: 'x'.repeat(511 * 1024) });
    expect((await server.call('POST', '/api/teams', { raw: justRight })).status).toBe(201);
  });

  it('names the methods that are possible where another one is tried', async () => {
    const { status, body, headers } = await server.call('PATCH', '/api/teams/1', { body: {} });
    expect({ status, allow: headers.get('allow'), ...shapeOf(body) }).toEqual({
      allow: 'DELETE, GET, HEAD, PUT',
      ...problem(405, 'METHOD_NOT_ALLOWED'),
    });
  });

  it('has described each success that was answered here', async () => {
    const { body } = await server.call('GET', '/api-docs/openapi.json');
    const paths = body['paths'] as Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
    const described = new Set(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).flatMap(([method, { responses }]) =>
          Object.keys(responses).map((status) => `${method.toUpperCase()} /api${path.replaceAll(/\{(\w+)\}/g, ':$1')} ${status}`),
        ),
      ),
    );
    const answered = [...server.succeeded].filter((each) => /^\w+ \/api\//.test(each) && !each.startsWith('HEAD '));
    expect(answered.length).toBeGreaterThan(40);
    expect(answered.filter((each) => !described.has(each))).toEqual([]);
  });
});
