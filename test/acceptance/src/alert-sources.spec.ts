import { World } from './world';

let world: World;
let policyId: number;
let plain: { name: string; integrationType: string; escalationPolicy: { id: number } };
beforeAll(async () => {
  world = await World.start();
  policyId = await world.policy([{ targets: [{ type: 'user', userId: await world.person('ana') }] }]);
  plain = { name: 'Web shop', integrationType: 'API', escalationPolicy: { id: policyId } };
});
afterAll(() => world.stop());

const FROM_ELSEWHERE = 'il1api0123456789abcdef0123456789abcdef';

interface Source {
  readonly id: number;
  readonly integrationKey: string;
  readonly integrationUrl: string;
  readonly status: string;
}

const make = async (settings: Record<string, unknown> = {}): Promise<Source> =>
  (await world.post<Source>('/api/alert-sources', { ...plain, ...settings })).body;
const statusOf = async ({ id }: Source): Promise<string> => (await world.get<Source>(`/api/alert-sources/${id}`)).body.status;

describe('a new alert source', () => {
  it('has a key and an address of its own, takes events there, and nests its policy in full', async () => {
    const source = await make({ integrationType: 'PROMETHEUS' });
    expect(source.integrationKey).toMatch(/^til1prometheus[a-z2-7]{32}$/);
    expect(source.integrationUrl).toBe(`${world.platform.settings.publicUrl}/api/events/prometheus/${source.integrationKey}`);
    expect(source).toMatchObject({
      escalationPolicy: { id: policyId, escalationRules: [{ escalationTimeout: 5, users: [{ firstName: 'Ana' }] }] },
      alertCreation: 'ONE_ALERT_PER_EMAIL',
      active: true,
      status: 'ALL_RESOLVED',
    });
    for (const absent of ['severity', 'scoreThreshold', 'alertGroupingWindow', 'autoResolutionTimeout', 'filterOperator'])
      expect(source).not.toHaveProperty(absent);
    const posted = await fetch(source.integrationUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        version: '4',
        groupKey: '{}:{}',
        status: 'firing',
        alerts: [{ status: 'firing', labels: { alertname: 'Slow' } }],
      }),
    });
    expect(posted.status).toBe(202);
  });

  it('raises alerts for its policy', async () => {
    const source = await make();
    await world.event(source.integrationKey, { summary: 'disk full on the new source' });
    expect(world.mailbox('ana').subjects.at(-1)).toContain('disk full on the new source');
  });

  it('keeps its key and its type for good', async () => {
    const source = await make();
    const replaced = await world.put<Source>(`/api/alert-sources/${source.id}`, { ...source, name: 'Renamed' });
    expect(replaced.body).toMatchObject({ name: 'Renamed', integrationKey: source.integrationKey, integrationUrl: source.integrationUrl });
    expect(await world.put(`/api/alert-sources/${source.id}`, { ...plain, integrationType: 'GRAFANA' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('integrationType: ') },
    });
    expect(await world.put(`/api/alert-sources/${source.id}`, { ...plain, integrationKey: FROM_ELSEWHERE })).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_ERROR', message: expect.stringContaining('integrationKey: cannot be changed') },
    });
  });

  it('is found by its key, which is shown to those alone who may change it', async () => {
    const source = await make();
    expect((await world.get(`/api/alert-sources/${source.integrationKey}`)).body).toMatchObject({ id: source.id });
    expect((await world.get('/api/alert-sources/til1apinobodyhasthis')).status).toBe(404);
    for (const role of ['STAKEHOLDER', 'GUEST', 'RESPONDER'] as const) {
      const key = await world.keyOf(await world.person(`reader-${role.toLowerCase()}`, { role }));
      const seen = (await world.get(`/api/alert-sources/${source.id}`, key)).body;
      expect(seen).toMatchObject({ id: source.id, integrationKey: null, integrationUrl: null });
      const list = await world.get<Source[]>('/api/alert-sources', key);
      expect(JSON.stringify(list.body)).not.toContain('til1');
    }
  });

  it('is stored with the key encrypted: neither the log nor the topic holds it', async () => {
    const source = await make();
    const [stored] = await world.platform.eventStore.readStream(`source-${source.id}`);
    expect(JSON.stringify(stored)).not.toContain(source.integrationKey);
    expect(JSON.stringify(world.platform.configuration.get('source', source.id))).not.toContain(source.integrationKey);
  });

  it('gives back the operators that older clients send', async () => {
    const source = await make({ filterOperator: 'AND', resolveFilterOperator: 'OR' });
    expect((await world.get(`/api/alert-sources/${source.id}`)).body).toMatchObject({ filterOperator: 'AND', resolveFilterOperator: 'OR' });
  });
});

describe('a key that an alert source brings along', () => {
  const moved = (integrationKey: unknown, name = 'Moved') => world.post<Source>('/api/alert-sources', { ...plain, name, integrationKey });
  const refusal = (code: string, status = 400) => ({
    status,
    body: { code, details: [{ field: 'integrationKey', message: expect.stringContaining('leave it out') }] },
  });

  it('is the one its tools go on posting with, in the URL and in the body', async () => {
    const { status, body } = await moved(FROM_ELSEWHERE);
    expect([status, body.integrationKey]).toEqual([201, FROM_ELSEWHERE]);
    expect(body.integrationUrl).toBe(`${world.platform.settings.publicUrl}/api/events/api/${FROM_ELSEWHERE}`);
    await world.event(FROM_ELSEWHERE, { summary: 'the same key as before' });
    expect(world.mailbox('ana').subjects.at(-1)).toContain('the same key as before');
    const [stored] = await world.platform.eventStore.readStream(`source-${body.id}`);
    expect(JSON.stringify(stored)).not.toContain(FROM_ELSEWHERE);
  });

  it('is nobody else’s: neither that of another source nor one that two ask for at once', async () => {
    const { integrationKey } = await make();
    const refused = await moved(integrationKey);
    expect(refused).toMatchObject(refusal('ALREADY_EXISTS'));
    expect(JSON.stringify(refused.body)).not.toContain(integrationKey);
    const both = await Promise.all([moved('two-at-once-0123456789', 'One'), moved('two-at-once-0123456789', 'Two')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 400]);
  });

  it('is free again when its source is deleted', async () => {
    const { id } = (await moved('deleted-and-made-again')).body;
    await world.delete(`/api/alert-sources/${id}`);
    expect(await moved('deleted-and-made-again')).toMatchObject({ status: 201, body: { integrationKey: 'deleted-and-made-again' } });
  });

  it.each([
    'short',
    'nineteen-characters',
    'twenty characters in it',
    'twenty/characters/in/it',
    'ümläuts-in-twenty-characters',
    'x'.repeat(201),
  ])('is not %j, which could be guessed or does not stand in a URL', async (key) =>
    expect(await moved(key)).toMatchObject(refusal('VALIDATION_ERROR')),
  );

  it('comes from an administrator alone', async () => {
    const user = await world.keyOf(await world.person('maker', { role: 'USER' }));
    const by = await world.post('/api/alert-sources', { ...plain, integrationKey: 'from-a-user-0123456789' }, user);
    expect(by).toMatchObject(refusal('FORBIDDEN', 403));
  });

  it.each([undefined, null, ''])('is not brought by %j: a new one is made', async (integrationKey) => {
    expect(await moved(integrationKey)).toMatchObject({
      status: 201,
      body: { integrationKey: expect.stringMatching(/^til1api[a-z2-7]{32}$/) },
    });
  });
});

describe('what an alert source cannot be', () => {
  it.each([
    [
      'a tool that nobody maps, listing those that are',
      { integrationType: 'NAGIOS' },
      'integrationType',
      'API, PROMETHEUS, GRAFANA, NETDATA',
    ],
    ['no policy', { escalationPolicy: null }, 'escalationPolicy', 'id of an escalation policy'],
    ['a policy that is none', { escalationPolicy: 7 }, 'escalationPolicy', 'object'],
    ['an unknown policy', { escalationPolicy: { id: 4711 } }, 'escalationPolicy.id', 'no escalation policy 4711'],
    ['a policy with a text for an id', { escalationPolicy: { id: '1' } }, 'escalationPolicy.id', 'positive whole number'],
    ['an unknown mode', { alertCreation: 'SOMEHOW' }, 'alertCreation', 'ONE_OPEN_ALERT_ALLOWED'],
    ['a window mode without its window', { alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW' }, 'alertGroupingWindow', 'PT15M'],
    [
      'a window that is not on the list',
      { alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW', alertGroupingWindow: 'PT3M' },
      'alertGroupingWindow',
      'PT2M',
    ],
    ['a timeout that is not on the list', { autoResolutionTimeout: 'PT1H' }, 'autoResolutionTimeout', 'PT60M'],
    ['an unknown priority', { alertPriorityRule: 'MEDIUM' }, 'alertPriorityRule', 'HIGH, LOW'],
    ['severity 0', { severity: 0 }, 'severity', '1 to 5'],
    ['severity 6', { severity: 6 }, 'severity', '1 to 5'],
    ['a severity as text', { severity: 'SEV1' }, 'severity', '1 to 5'],
    ['another operator', { filterOperator: 'XOR' }, 'filterOperator', 'AND or OR'],
    ['a text for active', { active: 'yes' }, 'active', 'true or false'],
  ])('%s', async (_situation, settings, field, hint) => {
    const answer = await world.post('/api/alert-sources', { ...plain, ...settings });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', message: expect.stringContaining(`${field}: `) } });
    expect(answer.body['message']).toContain(hint);
  });

  it.each([
    ['alertCreation', 'OPEN_RESOLVE_ON_EXTRACTION'],
    ['alertCreation', 'INTELLIGENT_GROUPING'],
    ['alertGroupingWindow', 'PT5M'],
    ['supportHours', { id: 3 }],
    ['supportHours', { timezone: 'Europe/Berlin', autoRaiseAlerts: false, supportDays: {} }],
    ['autoRaiseAlerts', true],
    ['summaryTemplate', { textTemplate: '{{ summary }}' }],
    ['detailsTemplate', { elements: [{ type: 'TEXT', val: 'x' }] }],
    ['routingTemplate', { textTemplate: 'x' }],
    ['linkTemplates', [{ text: 'x', hrefTemplate: { textTemplate: 'https://example.org' } }]],
    ['priorityTemplate', { valueTemplate: { textTemplate: 'x' }, mappings: [] }],
    ['severityTemplate', { valueTemplate: { textTemplate: 'x' }, mappings: [] }],
    ['alertKeyTemplate', { textTemplate: 'x' }],
    ['servicesTemplate', [{ textTemplate: 'x' }]],
    ['eventFilter', "(event.customDetails.a == 'b')"],
    ['eventTypeFilterCreate', 'true'],
    ['eventTypeFilterAccept', 'true'],
    ['eventTypeFilterResolve', 'true'],
    ['scoreThreshold', 0.7],
    ['services', [{ id: 1 }]],
    ['autoCreateServices', true],
    ['emailPredicates', [{ field: 'EMAIL_SUBJECT' }]],
    ['resolveKeyExtractor', { field: 'EMAIL_SUBJECT' }],
    ['heartbeat', { intervalSec: 900 }],
    ['bidirectional', true],
  ])('one with %s %j, which does nothing yet (B6)', async (field, value) => {
    const answer = await world.post('/api/alert-sources', { ...plain, [field]: value });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'SETTING_WITHOUT_EFFECT',
        message: expect.stringContaining(`${field}: `),
        details: [{ field, message: expect.any(String) }],
      },
    });
  });

  it.each([
    ['ONE_ALERT_PER_EMAIL', {}],
    ['ONE_ALERT_PER_EMAIL_SUBJECT', {}],
    ['ONE_PENDING_ALERT_ALLOWED', {}],
    ['ONE_OPEN_ALERT_ALLOWED', {}],
    ['ONE_ALERT_GROUPED_PER_WINDOW', { alertGroupingWindow: 'PT12H' }],
  ])('but %s has an effect', async (alertCreation, more) => {
    const answer = await world.post('/api/alert-sources', { ...plain, alertCreation, ...more });
    expect(answer).toMatchObject({ status: 201, body: { alertCreation, ...more } });
  });
});

describe('the status of an alert source', () => {
  it('is what its open alerts add up to, also where it is nested in an alert', async () => {
    const source = await make();
    const nested = async (): Promise<readonly unknown[]> =>
      (await world.alerts(`?sources=${source.id}`)).map(({ alertSource }) => (alertSource as Source).status);
    await world.event(source.integrationKey, { summary: 'one', alertKey: 'one' });
    await world.event(source.integrationKey, { summary: 'two', alertKey: 'two' });
    await world.event(source.integrationKey, { eventType: 'RESOLVE', alertKey: 'one' });
    expect([await statusOf(source), await nested()]).toEqual(['PENDING', ['PENDING', 'PENDING']]);
    await world.event(source.integrationKey, { eventType: 'ACCEPT', alertKey: 'two' });
    expect([await statusOf(source), await nested()]).toEqual(['ALL_ACCEPTED', ['ALL_ACCEPTED', 'ALL_ACCEPTED']]);
    const [open] = await world.alerts(`?sources=${source.id}&states=ACCEPTED`);
    const resolved = await world.put<{ alertSource: Source }>(`/api/alerts/${open?.id}/resolve`);
    expect(resolved.body.alertSource.status).toBe('ALL_RESOLVED');
    expect([await statusOf(source), await nested()]).toEqual(['ALL_RESOLVED', ['ALL_RESOLVED', 'ALL_RESOLVED']]);
  });

  it('is DISABLED while it is not active, and its events open nothing', async () => {
    const source = await make({ active: false });
    expect(source.status).toBe('DISABLED');
    expect((await world.event(source.integrationKey, { summary: 'nobody hears' })).status).toBe(202);
    expect(await world.alerts(`?sources=${source.id}`)).toEqual([]);
  });
});

describe('autoResolutionTimeout', () => {
  it('has the system resolve an open alert that long after it was opened, and not before', async () => {
    const source = await make({ autoResolutionTimeout: 'PT30M' });
    await world.event(source.integrationKey, { summary: 'forgotten', alertKey: 'f' });
    const [alert] = await world.alerts(`?sources=${source.id}`);
    await world.advance('29m');
    expect(await world.alert(alert?.id)).toMatchObject({ status: 'PENDING' });
    await world.advance('1m');
    expect(await world.alert(alert?.id)).toMatchObject({ status: 'RESOLVED' });
    expect((await world.timeline(alert?.id ?? 0)).join('\n')).toContain('auto-resolution');
  });
});

describe('autoResolutionTimeout of a source on which a person raises an alert', () => {
  it('resolves that alert like any other of the source', async () => {
    const source = await make({ autoResolutionTimeout: 'PT30M' });
    const { body } = await world.post<{ readonly id: number }>('/api/alerts', { summary: 'forgotten', alertSource: { id: source.id } });
    await world.advance('29m');
    expect(await world.alert(body.id)).toMatchObject({ status: 'PENDING' });
    await world.advance('1m');
    expect(await world.alert(body.id)).toMatchObject({ status: 'RESOLVED' });
  });
});

describe('a deleted alert source', () => {
  it('takes no events; its open alerts go on and can be answered', async () => {
    const source = await make();
    await world.event(source.integrationKey, { summary: 'orphan', alertKey: 'o' });
    const [alert] = await world.alerts(`?sources=${source.id}`);
    expect((await world.delete(`/api/alert-sources/${source.id}`)).status).toBe(204);
    expect((await world.event(source.integrationKey, { summary: 'too late' })).status).toBe(404);
    expect(await world.put(`/api/alerts/${alert?.id}/accept`)).toMatchObject({
      status: 200,
      body: { status: 'ACCEPTED', alertSource: { id: source.id, name: 'deleted alert source' } },
    });
  });
});
