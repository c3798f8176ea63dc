import type { UserId } from '@tocsin/domain';
import type { SlackServer, SlackChannel, SlackMessage } from '@tocsin/testing';
import { startWithSlack } from './slack-world';
import type { SlackWorld } from './slack-world';
import { World } from './world';

const DISK = { summary: 'disk full', alertKey: 'disk' };

describe('an action of type slack', () => {
  let both: SlackWorld;
  let world: World;
  let slack: SlackServer;
  let ops: SlackChannel;
  let ana: UserId;
  let ben: UserId;
  let key: string;
  let connectorId: unknown;

  beforeEach(async () => {
    both = await startWithSlack();
    ({ world, slack } = both);
    ops = slack.team.addChannel('ops');
    ana = await world.person('ana');
    ben = await world.person('ben');
    const policy = await world.policy([
      { targets: [{ type: 'user', userId: ana }], timeoutMin: 5 },
      { targets: [{ type: 'user', userId: ben }], timeoutMin: 5 },
    ]);
    key = await world.source(policy);
    const connector = await world.post('/api/connectors', { name: 'Slack', type: 'slack', params: {} });
    expect(connector).toMatchObject({ status: 201, body: { type: 'slack', params: {} } });
    connectorId = connector.body['id'];
  });
  afterEach(() => both.stop());

  const request = (changes: Record<string, unknown> = {}, params: Record<string, unknown> = {}) => ({
    name: 'ops',
    connectorType: 'slack',
    connectorId,
    triggerTypes: ['alert-created', 'alert-acknowledged', 'alert-auto-escalated', 'alert-comment-added', 'alert-resolved'],
    ...changes,
    params: { channelId: ops.id, channelName: 'ops', teamId: slack.team.id, teamDomain: 'example', ...params },
  });
  const make = async (changes: Record<string, unknown> = {}, params: Record<string, unknown> = {}) => {
    const answer = await world.post('/api/alert-actions', request(changes, params));
    expect(answer).toMatchObject({ status: 201, body: { params: request({}, params).params } });
    return answer.body;
  };
  const message = (): SlackMessage => {
    const [only, ...others] = slack.channel(ops);
    expect(others).toEqual([]);
    return only as SlackMessage;
  };
  const lines = async () => (await world.timeline((await world.alert()).id)).filter((line) => line.startsWith('Action ops'));

  it('shows the alert with its buttons, is answered there, and tells its thread what it listens for', async () => {
    await make();
    await world.event(key, DISK);
    expect(message().text).toMatch(/^\[#\d+\] disk full$/);
    await world.event(key, { ...DISK, eventType: 'COMMENT', comments: [{ creator: 'tool', content: 'half <full>' }] });
    await world.advance('5m');
    await both.send(slack.press(slack.team.addPerson('ben'), message(), 'accept'));
    expect((await world.alert()).status).toBe('ACCEPTED');
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    expect(JSON.stringify(message().blocks)).toContain('Resolved by the monitoring tool.');
    expect(slack.thread(message())).toEqual([
      'the monitoring tool wrote: half &lt;full&gt;',
      'Escalated to level 2: Ben Tester.',
      'Ben Tester accepted this alert.',
      'the monitoring tool resolved this alert.',
    ]);
    const { ts } = message();
    expect(await lines()).toEqual(
      ['created', 'comment-added', 'auto-escalated', 'acknowledged', 'resolved'].map(
        (what) => `Action ops: done for alert-${what}: ${ops.id}/${ts}`,
      ),
    );
  });

  it('that listens for the end alone shows it then', async () => {
    await make({ triggerTypes: ['alert-resolved'] });
    await world.event(key, DISK);
    expect(slack.channel(ops)).toEqual([]);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    expect(JSON.stringify(message().blocks)).toContain('Resolved by the monitoring tool.');
  });

  it('tells of time that passes, and is done by hand', async () => {
    await make({ triggerTypes: ['alert-created', 'v-alert-not-resolved'], notResolvedDelaySec: 60 });
    const { id: byHand } = await make(
      { name: 'by hand', triggerMode: 'MANUAL', triggerTypes: [] },
      { channelId: slack.team.addChannel('elsewhere').id },
    );
    await world.event(key, DISK);
    await world.advance('1m');
    expect(slack.thread(message())).toEqual(['This alert is still not resolved.']);
    const { id } = await world.alert();
    const answer = await world.post(`/api/alerts/${id}/actions`, { alertActionId: byHand }, await world.keyOf(ana));
    expect(answer).toMatchObject({ status: 201, body: { success: true } });
    expect(slack.team.messages).toHaveLength(3);
  });

  it('is tried again while Slack is in trouble, and stands there once', async () => {
    await make();
    slack.fault({ method: 'chat.postMessage', what: 'lose-answer', times: 1 });
    slack.fault({ method: 'chat.postMessage', what: 'limited', times: 1 });
    await world.event(key, DISK);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    await world.advance('1m');
    expect(slack.thread(message())).toEqual(['the monitoring tool resolved this alert.']);
    expect((await lines())[0]).toMatch(/^Action ops: attempt 1 failed \(connection-lost\); again at /);
  });

  it('writes anew what somebody removed', async () => {
    await make();
    await world.event(key, DISK);
    slack.team.remove(ops.id, message().ts);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    expect(JSON.stringify(message().blocks)).toContain('Resolved by the monitoring tool.');
  });

  it('says in the word of Slack why it may not write, to administrators', async () => {
    await make();
    slack.team.change(ops.id, { isArchived: true });
    await world.event(key, DISK);
    expect(await lines()).toEqual(['Action ops: failed for alert-created: rejected']);
    const { body } = await world.get<{ history: unknown[] }[]>(`/api/alerts/${(await world.alert()).id}/actions`);
    expect(body[0]?.history).toMatchObject([{ success: false, response: { body: 'is_archived' } }]);
  });

  it.each([
    ['a channel by its name', { channelId: '#ops' }, 'params.channelId'],
    ['another workspace', { teamId: 'T0OTHER' }, 'params.teamId'],
    ['what Slack has not got', { icon: ':fire:' }, 'params.icon'],
  ])('is refused with %s', async (_what, params, field) => {
    expect(await world.post('/api/alert-actions', request({}, params))).toMatchObject({ status: 400, body: { details: [{ field }] } });
  });

  it('is refused without a connector of Slack', async () => {
    const { connectorId: _none, ...without } = request();
    expect(await world.post('/api/alert-actions', without)).toMatchObject({ status: 400, body: { details: [{ field: 'connectorId' }] } });
  });
});

describe('an action of type slack where Slack is off', () => {
  it('is refused, and says what to set up', async () => {
    const world = await World.start();
    const { body } = await world.post('/api/connectors', { name: 'Slack', type: 'slack' });
    const request = { name: 'ops', connectorType: 'slack', connectorId: body['id'], triggerTypes: ['alert-created'] };
    const answer = await world.post('/api/alert-actions', { ...request, params: { channelId: 'C024BE91L' } });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining('SLACK_SIGNING_SECRET')]);
    await world.stop();
  });
});
