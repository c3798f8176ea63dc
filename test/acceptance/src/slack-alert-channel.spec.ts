import { START as BEGINNING } from '@tocsin/event-store';
import { WebhookReceiver } from '@tocsin/testing';
import type { SlackServer, SlackChannel, SlackMessage, SlackPerson } from '@tocsin/testing';
import { startWithSlack } from './slack-world';
import type { SlackWorld } from './slack-world';
import type { World } from './world';

const DISK = { summary: 'disk full', alertKey: 'disk' };

describe("an alert's own channel in Slack", () => {
  let both: SlackWorld;
  let world: World;
  let slack: SlackServer;
  let ops: SlackChannel;
  let inSlack: Readonly<Record<'ana' | 'ben', SlackPerson>>;
  let source: string;
  let receiver: WebhookReceiver;

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    both = await startWithSlack({ TOCSIN_OUTGOING_ALLOW: receiver.url });
    ({ world, slack } = both);
    ops = slack.team.addChannel('ops');
    inSlack = { ana: slack.team.addPerson('ana'), ben: slack.team.addPerson('ben') };
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    const carl = await world.person('carl');
    source = await world.source(
      await world.policy([
        { targets: [{ type: 'user', userId: ana }] },
        {
          targets: [
            { type: 'user', userId: ben },
            { type: 'user', userId: carl },
          ],
        },
      ]),
    );
    // Both are known in Slack from now on.
    for (const person of Object.values(inSlack)) await send(slack.command(person, ops, '/tocsin', 'oncall'));
  });
  afterEach(async () => {
    await both.stop();
    await receiver.stop();
  });

  const send = (call: Parameters<SlackWorld['send']>[0]) => both.send(call);
  const link = async (channels: readonly string[]): Promise<void> => {
    await send(slack.command(inSlack.ana, ops, '/tocsin'));
    await send(
      slack.submit(inSlack.ana, slack.dialog(inSlack.ana), {
        sources: { sources: { selected_options: [{ value: String(world.sourceId(source)) }] } },
        updates: { updates: { selected_options: ['escalations', 'assignments', 'actions'].map((value) => ({ value })) } },
        channels: { channels: { selected_options: channels.map((value) => ({ value })) } },
      }),
    );
  };
  const own = (): SlackChannel => {
    const [channel, ...others] = [...slack.team.channels.values()].filter(({ name }) => name.startsWith('alert-'));
    expect(others).toEqual([]);
    return channel as SlackChannel;
  };
  const texts = () => slack.channel(own()).map(({ text }) => text);
  const lines = async () =>
    (await world.timeline((await world.alert()).id)).filter((line) => line.startsWith('Slack channel of the alert'));
  const press = (person: SlackPerson, message: SlackMessage | undefined, action: string) =>
    send(slack.press(person, message as SlackMessage, action));

  it('is made where a linked channel wants one, with everybody in it who is on the alert by then, and shows what happens', async () => {
    await link(['own', 'archive']);
    await world.event(source, DISK);
    const { id } = await world.alert();
    expect(own()).toMatchObject({ name: `alert-${id}-disk-full`, isPrivate: false, topic: expect.stringContaining(`/api/alerts/${id}`) });
    expect([...own().members]).toEqual(['U0BOT', inSlack.ana.id]);
    expect(texts()).toEqual([`[#${id}] disk full`]);
    await world.advance('5m');
    expect([...own().members]).toEqual(['U0BOT', inSlack.ana.id, inSlack.ben.id]);
    await press(inSlack.ben, slack.channel(own())[0], 'accept');
    expect((await world.alert()).status).toBe('ACCEPTED');
    await world.event(source, { ...DISK, eventType: 'RESOLVE' });
    expect(texts()).toEqual([
      `[#${id}] disk full`,
      'Escalated to level 2: Ben Tester and Carl Tester.',
      'Ben Tester accepted this alert.',
      'the monitoring tool resolved this alert.',
    ]);
    expect(JSON.stringify(slack.channel(own())[0]?.blocks)).toContain('Resolved by the monitoring tool.');
    await world.advance('59m');
    expect(own().isArchived).toBe(false);
    await world.advance('1m');
    expect(own().isArchived).toBe(true);
    expect(await lines()).toEqual([
      `Slack channel of the alert: ${own().id} was made`,
      'Slack channel of the alert: Ana Tester was invited',
      'Slack channel of the alert: Ben Tester was invited',
      'Slack channel of the alert: Carl Tester was not invited: no linked Slack account',
      'Slack channel of the alert: archived',
    ]);
  });

  it('is made once, privately, when somebody presses for it, who is in it as well', async () => {
    await link([]);
    await world.event(source, DISK);
    expect([...slack.team.channels.values()].filter(({ name }) => name.startsWith('alert-'))).toEqual([]);
    const message = slack.channel(ops).at(-1);
    await press(inSlack.ben, message, 'channel');
    expect(slack.whispers(inSlack.ben).at(-1)).toContain('on its way');
    expect(own()).toMatchObject({ isPrivate: true, members: new Set(['U0BOT', inSlack.ben.id, inSlack.ana.id]) });
    await press(inSlack.ana, message, 'channel');
    expect(slack.whispers(inSlack.ana).at(-1)).toContain('has a channel already');
    own();
    expect((await lines())[0]).toBe('Slack channel of the alert: asked for by Ben Tester');
  });

  it('is not made for whoever only looks on, and for nobody when the alert is over', async () => {
    await link([]);
    await world.person('dora', { role: 'STAKEHOLDER' });
    const dora = slack.team.addPerson('dora');
    await world.event(source, DISK);
    const message = slack.channel(ops).at(-1) as SlackMessage;
    const late = slack.press(inSlack.ana, message, 'channel');
    await press(dora, message, 'channel');
    expect(slack.whispers(dora).at(-1)).toContain('may not');
    await world.event(source, { ...DISK, eventType: 'RESOLVE' });
    await send(late);
    expect(slack.whispers(inSlack.ana).at(-1)).toContain('this alert is resolved');
    expect(await lines()).toEqual([]);
  });

  it('shows in the dialog what is chosen, and is not made any more when that is taken back', async () => {
    await link(['own', 'private']);
    await send(slack.command(inSlack.ana, ops, '/tocsin'));
    expect(JSON.stringify(slack.dialog(inSlack.ana).view)).toMatch(
      /"initial_options":\[[^\]]*"value":"own"[^\]]*"value":"private"[^\]]*\]/,
    );
    await link([]);
    await world.event(source, DISK);
    expect(slack.team.channels.size).toBe(1);
  });

  it('is made in its time when Slack is limited or away, and after a restart there is one', async () => {
    await link(['own']);
    slack.fault({ method: 'conversations.create', what: 'lose-answer', times: 1 });
    slack.fault({ method: 'conversations.invite', what: 'limited', times: 1 });
    await world.event(source, DISK);
    await world.down('30s');
    await world.advance('1m');
    expect([...own().members]).toEqual(['U0BOT', inSlack.ana.id]);
    expect((await lines())[0]).toMatch(/^Slack channel of the alert: attempt 1 failed \(connection_broken\); again at /);
  });

  it('that nobody may make is said on the timeline, and everything else goes its way', async () => {
    await link(['own']);
    slack.fault({ method: 'conversations.create', what: { error: 'restricted_action' }, times: 1 });
    await world.event(source, DISK);
    expect(slack.channel(ops).at(-1)?.text).toContain('disk full');
    expect(await lines()).toEqual(['Slack channel of the alert: it was not made: restricted_action']);
  });

  it('sets off alert actions once when it is made and once when it is archived, and they are told which it is', async () => {
    await link(['own', 'archive']);
    const make = async (of: Record<string, unknown>) =>
      expect(await world.post('/api/alert-actions', { connectorType: 'webhook', ...of })).toMatchObject({ status: 201 });
    const triggerTypes = ['alert-channel-attached', 'alert-channel-detached'];
    await make({ name: 'usual', triggerTypes, params: { webhookUrl: `${receiver.url}/usual` } });
    const bodyTemplate = '{"in":"{{channelId}}"}';
    await make({ name: 'own', triggerTypes: triggerTypes.slice(1), params: { webhookUrl: `${receiver.url}/own`, bodyTemplate } });
    slack.fault({ method: 'conversations.create', what: 'lose-answer', times: 1 });
    await world.event(source, DISK);
    expect(receiver.bodies).toEqual([]);
    await world.advance('1m');
    const { id } = await world.alert();
    const channelId = own().id;
    expect(receiver.bodies).toMatchObject([{ eventType: 'alert-channel-attached', id: String(id), status: 'PENDING', channelId }]);
    await world.event(source, { ...DISK, eventType: 'RESOLVE' });
    await world.down('30m');
    await world.advance('30m');
    expect(own().isArchived).toBe(true);
    await world.down('1m');
    const told = (path: string) => receiver.received.filter((each) => each.path === path).map(({ body }) => JSON.parse(body) as unknown);
    expect(told('/usual')).toMatchObject([{}, { eventType: 'alert-channel-detached', status: 'RESOLVED', channelId }]);
    expect(told('/own')).toEqual([{ in: channelId }]);
    expect((await world.timeline(id)).filter((line) => line.startsWith('Action usual'))).toEqual([
      'Action usual: done for alert-channel-attached',
      'Action usual: done for alert-channel-detached',
    ]);
  });

  it('is detached by whoever may answer: it is told so once, and hears of the alert no more', async () => {
    await link(['own', 'archive']);
    const params = { webhookUrl: `${receiver.url}/hook` };
    await world.post('/api/alert-actions', { name: 'hook', connectorType: 'webhook', triggerTypes: ['alert-channel-detached'], params });
    await world.person('dora', { role: 'STAKEHOLDER' });
    const dora = slack.team.addPerson('dora');
    await world.event(source, DISK);
    const { id } = await world.alert();
    const message = () => slack.channel(own())[0];
    await press(dora, message(), 'detach');
    expect(slack.whispers(dora).at(-1)).toContain('may not');
    slack.fault({ method: 'chat.postMessage', what: 'lose-answer', times: 1 });
    const detached = slack.press(inSlack.ana, message() as SlackMessage, 'detach');
    await send(detached);
    await send(detached);
    await press(inSlack.ben, message(), 'detach');
    expect(slack.whispers(inSlack.ana).at(-1)).toBe('The channel is detached. It stays as it is, and hears of the alert no more.');
    await world.down('1m');
    const before = JSON.stringify(message()?.blocks);
    await world.advance('5m');
    await world.event(source, { ...DISK, eventType: 'RESOLVE' });
    await world.advance('2h');
    expect(texts()).toEqual([
      `[#${id}] disk full`,
      'Ana Tester detached this channel from the alert: what happens to it is not shown here any more.',
    ]);
    expect(JSON.stringify(message()?.blocks)).toBe(before);
    expect(own()).toMatchObject({ isArchived: false, members: new Set(['U0BOT', inSlack.ana.id]) });
    // The linked channel hears of the alert as ever.
    expect(JSON.stringify(slack.channel(ops).at(-1)?.blocks)).toContain('Resolved by');
    expect((await lines()).at(-1)).toBe('Slack channel of the alert: detached by Ana Tester');
    expect(receiver.bodies).toMatchObject([{ eventType: 'alert-channel-detached', id: String(id), channelId: own().id }]);
    const entries = (await world.get<{ logEntryType: string }[]>(`/api/alerts/${id}/log-entries?max-results=100`)).body;
    expect(entries.filter(({ logEntryType }) => logEntryType === 'AlertChannelDetachedByUserLogEntry')).toHaveLength(1);
  });

  it('goes to the archive with its alert', async () => {
    await link(['own']);
    await world.event(source, DISK);
    await world.event(source, { ...DISK, eventType: 'RESOLVE' });
    await world.advance('401d');
    const { events: left } = await world.platform.eventStore.readAll({ prefixes: ['alertchannel-'], after: BEGINNING, limit: 10 });
    expect(left).toEqual([]);
  });
});
