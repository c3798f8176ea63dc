import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { EscalationPolicyId, UserId } from '@tocsin/domain';
import { START } from '@tocsin/event-store';
import { isSignedWith, WebhookReceiver } from '@tocsin/testing';
import { World } from './world';
import type { Answer } from './world';

type Body = Record<string, unknown> & { readonly id: string; readonly params: Record<string, unknown> };

const DISK = { summary: 'disk "full"', alertKey: 'disk' };

describe('a webhook', () => {
  let world: World;
  let receiver: WebhookReceiver;
  let ana: UserId;
  let policy: EscalationPolicyId;
  let key: string;
  const start = async (): Promise<void> => {
    receiver = await WebhookReceiver.start();
    world = await World.start({}, { TOCSIN_OUTGOING_ALLOW: receiver.url });
    ana = await world.person('ana');
    policy = await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 300 }]);
    key = await world.source(policy);
  };
  beforeEach(start);
  afterEach(async () => {
    await world.stop();
    await receiver.stop();
  });

  const request = (changes: Record<string, unknown> = {}, params: Record<string, unknown> = {}) => ({
    name: 'hook',
    connectorType: 'webhook',
    alertSources: [{ id: world.sourceId(key) }],
    triggerTypes: ['alert-created', 'alert-acknowledged', 'alert-resolved'],
    ...changes,
    params: { webhookUrl: `${receiver.url}/hook`, ...params },
  });
  const make = async (changes: Record<string, unknown> = {}, params: Record<string, unknown> = {}): Promise<Body> => {
    const answer: Answer<Body> = await world.post<Body>('/api/alert-actions', request(changes, params));
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  };
  const events = (): readonly unknown[] => receiver.bodies.map(({ eventType }) => eventType);
  const now = (): number => world.clock.now() / 1_000;
  const deliveries = (): readonly unknown[] => receiver.received.map(({ headers }) => headers['x-tocsin-delivery']);
  const results = async (id: number) =>
    (await world.get<{ alertActionId: string; history: Record<string, unknown>[] }[]>(`/api/alerts/${id}/actions`)).body;

  it('is told what happens to an alert, in its order, each once, and signed', async () => {
    const action = await make();
    await world.event(key, DISK);
    const { id } = await world.alert();
    await world.put(`/api/alerts/${id}/accept`, undefined, await world.keyOf(ana));
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    expect(events()).toEqual(['alert-created', 'alert-acknowledged', 'alert-resolved']);
    expect(receiver.received[0]).toMatchObject({ method: 'POST', path: '/hook', headers: { 'content-type': 'application/json' } });
    expect(receiver.bodies).toMatchObject([
      {
        id: String(id),
        status: 'PENDING',
        summary: 'disk "full"',
        details: '',
        reportTime: '2026-01-05T09:00:00.000Z',
        priority: 'HIGH',
        alertKey: 'disk',
        alertSource: { id: world.sourceId(key) },
        assignedTo: null,
      },
      { status: 'ACCEPTED', assignedTo: { username: 'ana', email: 'ana@example.test', firstName: 'Ana', lastName: 'Tester' } },
      { status: 'RESOLVED' },
    ]);
    expect(new Set(deliveries()).size).toBe(3);
    const [secret] = action.params['signingSecrets'] as [string];
    expect(receiver.received.map((each) => isSignedWith(secret, each, now()))).toEqual([true, true, true]);
    expect(receiver.received.map((each) => isSignedWith('another-secret-key', each, now()))).toEqual([false, false, false]);
    const lines = (await world.timeline(id)).filter((line) => line.startsWith('Action hook'));
    expect(lines).toEqual([
      'Action hook: done for alert-created',
      'Action hook: done for alert-acknowledged',
      'Action hook: done for alert-resolved',
    ]);
    expect((await results(id))[0]?.history).toMatchObject([
      { triggerType: 'alert-resolved', success: true, state: 'succeeded', response: { status: 200, body: 'answered 200' } },
      { triggerType: 'alert-acknowledged', success: true },
      { id: deliveries()[0], triggerType: 'alert-created', success: true, alertId: id },
    ]);
    expect(await world.metric('tocsin_alert_actions_total')).toEqual([
      'tocsin_alert_actions_total{type="webhook",outcome="succeeded",reason="none"} 3',
    ]);
  });

  it('whose receiver is down is tried again under the same delivery id, and what follows waits for it', async () => {
    await make();
    receiver.answer = 503;
    await world.event(key, DISK);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    await world.advance('4s');
    expect(events()).toEqual(['alert-created', 'alert-created']);
    receiver.answer = 200;
    await world.advance('1m');
    expect(events()).toEqual(['alert-created', 'alert-created', 'alert-created', 'alert-resolved']);
    expect(new Set(deliveries().slice(0, 3)).size).toBe(1);
    expect(receiver.received[0]?.body).toBe(receiver.received[2]?.body);
    const { id } = await world.alert();
    expect((await world.timeline(id)).filter((line) => line.startsWith('Action hook'))).toEqual([
      expect.stringMatching(/^Action hook: attempt 1 failed \(overloaded, 503\); again at /),
      expect.stringMatching(/^Action hook: attempt 2 failed/),
      'Action hook: done for alert-created',
      'Action hook: done for alert-resolved',
    ]);
  });

  it('that was taken and not answered is repeated under the same delivery id', async () => {
    await make();
    receiver.answer = 'lost';
    await world.event(key, DISK);
    receiver.answer = 204;
    await world.advance('10s');
    expect(events()).toEqual(['alert-created', 'alert-created']);
    expect(new Set(deliveries()).size).toBe(1);
  });

  it('that is refused for good is not repeated, and says why', async () => {
    await make();
    receiver.answer = 410;
    await world.event(key, DISK);
    await world.advance('1h');
    expect(events()).toEqual(['alert-created']);
    const { id } = await world.alert();
    expect(await world.timeline(id)).toContain('Action hook: failed for alert-created: rejected, 410');
    expect((await results(id))[0]?.history).toMatchObject([
      { success: false, state: 'failed', reason: 'rejected', response: { status: 410 } },
    ]);
  });

  it('shows what was answered to administrators alone, and the secrets to those who may change it', async () => {
    const { id: actionId } = await make({}, { headers: [{ key: 'X-Token', value: 'very secret' }] });
    await world.event(key, DISK);
    const { id } = await world.alert();
    const carl = await world.keyOf(await world.person('carl', { role: 'RESPONDER' }));
    const { body } = await world.get<{ history: Record<string, unknown>[] }[]>(`/api/alerts/${id}/actions`, carl);
    expect(body[0]?.history[0]).toMatchObject({ success: true });
    expect(body[0]?.history[0]).not.toHaveProperty('response');
    expect((await world.get<Body>(`/api/alert-actions/${actionId}`, carl)).body.params).toEqual({});
    expect((await world.post('/api/alert-actions', request(), carl)).status).toBe(403);
    const dora = await world.keyOf(await world.person('dora', { role: 'USER' }));
    expect((await world.get<Body>(`/api/alert-actions/${actionId}`, dora)).body.params).toMatchObject({
      webhookUrl: `${receiver.url}/hook`,
      headers: [{ key: 'X-Token', value: 'very secret' }],
    });
    const audit = await world.get('/api/audit-log?resource-type=alert-action');
    expect(JSON.stringify(audit.body)).not.toMatch(/very secret|127\.0\.0\.1:|whsec_/);
    expect(receiver.received[0]?.headers['x-token']).toBe('very secret');
  });

  it('is signed with old and new secret while they are rotated; a client that knows of none takes none away', async () => {
    const { id, params } = await make();
    const [before] = params['signingSecrets'] as [string];
    const after = 'a-new-secret-of-enough-length';
    await world.put(`/api/alert-actions/${id}`, request({}, { signingSecrets: [after, before] }));
    await world.event(key, DISK);
    expect([before, after].map((secret) => isSignedWith(secret, receiver.received[0]!, now()))).toEqual([true, true]);
    await world.put(`/api/alert-actions/${id}`, request({}, { signingSecrets: [after] }));
    await world.put(`/api/alert-actions/${id}`, request({ name: 'renamed' }));
    await world.event(key, { ...DISK, alertKey: 'other' });
    expect([before, after].map((secret) => isSignedWith(secret, receiver.received[1]!, now()))).toEqual([false, true]);
  });

  it.each([
    'https://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254#.office.com',
    'https://2130706433/',
    'https://[::ffff:10.0.0.1]/',
    'http://93.184.215.14/',
    'https://hooks.example.com:22/',
    'file:///etc/passwd',
  ])('to where nobody may call is refused when it is saved: %s', async (webhookUrl) => {
    const answer = await world.post('/api/alert-actions', request({}, { webhookUrl }));
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', details: [{ field: 'params.webhookUrl' }] } });
  });

  it('that is sent on to where nobody may call is not, and fails for good', async () => {
    await make();
    receiver.answer = (response) => response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    await world.event(key, DISK);
    await world.advance('1h');
    const { id } = await world.alert();
    expect(await world.timeline(id)).toContain('Action hook: failed for alert-created: refused-url');
    expect(events()).toEqual(['alert-created']);
  });

  it('fills its template, escaped for JSON, under headers of its own', async () => {
    await make(
      { triggerTypes: ['alert-created'] },
      {
        method: 'PUT',
        headers: [{ key: 'Content-Type', value: 'application/vnd.own+json' }],
        bodyTemplate:
          '{"text":"{{alertSummary}}","id":{{alertId}},"key":{{#alertKey}}"{{alertKey}}"{{/alertKey}}{{^alertKey}}null{{/alertKey}}}',
      },
    );
    await world.event(key, { ...DISK, details: 'x' });
    expect(receiver.received[0]).toMatchObject({ method: 'PUT', headers: { 'content-type': 'application/vnd.own+json' } });
    expect(receiver.bodies[0]).toEqual({ text: 'disk "full"', id: (await world.alert()).id, key: 'disk' });
  });

  it('is not called any more when its action is switched off or deleted, and the timeline says so', async () => {
    const { id } = await make();
    const other = await make({ name: 'other' });
    receiver.answer = 500;
    await world.event(key, DISK);
    expect(events()).toHaveLength(2);
    await world.put(`/api/alert-actions/${id}`, request({ triggerMode: 'MANUAL', triggerTypes: [] }));
    expect((await world.delete(`/api/alert-actions/${other.id}`)).status).toBe(204);
    await world.advance('1h');
    expect(events()).toHaveLength(2);
    const lines = await world.timeline((await world.alert()).id);
    expect(lines).toContain('Action hook: cancelled, the action was switched off for this; it may have been done already');
    expect(lines).toContain(`Action #${other.id}: cancelled, the action was deleted; it may have been done already`);
  });

  it('acts for its sources alone, and for what happens after it was made', async () => {
    await world.event(key, { ...DISK, alertKey: 'before' });
    await make({ triggerTypes: ['alert-created', 'alert-resolved'] });
    const everywhere = await make({ name: 'everywhere', alertSources: [], triggerTypes: ['alert-created'] });
    const second = await world.source(policy);
    await world.event(second, DISK);
    await world.event(key, { alertKey: 'before', eventType: 'RESOLVE' });
    expect(events()).toEqual(['alert-created', 'alert-resolved']);
    expect((await results((await world.alert()).id)).map(({ alertActionId }) => alertActionId)).toEqual([everywhere.id]);
  });

  it('watches for an alert that is not resolved, whoever accepted it', async () => {
    await make({ triggerTypes: ['v-alert-not-resolved'], notResolvedDelaySec: 600 });
    await world.event(key, DISK);
    await world.event(key, { ...DISK, alertKey: 'in time' });
    await world.put(`/api/alerts/${(await world.alerts())[1]?.id}/accept`, undefined, await world.keyOf(ana));
    await world.advance('9m');
    await world.event(key, { alertKey: 'in time', eventType: 'RESOLVE' });
    expect(events()).toEqual([]);
    await world.advance('2m');
    expect(receiver.bodies).toMatchObject([{ eventType: 'v-alert-not-resolved', alertKey: 'disk', status: 'ACCEPTED' }]);
    expect(await world.timeline((await world.alert()).id)).toContain('Action hook: cancelled, the alert was resolved');
  });

  it('is told of everything that it listens for', async () => {
    const ben = await world.person('ben');
    const two = await world.policy([
      { targets: [{ type: 'user', userId: ana }], timeoutMin: 5 },
      { targets: [{ type: 'user', userId: ben }], timeoutMin: 5 },
    ]);
    const low = await world.source(two, { priority: 'LOW' });
    const triggerTypes = [
      ...['alert-created', 'alert-assigned', 'alert-auto-escalated', 'alert-acknowledged', 'alert-raised', 'alert-comment-added'],
      ...['alert-escalation-ended', 'alert-resolved', 'alert-auto-resolved', 'alert-responder-added', 'alert-responder-removed'],
    ];
    await make({ alertSources: [{ id: world.sourceId(low) }], triggerTypes, escalationEndedDelaySec: 30 });
    const anasKey = await world.keyOf(ana);
    await world.event(low, DISK);
    const { id } = await world.alert();
    await world.event(low, { ...DISK, eventType: 'COMMENT', comments: [{ creator: 'tool', content: 'half full' }] });
    await world.put(`/api/alerts/${id}/raise`, undefined, anasKey);
    await world.post(`/api/alerts/${id}/responders`, { user: { id: 1 } }, anasKey);
    await world.delete(`/api/alerts/${id}/responders/1`, anasKey);
    await world.advance('10m');
    await world.advance('29s');
    expect(events().at(-1)).toBe('alert-auto-escalated');
    await world.advance('1s');
    await world.put(`/api/alerts/${id}/assign?user=${ben}`, undefined, anasKey);
    await world.put(`/api/alerts/${id}/accept`, undefined, anasKey);
    await world.put(`/api/alerts/${id}/resolve`, undefined, anasKey);
    await world.settle();
    expect(events()).toEqual([
      ...['alert-created', 'alert-comment-added', 'alert-raised', 'alert-responder-added', 'alert-responder-removed'],
      ...['alert-auto-escalated', 'alert-escalation-ended', 'alert-assigned', 'alert-acknowledged', 'alert-resolved'],
    ]);
  });

  it('survives a restart: what is due is done then, once', async () => {
    await make({ triggerTypes: ['v-alert-not-resolved'], notResolvedDelaySec: 600 });
    await world.event(key, DISK);
    await world.down('1h');
    expect(events()).toEqual(['v-alert-not-resolved']);
    await world.down('1h');
    expect(events()).toEqual(['v-alert-not-resolved']);
  });

  it('goes to the archive with its alert', async () => {
    await make();
    await world.event(key, DISK);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    const { id } = await world.alert();
    await world.advance('401d');
    expect((await world.get(`/api/alerts/${id}/actions`)).status).toBe(404);
    const { events: left } = await world.platform.eventStore.readAll({ prefixes: ['action-'], after: START, limit: 10 });
    expect(left).toEqual([]);
    const [file = ''] = await readdir(join(world.directory, 'archive'));
    const archived = gunzipSync(await readFile(join(world.directory, 'archive', file))).toString();
    expect(archived.match(/"ActionSucceeded"/g)).toHaveLength(2);
  });

  it('is done when a person asks for it, who is told what came of it', async () => {
    const action = await make({ triggerMode: 'MANUAL', triggerTypes: [] });
    await world.event(key, DISK);
    expect(events()).toEqual([]);
    const { id } = await world.alert();
    expect(await results(id)).toMatchObject([{ alertActionId: action.id, type: 'webhook', name: 'hook', history: [] }]);
    const anasKey = await world.keyOf(ana);
    const answer = await world.post(`/api/alerts/${id}/actions`, { alertActionId: action.id }, anasKey);
    expect(answer).toMatchObject({ status: 201, body: { success: true, alertId: id, actor: { id: ana }, triggerType: 'manual' } });
    expect(receiver.bodies).toMatchObject([{ eventType: 'manual', status: 'PENDING' }]);
    expect(deliveries()).toEqual([answer.body['id']]);
    receiver.answer = 400;
    const failed = await world.post(`/api/alerts/${id}/actions`, { alertActionId: action.id }, anasKey);
    expect(failed).toMatchObject({ status: 201, body: { success: false, state: 'failed', reason: 'rejected' } });
    expect((await world.post(`/api/alerts/${id}/actions`, { alertActionId: '999' })).status).toBe(404);
    expect(await world.timeline(id)).toContain('Action hook: asked for by Ana Tester');
  });
});
