import type { EscalationPolicyId, UserId } from '@tocsin/domain';
import { WebhookReceiver } from '@tocsin/testing';
import { World } from './world';

type Body = Record<string, unknown> & { readonly id: string };

const DISK = { summary: 'disk full', alertKey: 'disk', labels: { team: 'Database' }, customDetails: { hosts: ['db1', 'db2'], free: 0.5 } };

describe('an alert action with conditions', () => {
  let world: World;
  let receiver: WebhookReceiver;
  let ana: UserId;
  let policy: EscalationPolicyId;
  let key: string;
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    world = await World.start({}, { TOCSIN_OUTGOING_ALLOW: receiver.url });
    ana = await world.person('ana');
    policy = await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 300 }]);
    key = await world.source(policy);
  });
  afterEach(async () => {
    await world.stop();
    await receiver.stop();
  });

  const request = (changes: Record<string, unknown>) => ({
    ...{ name: 'hook', connectorType: 'webhook', alertSources: [{ id: world.sourceId(key) }], triggerTypes: ['alert-created'] },
    params: { webhookUrl: `${receiver.url}/hook` },
    ...changes,
  });
  const make = async (changes: Record<string, unknown>): Promise<Body> => {
    const answer = await world.post<Body>('/api/alert-actions', request(changes));
    expect(answer).toMatchObject({ status: 201 });
    return answer.body;
  };
  const told = (): readonly unknown[] => receiver.bodies.map(({ eventType, alertKey }) => `${String(eventType)} ${String(alertKey)}`);

  it('does something when they hold as the alert is at that moment, and nothing else', async () => {
    const { id } = await make({
      conditions: "alert.labels.team == database and 'DB2' in alert.customDetails.hosts and alert.status != RESOLVED",
      triggerTypes: ['alert-created', 'alert-resolved'],
    });
    await world.event(key, DISK);
    await world.event(key, { ...DISK, alertKey: 'no label', labels: {} });
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    expect(told()).toEqual(['alert-created disk']);
    expect(await world.metric('tocsin_alert_actions_unmet_total')).toEqual(['tocsin_alert_actions_unmet_total{type="webhook"} 2']);
    // A change counts from what happens next on.
    await world.put(`/api/alert-actions/${id}`, request({ conditions: 'alert.customDetails.free < 1' }));
    await world.event(key, { ...DISK, alertKey: 'later', labels: {} });
    await world.put(`/api/alert-actions/${id}`, request({}));
    await world.event(key, { alertKey: 'anything', summary: 'anything' });
    expect(told()).toEqual(['alert-created disk', 'alert-created later', 'alert-created anything']);
  });

  it('that waits asks for them when it begins, and says so where they do not hold', async () => {
    await make({
      conditions: 'alert.priority == HIGH and alert.status == PENDING',
      triggerTypes: ['v-alert-not-resolved'],
      notResolvedDelaySec: 600,
    });
    await world.event(key, DISK);
    await world.event(key, { ...DISK, alertKey: 'accepted' });
    const [accepted, pending] = await world.alerts();
    await world.put(`/api/alerts/${accepted?.id}/accept`, undefined, await world.keyOf(ana));
    await world.advance('11m');
    expect(told()).toEqual(['v-alert-not-resolved disk']);
    expect(await world.timeline(accepted?.id ?? 0)).toContain('Action hook: cancelled, its conditions did not hold');
    expect(await world.timeline(pending?.id ?? 0)).toContain('Action hook: done for v-alert-not-resolved');
  });

  it('can ask whether somebody is on call, and keeps the schedule from being deleted', async () => {
    const schedule = await world.post<{ id: number }>('/api/schedules', {
      ...{ name: 'Office', type: 'STATIC', timezone: 'UTC' },
      shifts: [{ user: { id: ana }, start: '2026-01-05T10:00', end: '2026-01-05T18:00' }],
    });
    expect(schedule).toMatchObject({ status: 201 });
    const conditions = `now not is_in {"id": ${schedule.body.id}, "type": "ON_CALL_SCHEDULE"}`;
    const action = await make({ conditions });
    await world.event(key, { ...DISK, alertKey: 'before' });
    await world.advance('2h');
    await world.event(key, { ...DISK, alertKey: 'within' });
    await world.advance('8h');
    await world.event(key, { ...DISK, alertKey: 'after' });
    expect(told()).toEqual(['alert-created before', 'alert-created after']);
    const kept = await world.delete(`/api/schedules/${schedule.body.id}`);
    expect(kept).toMatchObject({ status: 400, body: { details: [{ resource: { type: 'alert-action', id: Number(action.id) } }] } });
    await world.delete(`/api/alert-actions/${action.id}`);
    expect((await world.delete(`/api/schedules/${schedule.body.id}`)).status).toBe(204);
  });

  it('can ask for support hours, and keeps them from being deleted', async () => {
    const days = { MONDAY: { start: '09:00', end: '17:00' } };
    const hours = await world.post<{ id: number }>('/api/support-hours', { name: 'Office', timezone: 'Europe/Berlin', supportDays: days });
    expect(hours).toMatchObject({ status: 201 });
    const path = `/api/support-hours/${hours.body.id}`;
    const action = await make({ conditions: `now not is_in {"id": ${hours.body.id}, "type": "SUPPORT_HOUR"}` });
    await world.event(key, { ...DISK, alertKey: 'within' });
    await world.advance('8h');
    await world.event(key, { ...DISK, alertKey: 'after' });
    expect(told()).toEqual(['alert-created after']);
    expect(await world.delete(path)).toMatchObject({
      status: 400,
      body: { details: [{ resource: { type: 'alert-action', id: Number(action.id) } }] },
    });
    await world.delete(`/api/alert-actions/${action.id}`);
    expect((await world.delete(path)).status).toBe(204);
  });

  it('can say them the older way, and gets both back as they were sent', async () => {
    const alertFilter = {
      operator: 'AND',
      predicates: [
        { field: 'ALERT_SUMMARY', criteria: 'CONTAINS_ANY_WORDS', value: 'disk, cpu' },
        { field: 'ALERT_PRIORITY', criteria: 'IS_NOT_STRING', value: 'LOW' },
      ],
    };
    const action = await make({ alertFilter });
    expect(action).toMatchObject({ conditions: '', alertFilter });
    await world.event(key, DISK);
    await world.event(key, { ...DISK, alertKey: 'other', summary: 'memory' });
    expect(told()).toEqual(['alert-created disk']);
    const both = request({ alertFilter, conditions: 'alert.summary == memory' });
    expect(await world.put(`/api/alert-actions/${action.id}`, both)).toMatchObject({ status: 200 });
    expect((await world.get(`/api/alert-actions/${action.id}`)).body).toMatchObject({ conditions: 'alert.summary == memory', alertFilter });
    await world.event(key, { ...DISK, alertKey: 'third', summary: 'memory' });
    await world.event(key, { ...DISK, alertKey: 'fourth' });
    expect(told()).toEqual(['alert-created disk', 'alert-created third']);
  });

  it('is refused where they cannot be read, and hears where and why', async () => {
    const refused: readonly [string, Record<string, unknown>, RegExp][] = [
      ['conditions', { conditions: 'alert.summary contains disk full' }, /at character 29: expected `and`, `or` or the end/],
      ['conditions', { conditions: 'trigger_count.3m > 5' }, /no trigger_count/],
      ['conditions', { conditions: 'now is_in {id: 999, type: ON_CALL_SCHEDULE}' }, /there is no schedule 999/],
      ['conditions', { conditions: 'now is_in {id: 999, type: SUPPORT_HOUR}' }, /there is no support hour 999/],
      ['conditions', { conditions: 5 }, /must be a text/],
      ['conditions', { conditions: 'true', triggerMode: 'MANUAL', triggerTypes: [] }, /whenever a person asks/],
      ['alertFilter.predicates', { alertFilter: { operator: 'AND', predicates: [] } }, /at least one entry/],
      ['alertFilter.operator', { alertFilter: { operator: 'XOR', predicates: [] } }, /AND or OR/],
      [
        'alertFilter.predicates[0].value',
        { alertFilter: { operator: 'OR', predicates: [{ field: 'ALERT_DETAILS', criteria: 'MATCHES_REGEX', value: '(' }] } },
        /RE2/,
      ],
    ];
    for (const [field, changes, message] of refused) {
      const { status, body } = await world.post<{ message: string; details: unknown }>('/api/alert-actions', request(changes));
      expect({ status, details: body.details }).toMatchObject({ status: 400, details: [{ field }] });
      expect(body.message).toMatch(message);
    }
  });

  it('has none when they are empty, and says so', async () => {
    expect(await make({ conditions: '', alertFilter: null })).toMatchObject({ conditions: '' });
    await world.event(key, DISK);
    expect(told()).toEqual(['alert-created disk']);
  });
});
