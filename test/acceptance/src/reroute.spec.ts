import { alertStream } from '@tocsin/domain';
import type { EscalationPolicyId, EscalationTarget, UserId } from '@tocsin/domain';
import { World } from './world';

const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const DISK = { summary: 'disk full', alertKey: 'disk' };

describe('an alert action that gives alerts to another policy', () => {
  let world: World;
  let key: string;
  let ana: UserId;
  let ben: UserId;
  let own: EscalationPolicyId;
  let nights: EscalationPolicyId;
  const received = (): readonly number[] => ['ana', 'ben', 'admin'].map((name) => world.mailbox(name).all().length);
  beforeEach(async () => {
    world = await World.start();
    [ana, ben] = [await world.person('ana'), await world.person('ben')];
    own = await world.policy([{ targets: [user(ana)], timeoutMin: 10 }]);
    nights = await world.policy([{ targets: [user(ben)], timeoutMin: 10 }]);
    key = await world.source(own);
  });
  afterEach(() => world.stop());

  const request = (changes: Record<string, unknown> = {}) => ({
    name: 'nights',
    connectorType: 'reroute',
    triggerTypes: ['alert-escalation-ended'],
    params: { escalationPolicyId: nights },
    ...changes,
  });
  const make = async (changes: Record<string, unknown> = {}): Promise<string> => {
    const { status, body } = await world.post<{ id: string; params: unknown }>('/api/alert-actions', request(changes));
    expect([status, body]).toEqual([201, expect.objectContaining({ connectorType: 'reroute' })]);
    return body.id;
  };
  const lines = async (id: number): Promise<readonly string[]> =>
    (await world.timeline(id)).filter((line) => /action|assigned it/i.test(line));
  const runs = async (id: number) =>
    (await world.get<{ history: Record<string, unknown>[] }[]>(`/api/alerts/${id}/actions`)).body.flatMap(({ history }) => history);
  const assignments = async (id: number) =>
    (await world.platform.eventStore.readStream(alertStream(id as never))).filter(({ type }) => type === 'AlertAssigned');

  it('has the other policy page its people when nobody of its own has answered, once', async () => {
    await make();
    await world.event(key, DISK);
    const { id } = await world.alert();
    await world.advance('10m');
    // Whether the fallback contacts were told before it went on is a matter of milliseconds.
    expect(received().slice(0, 2)).toEqual([1, 1]);
    expect(await world.alert()).toMatchObject({ status: 'PENDING', escalationPolicy: { id: nights }, assignedTo: { id: ben } });
    await world.advance('3h');
    expect(received().slice(0, 2)).toEqual([1, 1]);
    expect(received()[2]).toBeGreaterThan(0);
    expect(await lines(id)).toEqual([
      `Action nights assigned it to policy policy ${nights}`,
      'Action nights: done for alert-escalation-ended',
      'Action nights: cancelled, it had done this for the alert',
    ]);
    expect(await runs(id)).toMatchObject([
      { triggerType: 'alert-escalation-ended', success: false, state: 'cancelled', reason: 'once-per-alert' },
      { triggerType: 'alert-escalation-ended', success: true, state: 'succeeded' },
    ]);
  });

  it('acts on each of its triggers once, and never on what an action did', async () => {
    await make({ triggerTypes: ['alert-assigned', 'alert-acknowledged'] });
    await make({ name: 'days', triggerTypes: ['alert-assigned'], params: { escalationPolicyId: String(own) } });
    await world.event(key, DISK);
    const { id } = await world.alert();
    const bensKey = await world.keyOf(ben);
    for (const _again of [1, 2]) {
      await world.put(`/api/alerts/${id}/assign?user=${ben}`, undefined, bensKey);
      await world.settle();
      await world.put(`/api/alerts/${id}/accept`, undefined, bensKey);
      await world.settle();
    }
    // Two that a person's assignment sets off do not both get it: the second one finds it given away. Then Ben has accepted for good.
    const done = (await runs(id)).filter(({ success }) => success === true).map(({ triggerType }) => triggerType);
    expect(done.toSorted()).toEqual(['alert-acknowledged', 'alert-assigned']);
    expect(await assignments(id)).toHaveLength(4);
    expect((await runs(id)).map(({ reason }) => reason).filter((reason) => reason !== undefined)).toEqual(
      expect.arrayContaining(['overtaken', 'once-per-alert']),
    );
    expect(await world.alert()).toMatchObject({ status: 'ACCEPTED' });
  });

  it('to the policy that the alert has begins anew, as the policy is by now (B16)', async () => {
    await make({ triggerTypes: ['v-alert-not-resolved'], notResolvedDelaySec: 300, params: { escalationPolicyId: own } });
    await world.event(key, DISK);
    await world.changePolicy(own, (policy) => ({ ...policy, rules: [{ escalationTimeoutMin: 10, targets: [user(ben)] }] }));
    await world.advance('4m');
    expect(received()).toEqual([1, 0, 0]);
    await world.advance('1m');
    expect(received()).toEqual([1, 1, 0]);
    const { id } = await world.alert();
    expect(await lines(id)).toContain('Action nights: done for v-alert-not-resolved');
  });

  it('is done by hand, under the name of whoever asks, as often as they ask', async () => {
    const alertActionId = await make({ triggerMode: 'MANUAL', triggerTypes: [] });
    await world.event(key, DISK);
    const { id } = await world.alert();
    const anasKey = await world.keyOf(ana);
    for (const _again of [1, 2]) {
      const answer = await world.post(`/api/alerts/${id}/actions`, { alertActionId }, anasKey);
      expect(answer).toMatchObject({ status: 201, body: { success: true, actor: { id: ana }, triggerType: 'manual' } });
      await world.settle();
    }
    expect(received()).toEqual([1, 2, 0]);
    expect(await lines(id)).toEqual([
      'Action nights: asked for by Ana Tester',
      `Ana Tester assigned it to policy policy ${nights}, by action nights`,
      'Action nights: done for manual',
      'Action nights: asked for by Ana Tester',
      `Ana Tester assigned it to policy policy ${nights}, by action nights`,
      'Action nights: done for manual',
    ]);
    const stakeholder = await world.keyOf(await world.person('sam', { role: 'STAKEHOLDER' }));
    expect((await world.post(`/api/alerts/${id}/actions`, { alertActionId }, stakeholder)).status).toBe(403);
    await world.put(`/api/alerts/${id}/resolve`, undefined, anasKey);
    expect(await world.post(`/api/alerts/${id}/actions`, { alertActionId }, anasKey)).toMatchObject({
      body: { success: false, state: 'failed', reason: 'alert-resolved' },
    });
    expect(await lines(id)).toContain('Action nights: failed for manual: alert-resolved');
  });

  it('waits its delay, and not for somebody who has answered by then', async () => {
    await make({ escalationEndedDelaySec: 60 });
    await world.event(key, DISK);
    await world.advance('10m');
    await world.put(`/api/alerts/${(await world.alert()).id}/accept`, undefined, await world.keyOf(ana));
    await world.advance('1h');
    expect(await world.alert()).toMatchObject({ status: 'ACCEPTED', escalationPolicy: { id: own } });
    expect(await lines((await world.alert()).id)).toContain('Action nights: cancelled, the alert was accepted');
  });

  it('is done after a restart, once', async () => {
    await make({ triggerTypes: ['v-alert-not-resolved'], notResolvedDelaySec: 60 });
    await world.event(key, DISK);
    await world.down('5m');
    await world.down('1m');
    expect(await assignments((await world.alert()).id)).toHaveLength(1);
    expect(received()).toEqual([1, 1, 0]);
  });

  it('is refused with what does not fit, by name', async () => {
    const to = (escalationPolicyId: unknown) => ({ params: { escalationPolicyId } });
    const refused: readonly (readonly [string, Record<string, unknown>])[] = [
      ['params.escalationPolicyId', { params: {} }],
      ['params.escalationPolicyId', to(999)],
      ['params.escalationPolicyId', to('nights')],
      ['params.webhookUrl', { params: { escalationPolicyId: nights, webhookUrl: 'https://example.com' } }],
      ['triggerTypes[1]', { triggerTypes: ['alert-created', 'alert-resolved'] }],
      ['connectorId', { connectorId: '1' }],
    ];
    for (const [field, changes] of refused)
      expect(await world.post('/api/alert-actions', request(changes))).toMatchObject({ status: 400, body: { details: [{ field }] } });
  });

  it('keeps its policy from being deleted', async () => {
    const id = await make();
    expect(await world.delete(`/api/escalation-policies/${nights}`)).toMatchObject({
      status: 400,
      body: { code: 'STILL_IN_USE', message: expect.stringContaining('alert action "nights"') },
    });
    await world.delete(`/api/alert-actions/${id}`);
    expect((await world.delete(`/api/escalation-policies/${nights}`)).status).toBe(204);
  });
});
