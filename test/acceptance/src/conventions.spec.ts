import { ADMIN_KEY, World } from './world';

let world: World;
let policyId: number;
let stakeholderKey: string;
beforeAll(async () => {
  world = await World.start();
  const ana = await world.person('ana');
  policyId = await world.policy([{ targets: [{ type: 'user', userId: ana }] }]);
  stakeholderKey = await world.keyOf(await world.person('sam', { role: 'STAKEHOLDER' }));
});
afterAll(() => world.stop());

type Body = Record<string, unknown>;

interface Resource {
  readonly path: string;
  readonly cap: number;
  /** The least that a client may send. */
  minimal(name: string): Body;
  /** What a client library sends that knows all fields and sets none of them: stubs, zeros and nulls. */
  everything(name: string): Body;
  /** A setting besides the name, and what its absence from a PUT makes of it. */
  readonly setting: { readonly field: string; readonly value: unknown; readonly usual: unknown };
}

const resources: readonly Resource[] = [
  {
    path: '/api/alert-sources',
    cap: 50,
    minimal: (name) => ({ name, integrationType: 'API', escalationPolicy: { id: policyId } }),
    everything: (name) => ({
      ...{ id: 0, name, integrationType: 'API', integrationKey: null, integrationUrl: null, iconUrl: null, teams: null, status: '' },
      escalationPolicy: { id: policyId, name: '', escalationRules: null },
      ...{ createdAt: '', updatedAt: '', alertCreation: '', alertGroupingWindow: '', autoResolutionTimeout: null, alertPriorityRule: '' },
      ...{ severity: null, active: null, supportHours: null, autoRaiseAlerts: false, scoreThreshold: 0, services: [], linkTemplates: [] },
      ...{ summaryTemplate: { textTemplate: '', elements: null }, eventFilter: '', emailPredicates: null, heartbeat: null },
    }),
    setting: { field: 'alertPriorityRule', value: 'LOW', usual: 'HIGH' },
  },
  {
    path: '/api/escalation-policies',
    cap: 50,
    minimal: (name) => ({ name, escalationRules: [{ escalationTimeout: 5, users: [{ id: 1 }] }] }),
    everything: (name) => ({
      ...{ id: 0, name, teams: null, repeating: null, frequency: null, delayMin: null, routingKey: '' },
      escalationRules: [
        {
          ...{ escalationTimeout: 5, user: null, schedule: null, team: null, schedules: null, teams: [] },
          users: [{ id: 1, firstName: '', lastName: '', email: '' }],
        },
      ],
    }),
    setting: { field: 'delayMin', value: 3, usual: 0 },
  },
];

/** Without what is only told while it is saved: whom a page by this policy would not reach. */
const kept = ({ warnings: _told, ...resource }: Body): Body => resource;

const call = async (method: string, path: string, body?: unknown, key: string | undefined = ADMIN_KEY) => {
  const answer = await fetch(`${world.platform.settings.publicUrl}${path}`, {
    method,
    // Clients say that they send JSON when they send nothing, too.
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: (text === '' ? {} : JSON.parse(text)) as Body };
};

describe.each(resources)('the conventions of $path', (resource) => {
  const { path, cap, setting } = resource;
  const create = async (name: string, more: Body = {}) => call('POST', path, { ...resource.minimal(name), ...more });
  const listed = async (query: string) => (await call('GET', `${path}?${query}`)).body as unknown as readonly { readonly id: number }[];

  it('create: 201, the resource, and Location leads to it', async () => {
    const made = await create('made');
    expect(made.status).toBe(201);
    expect(made.headers.get('content-type')).toBe('application/json');
    const location = made.headers.get('location') ?? '';
    expect(location).toBe(`${path}/${String(made.body['id'])}`);
    const read = await call('GET', location);
    expect({ status: read.status, body: read.body }).toEqual({ status: 200, body: kept(made.body) });
  });

  it('takes stubs, zeros, empty values and nulls for what is not set', async () => {
    const made = await call('POST', path, resource.everything('stubs'));
    const { id: _id, createdAt: _created, updatedAt: _updated, integrationKey: _key, integrationUrl: _url, ...full } = made.body;
    const { id: _id2, createdAt: _c2, updatedAt: _u2, integrationKey: _k2, integrationUrl: _url2, ...least } = (await create('stubs')).body;
    expect(made.status).toBe(201);
    expect(full).toEqual(least);
  });

  it('takes its own answer back', async () => {
    const { body } = await create('round trip', { [setting.field]: setting.value });
    const again = await call('PUT', `${path}/${String(body['id'])}`, body);
    expect({ status: again.status, body: again.body }).toEqual({ status: 200, body });
  });

  it('PUT replaces the whole: what is left out goes back to what is usual', async () => {
    const { body } = await create('before', { [setting.field]: setting.value });
    expect(body).toMatchObject({ [setting.field]: setting.value });
    const replaced = await call('PUT', `${path}/${String(body['id'])}`, resource.minimal('after'));
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ id: body['id'], name: 'after', [setting.field]: setting.usual });
  });

  it('PUT without teams, or with null, leaves them; [] clears them; they come sorted and are checked', async () => {
    const [first, second] = [await call('POST', '/api/teams', { name: 'first' }), await call('POST', '/api/teams', { name: 'second' })];
    const [a, b] = [first.body['id'], second.body['id']];
    const { body } = await create('owned', { teams: [{ id: b, name: '' }, { id: a }] });
    const sorted = [
      { id: a, name: 'first' },
      { id: b, name: 'second' },
    ];
    expect(body['teams']).toEqual(sorted);
    const at = `${path}/${String(body['id'])}`;
    expect((await call('PUT', at, resource.minimal('owned'))).body['teams']).toEqual(sorted);
    expect((await call('PUT', at, { ...resource.minimal('owned'), teams: null })).body['teams']).toEqual(sorted);
    expect((await call('PUT', at, { ...resource.minimal('owned'), teams: [] })).body['teams']).toEqual([]);
    expect((await call('PUT', at, { ...resource.minimal('owned'), teams: [{ id: 4711 }] })).body['message']).toBe(
      'teams[0].id: there is no team 4711',
    );
  });

  it('delete: 204 without a body, then 404 for everything', async () => {
    const { body } = await create('short-lived');
    const at = `${path}/${String(body['id'])}`;
    const deleted = await call('DELETE', at);
    expect({ status: deleted.status, text: deleted.text }).toEqual({ status: 204, text: '' });
    for (const [method, sent] of [['GET'], ['PUT', resource.minimal('x')], ['DELETE']] as const)
      expect(await call(method, at, sent)).toMatchObject({
        status: 404,
        body: { status: 404, code: 'NOT_FOUND', message: expect.any(String) },
      });
  });

  it('finds by a name with blanks, umlauts and a slash, percent-encoded; 404 in JSON for another', async () => {
    const { body } = await create('Nächte / Süd 100%');
    const found = await call('GET', `${path}/name/${encodeURIComponent('Nächte / Süd 100%')}`);
    expect({ status: found.status, body: found.body }).toEqual({ status: 200, body: kept(body) });
    expect(await call('GET', `${path}/name/nobody`)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('pages by start-index and max-results without repeating or leaving out', async () => {
    for (const name of ['one', 'two', 'three']) await create(name);
    const all = (await listed(`max-results=${cap}`)).map(({ id }) => id);
    const pages = await Promise.all(all.map((_id, index) => listed(`start-index=${index}&max-results=1`)));
    expect(pages.map((page) => page.map(({ id }) => id))).toEqual(all.map((id) => [id]));
    expect(await listed(`start-index=${all.length}`)).toEqual([]);
    expect(await listed('max-results=0')).toEqual([]);
  });

  it.each(['max-results=51', 'max-results=-1', 'max-results=x', 'start-index=-1', 'start-index=1.5'])(
    'refuses %s and never clamps',
    async (query) => {
      const answer = await call('GET', `${path}?${query}`);
      expect(answer).toMatchObject({
        status: 400,
        body: { status: 400, code: 'VALIDATION_ERROR', message: expect.stringContaining(query.split('=')[0] ?? '') },
      });
    },
  );

  it('takes include wherever clients send it', async () => {
    const include = 'include=summaryTemplate&include=linkTemplates&include=eventFilter&include=textTemplate';
    const made = await call('POST', `${path}?${include}`, resource.minimal('included'));
    expect(made.status).toBe(201);
    const at = `${path}/${String(made.body['id'])}?${include}`;
    expect((await call('GET', at)).status).toBe(200);
    expect((await call('PUT', at, resource.minimal('included'))).status).toBe(200);
  });

  it.each([
    ['no name', { name: undefined }, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['a name of 256 characters', { name: 'x'.repeat(256) }, 'name'],
    ['a name that is no text', { name: 5 }, 'name'],
    ['teams that are no list', { teams: 'all' }, 'teams'],
  ])('refuses %s with 400 that names the field', async (_situation, change, field) => {
    const answer = await create('x', change);
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code: 'VALIDATION_ERROR' });
    expect(answer.body['details']).toEqual([{ field, message: expect.any(String) }]);
  });

  it('refuses no body, and one that is no object, with 400', async () => {
    for (const body of [undefined, [], 'text', 5]) expect((await call('POST', path, body)).status).toBe(400);
  });

  it.each(['0', '-1', '1e3', '99999999999999999'])('the id %s is nothing that exists and no fault', async (id) => {
    for (const [method, body] of [['GET'], ['PUT', resource.minimal('x')], ['DELETE']] as const)
      expect([400, 404]).toContain((await call(method, `${path}/${id}`, body)).status);
  });

  it('is read by stakeholders and changed by users; nobody gets in without a key', async () => {
    const { body } = await create('seen');
    const at = `${path}/${String(body['id'])}`;
    for (const read of [path, at, `${path}/name/seen`]) expect((await call('GET', read, undefined, stakeholderKey)).status).toBe(200);
    expect((await call('POST', path, resource.minimal('x'), stakeholderKey)).status).toBe(403);
    expect((await call('PUT', at, resource.minimal('x'), stakeholderKey)).status).toBe(403);
    expect((await call('DELETE', at, undefined, stakeholderKey)).status).toBe(403);
    expect(await call('GET', at, undefined, 'tk_wrong')).toMatchObject({ status: 403, body: { code: 'KEY_ERROR' } });
    expect((await call('GET', at, undefined, '')).status).toBe(401);
    expect((await call('GET', at)).body).toEqual(kept(body));
  });
});
