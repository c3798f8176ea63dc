import { Server } from './server';

let server: Server;
beforeAll(async () => {
  server = await Server.start();
});
// Also says what was answered and not as described.
afterAll(() => server.stop());

const get = async (path: string) => (await server.call('GET', path)).body;
const write = async (method: string, path: string, body?: unknown) => {
  const answer = await server.call(method, path, body === undefined ? {} : { body });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.body;
};

/** Made, found, listed, replaced. */
const goThrough = async (
  path: string,
  body: object,
  { found = '', replace = body }: { found?: string; replace?: object } = {},
): Promise<number> => {
  const id = await server.create(path, body);
  await get(`${path}/${id}`);
  await get(path);
  if (found !== '') await get(`${path}/name/${encodeURIComponent(found)}`);
  await write('PUT', `${path}/${id}`, replace);
  return id;
};

/** Everything that the API can do, once; what needs something else comes after it. */
const useEverything = async (): Promise<void> => {
  const user = await goThroughPeople();
  const team = await goThrough('/api/teams', { name: 'Storage' }, { found: 'Storage' });
  await write('POST', `/api/teams/${team}/members`, { user: { id: user }, role: 'ADMIN' });
  await get(`/api/teams/${team}`);
  const schedule = await goThroughSchedules(user);
  const policy = await goThroughPolicies({ user, schedule, team });
  const source = await goThroughSources(policy, team);
  await goThroughAlerts({ source, user, policy, schedule });
  await goThroughAlertActions(source, team);
  await get('/api/on-calls');
  await get('/api/numbers');
  await get('/api/numbers/vcard');
  await get('/api/on-calls?expand=user&expand=escalationPolicy&expand=schedule&timezone=Europe/Berlin');
  await goThroughParkedMessages();
  await get('/api/audit-log');
  await write('POST', '/api/sign-in-links');
  await write('POST', '/api/sign-in-links/mails', { email: 'nobody@example.org' });
  await write('DELETE', `/api/alert-sources/${source}`);
  await write('DELETE', `/api/escalation-policies/${policy}`);
  await write('DELETE', `/api/schedules/${schedule}`);
  await write('DELETE', `/api/teams/${team}/members/${user}`);
  await write('DELETE', `/api/teams/${team}`);
  await write('DELETE', `/api/users/${user}`);
};

const goThroughParkedMessages = async (): Promise<void> => {
  const [first, second, third] = [await server.park(1), await server.park(2), await server.park(3)];
  await get('/api/parked-messages?topic=tool-events&group=alerts');
  await get(`/api/parked-messages/${first}`);
  await write('POST', `/api/parked-messages/${first}/replay`);
  await write('DELETE', `/api/parked-messages/${second}?reason=not+wanted`);
  expect(await write('POST', '/api/parked-messages/replay?topic=tool-events&group=alerts')).toEqual({ replayed: 1, left: 0 });
  expect((await server.call('GET', `/api/parked-messages/${third}`)).status).toBe(404);
  await server.settle();
};

const P256DH = 'BFroY6zGV-RDRbEjGLUipRoujrru2qJiPUe4n0pNdYZzZZR4zLlxtUUM2hlf_5fhWxFEgv7JbwxnFP2qpmDZZDY';

const PERSON = {
  ...{ email: 'ana@example.test', firstName: 'Ana', lastName: 'Lima', language: 'de', timezone: 'Europe/Berlin', region: 'DE' },
  ...{ position: 'Engineer', department: 'Storage', shiftColor: '#aa3377' },
};

/** With the code that no provider took, so that it lies in the outbox. */
const verify = async (contact: string): Promise<void> => {
  await write('POST', `${contact}/verification-codes`);
  await server.settle();
  const outbox = await server.call('GET', '/outbox', { headers: { accept: 'application/json' } });
  const [code] = /\b\d{6}\b/.exec(String(outbox.body[0]?.['text'])) ?? [];
  await write('POST', `${contact}/verify`, { code });
};

const goThroughPeople = async (): Promise<number> => {
  const user = await goThrough('/api/users', PERSON, { replace: { ...PERSON, mutedUntil: '2026-01-05T09:00:01Z' } });
  await write('PUT', `/api/users/${user}`, { ...PERSON, mutedUntil: null });
  await get('/api/users/current');
  await write('POST', '/api/users/search-email', { email: PERSON.email });
  const contacts = `/api/users/${user}/contacts`;
  const email = await goThrough(`${contacts}/emails`, { target: 'ana.lima@example.test' });
  await write('POST', `${contacts}/emails/search-target`, { target: 'ana.lima@example.test' });
  const phone = await goThrough(`${contacts}/phone-numbers`, { regionCode: 'DE', target: '+4915112345678', primary: true });
  await write('POST', `${contacts}/phone-numbers/search-target`, { target: '+4915112345678', regionCode: 'DE' });
  for (const at of [`${contacts}/emails/${email}`, `${contacts}/phone-numbers/${phone}`]) await verify(at);
  const device = await server.create(`${contacts}/push-devices`, {
    ...{ type: 'WEB_PUSH', name: 'Phone', onHomeScreen: true },
    subscription: { endpoint: 'https://push.example/send/1', keys: { p256dh: P256DH, auth: 'AAECAwQFBgcICQoLDA0ODw' } },
  });
  await get(`${contacts}/push-devices`);
  await get(`${contacts}/push-devices/${device}`);
  await write('DELETE', `${contacts}/push-devices/${device}`);
  await server.linkChat(user);
  await get(`${contacts}/chat-accounts`);
  await write('DELETE', `${contacts}/chat-accounts/TELEGRAM`);
  await get(`/api/users/${user}/readiness`);
  const preferences = `/api/users/${user}/notification-preferences`;
  const preference = await goThrough(`${preferences}/alerts`, {
    type: 'LOW_PRIORITY',
    method: 'EMAIL',
    contact: { id: email },
    delayMin: 5,
  });
  const push = await server.create(`${preferences}/alerts`, { type: 'HIGH_PRIORITY', method: 'PUSH', delayMin: 1 });
  const subscription = await goThrough(`${preferences}/subscriptions`, { method: 'EMAIL', contact: { id: email } });
  await write('DELETE', `${preferences}/subscriptions/${subscription}`);
  const duty = await goThrough(`${preferences}/duties`, { type: 'ON_CALL', method: 'EMAIL', contact: { id: email }, beforeMin: 15 });
  await write('DELETE', `${preferences}/duties/${duty}`);
  const update = await goThrough(`${preferences}/updates`, { type: 'ALERT_RESOLVED', method: 'EMAIL', contact: { id: email } });
  await write('DELETE', `${preferences}/updates/${update}`);
  await write('POST', `/api/users/${user}/test-notification`, { method: 'EMAIL', contact: { id: email } });
  await server.settle();
  for (const id of [preference, push]) await write('DELETE', `${preferences}/alerts/${id}`);
  await write('DELETE', `${contacts}/emails/${email}`);
  await write('DELETE', `${contacts}/phone-numbers/${phone}`);
  const key = await server.create('/api/api-keys', { name: 'script', expiresAt: '2027-01-01T00:00:00Z' });
  await get('/api/api-keys?include=sessions');
  await get(`/api/api-keys/${key}`);
  await write('DELETE', `/api/api-keys/${key}`);
  return user;
};

const EVERYTHING = 'include=shifts&include=scheduleLayers&include=currentShift&include=nextShift&include=past';

const goThroughSchedules = async (user: number): Promise<number> => {
  const monday = { dayOfWeek: 'MONDAY', time: '06:00' };
  const layer = {
    name: 'Week',
    startsOn: '2026-01-05T00:00',
    users: [{ id: user }, { id: 1 }],
    rotation: 'P1D',
    endsOn: '2027-01-05T00:00',
  };
  const recurring = await goThrough(
    '/api/schedules',
    {
      ...{ name: 'Nights', type: 'RECURRING', timezone: 'UTC' },
      scheduleLayers: [
        { ...layer, restrictionType: 'TIMES_OF_WEEK', restrictions: [{ from: monday, to: { dayOfWeek: 'FRIDAY', time: '20:00' } }] },
      ],
    },
    { found: 'Nights' },
  );
  const shifts = [{ user: { id: user }, start: '2026-01-06T09:00', end: '2026-01-07T09:00' }];
  const fixed = await server.create('/api/schedules', {
    name: 'Rota',
    type: 'STATIC',
    timezone: 'UTC',
    showGaps: true,
    defaultShiftDuration: 'P1D',
    shifts,
  });
  for (const id of [recurring, fixed]) await get(`/api/schedules/${id}?${EVERYTHING}`);
  await get(`/api/schedules?${EVERYTHING}`);
  await get(`/api/schedules/${recurring}/shifts`);
  for (const id of [recurring, fixed]) await get(`/api/schedules/${id}/user-on-call`);
  const override = { user: { id: user }, start: '2026-01-05T10:00:00Z', end: '2026-01-05T12:00:00Z' };
  const { override: added } = await write('PUT', `/api/schedules/${recurring}/overrides`, override);
  await write('POST', `/api/schedules/${recurring}/overrides`, override);
  await get(`/api/schedules/${recurring}/overrides`);
  await write('DELETE', `/api/schedules/${recurring}/overrides/${(added as { readonly id: number }).id}`);
  await write('DELETE', `/api/schedules/${fixed}`);
  return recurring;
};

interface Targets {
  readonly user: number;
  readonly schedule: number;
  readonly team: number;
}

const goThroughPolicies = async ({ user, schedule, team }: Targets): Promise<number> => {
  const rule = { escalationTimeout: 10, users: [{ id: 1 }], schedules: [{ id: schedule }], teams: [{ id: team }] };
  const body = {
    name: 'Disks',
    escalationRules: [rule, rule],
    repeating: true,
    frequency: 2,
    delayMin: 0,
    routingKey: 'disks',
    teams: [{ id: team }],
  };
  const policy = await goThrough('/api/escalation-policies', body, { found: 'Disks' });
  await get('/api/escalation-policies/resolve?routing-key=disks');
  await get(`/api/escalation-policies/${policy}/readiness`);
  await write('PUT', `/api/escalation-policies/${policy}/levels/1`, { escalationTimeout: 5, users: [{ id: user }] });
  const empty = await server.create('/api/schedules', { name: 'Nobody', type: 'STATIC', timezone: 'UTC', shifts: [] });
  const nobody = await server.create('/api/escalation-policies', {
    name: 'Nobody',
    escalationRules: [{ escalationTimeout: 5, schedules: [{ id: empty }] }],
  });
  for (const id of [policy, nobody])
    for (const query of ['', '?priority=LOW&lang=de', '?at=2026-01-06T00:00:00Z'])
      await get(`/api/escalation-policies/${id}/explain${query}`);
  await write('DELETE', `/api/escalation-policies/${nobody}`);
  await write('DELETE', `/api/schedules/${empty}`);
  return policy;
};

const goThroughSources = async (policy: number, team: number): Promise<number> => {
  const body = {
    ...{ name: 'Monitor', integrationType: 'API', escalationPolicy: { id: policy }, teams: [{ id: team }], severity: 2 },
    ...{ alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW', alertGroupingWindow: 'PT5M', autoResolutionTimeout: 'PT2H', filterOperator: 'AND' },
  };
  const source = await goThrough('/api/alert-sources', body, { found: 'Monitor' });
  await goThroughSupportHours({ name: 'Hours', integrationType: 'API', escalationPolicy: { id: policy } }, team);
  for (const subscriber of [
    { id: 1, type: 'USER' },
    { id: team, type: 'TEAM' },
  ])
    await write('POST', `/api/alert-sources/${source}/private-subscribers`, subscriber);
  await get(`/api/alert-sources/${source}/private-subscribers`);
  await write('DELETE', `/api/alert-sources/${source}/private-subscribers/${team}?subscriber-type=TEAM`);
  const { integrationKey } = await get(`/api/alert-sources/${source}`);
  const event = {
    integrationKey,
    eventType: 'ALERT',
    summary: 'disk full',
    alertKey: 'disk',
    labels: { host: 'db1' },
    customDetails: { free: 3 },
  };
  const links = [{ href: 'https://example.test/runbook', text: 'runbook' }];
  for (const path of ['/api/events', '/api/v1/events'])
    await write('POST', path, { ...event, links, images: [{ src: 'https://example.test/a.png' }] });
  const made = await write('POST', '/api/alert-sources', { name: 'Nodes', integrationType: 'NETDATA', escalationPolicy: { id: policy } });
  const netdata = `events/netdata/${String(made['integrationKey'])}`;
  const payload = { alert: 'ram', host: 'db1', chart: 'system.ram', severity: 'warning', message: 'ram in use' };
  for (const base of ['/api', '/api/v1']) {
    await write('POST', `${base}/${netdata}`, payload);
    await get(`${base}/${netdata}?crc_token=x`);
  }
  await write('POST', '/api/events', { ...event, eventType: 'RESOLVE', alertKey: 'never heard of' });
  await server.settle();
  await get(`/api/alert-sources/${source}/events`);
  await write('DELETE', `/api/alert-sources/${String(made['id'])}`);
  return source;
};

const goThroughSupportHours = async (source: object, team: number): Promise<void> => {
  const week = { timezone: 'Europe/Berlin', supportDays: { MONDAY: { start: '08:00', end: '17:00' }, SUNDAY: null } };
  const exceptions = [{ name: 'Christmas', start: '2026-12-24', end: '2026-12-26', supportStatus: 'OUTSIDE' }];
  const hours = await goThrough('/api/support-hours', { name: 'Office', ...week, exceptions, teams: [{ id: team }] });
  for (const supportHours of [{ id: hours }, { ...week, autoRaiseIncidents: true }]) {
    const body = { ...source, alertPriorityRule: 'HIGH_DURING_SUPPORT_HOURS', supportHours };
    await write('DELETE', `/api/alert-sources/${await goThrough('/api/alert-sources', body)}`);
  }
  await write('DELETE', `/api/support-hours/${hours}`);
};

const goThroughAlerts = async ({
  source,
  user,
  policy,
  schedule,
}: Omit<Targets, 'team'> & { readonly source: number; readonly policy: number }): Promise<void> => {
  await get('/api/alerts');
  await get(`/api/alerts/count?sources=${source}`);
  const [newest] = await get(`/api/alerts?sources=${source}`);
  await get(`/api/alerts/${String(newest?.['id'])}?include=customDetails`);
  const alert = await server.create('/api/alerts', {
    summary: 'by hand',
    details: 'look',
    alertSource: { id: source },
    priority: 'LOW',
    assignedTo: { id: 1 },
  });
  await write('POST', `/api/alerts/${alert}/private-subscribers`, { id: 1, type: 'USER' });
  await get(`/api/alerts/${alert}/private-subscribers`);
  await write('DELETE', `/api/alerts/${alert}/private-subscribers/1?subscriber-type=USER`);
  const at = `/api/alerts/${alert}`;
  await write('PUT', `${at}/raise`);
  await write('POST', `${at}/responders`, { user: { id: user } });
  await write('DELETE', `${at}/responders/${user}`);
  for (const to of [`schedule=${schedule}`, `policy=${policy}`]) await write('PUT', `${at}/assign?${to}`);
  await server.settle();
  await write('PUT', `${at}/escalate`);
  await write('PUT', `${at}/accept`);
  await get(`${at}/suggested-responders?lang=de`);
  await server.settle();
  await get(`${at}/notifications?include=cancelled`);
  for (const id of [alert, newest?.['id']]) await get(`/api/alerts/${String(id)}/log-entries?lang=de`);
  await write('PUT', `${at}/resolve`);
  await write('PUT', `/api/alerts/${String(newest?.['id'])}/resolve`);
  await get('/api/alerts');
};

const goThroughAlertActions = async (source: number, team: number): Promise<void> => {
  const connector = await goThrough('/api/connectors', { type: 'github', name: 'Ours', params: { apiKey: 'a-token' } }, { found: 'Ours' });
  const issue = await goThrough('/api/alert-actions', {
    ...{ name: 'Issue', connectorType: 'github', connectorId: String(connector), alertSources: [{ id: source }], teams: [{ id: team }] },
    ...{ triggerTypes: ['v-alert-not-resolved', 'alert-escalation-ended'], notResolvedDelaySec: 600, escalationEndedDelaySec: 60 },
    params: { owner: 'us', repository: 'ours', labels: ['alert'] },
  });
  // A name that nobody has: it is asked for and not found.
  const params = { webhookUrl: 'https://nowhere.invalid/hook' };
  const hook = await goThrough(
    '/api/alert-actions',
    { name: 'Hook', connectorType: 'webhook', triggerMode: 'MANUAL', params },
    { found: 'Hook' },
  );
  const alert = await server.create('/api/alerts', { summary: 'for others', alertSource: { id: source } });
  await server.settle();
  await write('POST', `/api/alerts/${alert}/actions`, { alertActionId: String(hook) });
  await get(`/api/alerts/${alert}/actions`);
  await write('PUT', `/api/alerts/${alert}/resolve`);
  for (const id of [issue, hook]) await write('DELETE', `/api/alert-actions/${id}`);
  await write('DELETE', `/api/connectors/${connector}`);
};

describe('an answer', () => {
  it('was given for each success that the description promises, and each is as it says, field by field', async () => {
    await useEverything();
    const { described } = server;
    const missing = described.successes().filter((each) => !server.succeeded.has(each));
    expect(missing).toEqual([]);
    expect(described.successes().length).toBeGreaterThan(85);
    expect(server.mistakes()).toEqual([]);
  }, 60_000);

  it('is compared strictly: with a field that the description does not name it is a mistake, and without one that it needs', () => {
    const { described } = server;
    const [name, other] = ['Ana', 'Lima'];
    const sent = { method: 'GET', url: '/api/alerts/count', status: 200 };
    expect(described.mistakeIn({ ...sent, payload: '{"count":1}' })).toBeUndefined();
    expect(described.mistakeIn({ ...sent, payload: '{"count":1,"more":2}' })).toContain('"additionalProperty":"more"');
    expect(described.mistakeIn({ ...sent, payload: '{}' })).toContain("must have required property 'count'");
    expect(described.mistakeIn({ ...sent, status: 201, payload: '{"count":1}' })).toContain('not described');
    const user = { id: 1, firstName: name, lastName: other };
    const responder = { ...sent, method: 'POST', url: '/api/alerts/:id/responders', status: 201 };
    expect(described.mistakeIn({ ...responder, payload: JSON.stringify({ user, status: 'PENDING' }) })).toBeUndefined();
    expect(described.mistakeIn({ ...responder, payload: JSON.stringify({ user: { ...user, email: 'a' }, status: 'PENDING' }) })).toContain(
      '/user',
    );
    const refused = { ...sent, status: 400, payload: '{"status":400,"message":"no","code":"NO","details":{"field":"x"}}' };
    expect(described.mistakeIn(refused)).toContain('must be array');
  });
});
