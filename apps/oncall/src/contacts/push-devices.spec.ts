import { topics } from '@tocsin/contracts';
import type { PushDeviceGone } from '@tocsin/contracts';
import { newUuid } from '@tocsin/platform';
import { oncallServer } from '../testing/oncall-server';
import type { Caller, OncallServer } from '../testing/oncall-server';

let server: OncallServer;
let ana: Caller;
let ben: Caller;

beforeAll(async () => {
  server = await oncallServer({ ntfyUrl: 'https://ntfy.example' });
});
afterAll(() => server.stop());
let nth = 0;
beforeEach(async () => {
  ana = await server.person(`ana${(nth += 1)}`, 'RESPONDER');
  ben = await server.person(`ben${nth}`, 'STAKEHOLDER');
});

const keys = {
  p256dh: 'BFroY6zGV-RDRbEjGLUipRoujrru2qJiPUe4n0pNdYZzZZR4zLlxtUUM2hlf_5fhWxFEgv7JbwxnFP2qpmDZZDY',
  auth: 'AAECAwQFBgcICQoLDA0ODw',
};
const device = (endpoint: string, name = 'Phone') => ({ type: 'WEB_PUSH', name, subscription: { endpoint, expirationTime: null, keys } });
const at = '/api/users/current/contacts/push-devices';
const endpoint = (name: string): string => `https://push.example/send/${name}-${nth}`;

describe('a push device', () => {
  it('is added, listed and removed by the person, and tells nobody where it is', async () => {
    const made = await server.call('POST', at, ana, { ...device(endpoint('a')), onHomeScreen: true });
    const shown = { type: 'WEB_PUSH', name: 'Phone', status: 'OK', onHomeScreen: true, addedAt: expect.any(String) };
    expect([made.status, made.body]).toEqual([201, { id: expect.any(Number), ...shown }]);
    const its = `/api/users/${ana.id}/contacts/push-devices/${String(made.body['id'])}`;
    expect(made.headers.get('location')).toBe(its);
    expect((await server.call('GET', its, ana)).body).toEqual(made.body);
    expect((await server.call('GET', at, ana)).body).toEqual([made.body]);
    expect((await server.call('DELETE', its, ana)).status).toBe(204);
    expect((await server.call('GET', at, ana)).body).toEqual([]);
  });

  it('is one also when a browser registers again', async () => {
    const first = await server.call('POST', at, ana, device(endpoint('a')));
    const again = await server.call('POST', at, ana, device(endpoint('a'), 'Same phone'));
    expect(again.body).toMatchObject({ id: first.body['id'], name: 'Same phone' });
    expect((await server.call('GET', at, ana)).body).toHaveLength(1);
  });

  it('belongs to whoever signed in last on it; the other one sees why theirs is gone', async () => {
    await server.call('POST', at, ana, device(endpoint('shared')));
    await server.call('POST', at, ben, device(endpoint('shared')));
    expect((await server.call('GET', at, ben)).body).toMatchObject([{ status: 'OK' }]);
    expect((await server.call('GET', at, ana)).body).toMatchObject([{ status: 'LOST', reason: 'taken-over' }]);
  });

  it('is kept encrypted, in the stream of the person alone', async () => {
    await server.call('POST', at, ana, device(endpoint('secret')));
    await server.settle();
    const stream = await server.platform.eventStore.readStream(`user-${ana.id}`);
    const stored = JSON.stringify(stream.map(({ data }) => data));
    expect(stored).toContain('"pushDevices"');
    for (const word of [endpoint('secret'), keys.p256dh, keys.auth]) expect(stored).not.toContain(word);
    const admin = await server.person(`root${nth}`, 'ADMIN');
    const { body } = await server.call('GET', `/api/audit-log?max-results=100`, admin);
    expect(JSON.stringify(body)).not.toMatch(/cipher|push\.example|"Phone"/);
  });

  it('that its push service does not know any more is removed, with the reason, once', async () => {
    const { body } = await server.call('POST', at, ana, device(endpoint('a')));
    const report: PushDeviceGone = { userId: ana.id, deviceId: body['id'] as never, at: server.clock.now() };
    const id = newUuid();
    const message = { id, key: `user-${ana.id}`, type: 'PushDeviceGone', schemaVersion: 1, time: server.clock.now(), correlationId: id };
    for (const data of [report, report, { ...report, userId: 999_999 }])
      await server.platform.bus.publish(topics.contactReports, [{ ...message, causationId: id, data }]);
    await server.settle();
    expect((await server.call('GET', at, ana)).body).toEqual([
      { id: body['id'], type: 'WEB_PUSH', name: 'Phone', status: 'LOST', reason: 'gone', lostAt: expect.any(String) },
    ]);
  });

  it('of an ntfy app gets a topic that is told once and stored encrypted', async () => {
    const made = await server.call('POST', at, ana, { type: 'NTFY', name: 'ntfy' });
    const topic = String(made.body['topic']);
    expect(topic).toMatch(/^tocsin-[\w-]{32}$/);
    expect(made.body).toMatchObject({ type: 'NTFY', status: 'OK', url: `https://ntfy.example/${topic}` });
    expect(JSON.stringify((await server.call('GET', at, ana)).body)).not.toContain(topic);
    const stored = await server.platform.eventStore.readStream(`user-${ana.id}`);
    expect(JSON.stringify(stored.map(({ data }) => data))).not.toContain(topic);
    const other = await server.call('POST', at, ana, { type: 'NTFY', name: 'another' });
    expect(other.body['topic']).not.toBe(topic);
  });

  it.each([
    ['DISCORD', 'https://discord.com/api/webhooks/1122/To-ken_of-the-room'],
    ['MATTERMOST', 'https://chat.example/hooks/keyoftheroom'],
  ])('that is a room in a chat has its address encrypted, and belongs to one person: %s', async (type, webhookUrl) => {
    const made = await server.call('POST', at, ana, { type, name: 'My room', webhookUrl });
    const { id } = made.body;
    expect([made.status, made.body]).toEqual([
      201,
      { id: expect.any(Number), type, name: 'My room', status: 'OK', addedAt: expect.any(String) },
    ]);
    const stored = await server.platform.eventStore.readStream(`user-${ana.id}`);
    expect(JSON.stringify(stored.map(({ data }) => data))).not.toContain(new URL(webhookUrl).pathname);
    expect((await server.call('POST', at, ana, { type, name: 'The same', webhookUrl })).body).toMatchObject({ id, name: 'The same' });
    await server.call('POST', at, ben, { type, name: 'Mine now', webhookUrl });
    expect((await server.call('GET', at, ana)).body).toMatchObject([{ type, status: 'LOST', reason: 'taken-over' }]);
  });

  it('stays when its owner edits their profile', async () => {
    await server.call('POST', at, ana, device(endpoint('a')));
    const profile = (await server.call('GET', '/api/users/current', ana)).body;
    expect((await server.call('PUT', '/api/users/current', ana, { ...profile, lastName: 'Changed' })).status).toBe(200);
    expect((await server.call('GET', at, ana)).body).toHaveLength(1);
  });

  it.each([
    ['subscription.endpoint', { endpoint: 'javascript:alert(1)', keys }],
    ['subscription.endpoint', { endpoint: 'file:///etc/passwd', keys }],
    ['subscription.keys.p256dh', { endpoint: 'https://push.example/x', keys: { ...keys, p256dh: 'AAAA' } }],
    ['subscription.keys.auth', { endpoint: 'https://push.example/x', keys: { ...keys, auth: 'AAAA' } }],
    ['subscription.endpoint', undefined],
  ])('that nothing could be pushed to is refused: %s', async (field, subscription) => {
    const { status, body } = await server.call('POST', at, ana, { type: 'WEB_PUSH', name: 'x', subscription });
    expect([status, body]).toEqual([400, expect.objectContaining({ code: 'VALIDATION_ERROR', message: expect.stringContaining(field) })]);
  });
});
