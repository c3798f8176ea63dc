import type { SlackServer, SlackChannel, SlackMessage, SlackPerson, SlackView } from '@tocsin/testing';
import type { EscalationPolicyId, UserId } from '@tocsin/domain';
import { startWithSlack } from './slack-world';
import type { SlackWorld } from './slack-world';
import type { World } from './world';

let both: SlackWorld;
let world: World;
let slack: SlackServer;
let ops: SlackChannel;
let inSlack: Readonly<Record<'ana' | 'ben', SlackPerson>>;
let ana: UserId;
let ben: UserId;
let policy: EscalationPolicyId;
let source: string;

beforeEach(async () => {
  both = await startWithSlack();
  ({ world, slack } = both);
  ops = slack.team.addChannel('ops');
  inSlack = { ana: slack.team.addPerson('ana'), ben: slack.team.addPerson('ben') };
  ana = await world.person('ana');
  ben = await world.person('ben');
  policy = await world.policy([{ targets: [{ type: 'user', userId: ana }] }, { targets: [{ type: 'user', userId: ben }] }]);
  source = await world.source(policy);
});
afterEach(() => both.stop());

const told = ['escalations', 'assignments', 'actions'] as const;
const submitted = (sources: readonly number[], updates: readonly string[] = told) => ({
  sources: { sources: { selected_options: sources.map((id) => ({ value: String(id) })) } },
  updates: { updates: { selected_options: updates.map((value) => ({ value })) } },
});

const send = (call: Parameters<SlackWorld['send']>[0]) => both.send(call);

const linkDialog = async (person: SlackPerson, channel = ops, command = '/tocsin'): Promise<SlackView> => {
  expect(await send(slack.command(person, channel, command))).toEqual({ status: 200, body: '' });
  return slack.dialog(person);
};

/** Links a channel as a person does: by the command, and what they choose in its dialog. */
const link = async (channel = ops, updates: readonly string[] = told): Promise<void> => {
  const dialog = await linkDialog(inSlack.ana, channel);
  await send(slack.submit(inSlack.ana, dialog, submitted([world.sourceId(source)], updates)));
};

const raise = async (summary = 'disk full', about: Readonly<Record<string, unknown>> = {}): Promise<SlackMessage> => {
  await world.event(source, { summary, alertKey: summary, ...about });
  const message = slack.channel(ops).at(-1);
  if (message === undefined) throw new Error('no message in the channel');
  return message;
};

const now = (message: SlackMessage): SlackMessage => slack.team.find(message.channel, message.ts) ?? message;
const shownIn = (message: SlackMessage): string => JSON.stringify(now(message).blocks);
const buttonsOf = (message: SlackMessage): readonly string[] =>
  [...shownIn(message).matchAll(/"action_id":"([a-z]+)"/g)].map(([, action = '']) => action);
const press = async (person: SlackPerson, message: SlackMessage, action: string) => send(slack.press(person, message, action));

describe('a channel that is linked to a source (B27)', () => {
  it('shows each alert in one message, takes the answer there, edits it in place and tells its thread', async () => {
    await link();
    expect(slack.channel(ops).map(({ text }) => text)).toEqual([expect.stringContaining('Ana Tester linked this channel')]);
    const message = await raise();
    expect(message.text).toMatch(/^\[#\d+\] disk full$/);
    expect(shownIn(message)).toContain('Ana Tester is notified.');
    expect(buttonsOf(message)).toEqual(['accept', 'resolve', 'escalate', 'reassign', 'channel']);

    expect(await press(inSlack.ana, message, 'accept')).toEqual({ status: 200, body: '' });
    expect((await world.alert()).status).toBe('ACCEPTED');
    expect(slack.whispers(inSlack.ana).at(-1)).toBe('You accepted this alert.');
    expect(shownIn(message)).toContain('Accepted by Ana Tester.');
    expect(buttonsOf(message)).toEqual(['resolve', 'escalate', 'reassign', 'channel']);
    expect(slack.thread(message)).toEqual(['Ana Tester accepted this alert.']);
    expect(slack.channel(ops)).toHaveLength(2);
    expect(await world.timeline((await world.alert()).id)).toContain(`Slack channel ${ops.id}: the alert is shown`);
  });

  it('is linked, shown and answered without Slack being asked for its channels or its people', async () => {
    await link();
    await press(inSlack.ana, await raise(), 'accept');
    const asked = slack.calls.map(({ method }) => method);
    expect(asked).toEqual(expect.arrayContaining(['views.open', 'chat.postMessage', 'chat.update']));
    expect(asked.filter((method) => /\.list$/.test(method))).toEqual([]);
  });

  it('is edited when the alert is resolved elsewhere, and nothing can be pressed any more', async () => {
    await link();
    const message = await raise();
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'disk full' });
    expect(shownIn(message)).toContain('Resolved by the monitoring tool.');
    expect(buttonsOf(message)).toEqual([]);
    expect(slack.thread(message)).toEqual(['the monitoring tool resolved this alert.']);
  });

  it('tells who came first when two answer', async () => {
    await link();
    const message = await raise();
    await press(inSlack.ana, message, 'resolve');
    const late = { ...message };
    const call = slack.press(inSlack.ben, { ...late, blocks: message.blocks, ts: 'old' }, 'accept');
    await send(call);
    expect(slack.whispers(inSlack.ben).at(-1)).toMatch(/^Already resolved by Ana Tester at /);
  });

  it('escalates once, however often it is pressed at one level (B13)', async () => {
    await link();
    const message = await raise();
    await press(inSlack.ben, { ...message, ts: 'as it was' }, 'escalate');
    await press(inSlack.ana, { ...message, ts: 'as it was' }, 'escalate');
    expect(slack.whispers(inSlack.ben).at(-1)).toBe('The alert is escalated to the next level.');
    expect(slack.whispers(inSlack.ana).at(-1)).toBe('The alert is already at level 2. Nothing was changed.');
    expect(slack.thread(message)).toEqual(['Ben Tester escalated this alert to level 2.', 'Escalated to level 2: Ben Tester.']);
  });

  it('raises an alert of low priority, which does not escalate before (B15)', async () => {
    await link();
    const message = await raise('disk full', { priority: 'LOW' });
    expect(buttonsOf(message)).toEqual(['accept', 'resolve', 'raise', 'reassign', 'channel']);
    await press(inSlack.ben, { ...message, ts: 'as it was' }, 'raise');
    await press(inSlack.ana, { ...message, ts: 'as it was' }, 'raise');
    expect((await world.alert()).priority).toBe('HIGH');
    expect(slack.whispers(inSlack.ben).at(-1)).toBe('The alert has high priority now.');
    expect(slack.whispers(inSlack.ana).at(-1)).toBe('The alert has high priority already. Nothing was changed.');
    expect(buttonsOf(message)).toEqual(['accept', 'resolve', 'escalate', 'reassign', 'channel']);
  });

  it('tells of an escalation that time brings', async () => {
    await link();
    const message = await raise();
    await world.advance('6m');
    expect(slack.thread(message)).toEqual(['Escalated to level 2: Ben Tester.']);
    expect(shownIn(message)).toContain('Ana Tester and Ben Tester are notified.');
  });

  it('gives an alert to somebody who is chosen in a dialog, once for one press', async () => {
    await link();
    const message = await raise();
    await press(inSlack.ana, message, 'reassign');
    const dialog = slack.dialog(inSlack.ana);
    const [choice] = await slack.suggestions(inSlack.ana, dialog, 'person', 'people', 'BEN');
    expect(choice?.text.text).toBe('Ben Tester');
    const chosen = slack.submit(inSlack.ana, dialog, { person: { people: { selected_option: choice ?? {} } } });
    await send(chosen);
    // The very same call-back again is the same request: no further round.
    expect(await send(chosen)).toEqual({ status: 200, body: '' });
    expect(slack.whispers(inSlack.ana).at(-1)).toBe('You gave this alert to Ben Tester.');
    expect(slack.thread(message)).toEqual(['Ana Tester assigned this alert to Ben Tester.']);
    expect(world.mailbox('ben').all()).toHaveLength(1);
  });

  it('gives an alert to a policy that is chosen there, which begins at its first level', async () => {
    await link();
    const cleo = await world.person('cleo');
    const nights = await world.policy([{ targets: [{ type: 'user', userId: cleo }], timeoutMin: 30 }]);
    const gone = await world.policy([{ targets: [{ type: 'user', userId: cleo }], timeoutMin: 30 }]);
    const message = await raise();
    await press(inSlack.ana, message, 'reassign');
    const dialog = slack.dialog(inSlack.ana);
    const choose = async (typed: string) => {
      const [choice] = await slack.suggestions(inSlack.ana, dialog, 'person', 'people', typed);
      return slack.submit(inSlack.ana, dialog, { person: { people: { selected_option: choice ?? {} } } });
    };
    const [toNights, toGone] = [await choose(`policy ${nights}`), await choose(`policy ${gone}`)];
    expect((await world.delete(`/api/escalation-policies/${gone}`)).status).toBe(204);
    await send(toGone);
    expect(slack.whispers(inSlack.ana).at(-1)).toBe('There is no such escalation policy any more. Nothing was changed.');
    await send(toNights);
    expect(await send(toNights)).toEqual({ status: 200, body: '' });
    expect(slack.whispers(inSlack.ana).at(-1)).toBe(`You gave this alert to policy ${nights}.`);
    expect(slack.thread(message)).toContain(`Ana Tester assigned this alert to policy ${nights}.`);
    expect(world.mailbox('cleo').all()).toHaveLength(1);
    expect(await world.alert()).toMatchObject({ status: 'PENDING', escalationPolicy: { id: nights } });
  });

  it('does not tell its threads what is switched off', async () => {
    await link(ops, ['escalations']);
    const message = await raise();
    await press(inSlack.ana, message, 'accept');
    expect(slack.thread(message)).toEqual([]);
    expect(shownIn(message)).toContain('Accepted by Ana Tester.');
  });

  it('shows alerts whatever they are called, and nothing of what was raised before', async () => {
    await world.event(source, { summary: 'before', alertKey: 'before' });
    await link();
    const message = await raise('x'.repeat(5_000), { details: '<!here> '.repeat(3_000) });
    expect(slack.channel(ops)).toHaveLength(2);
    expect(shownIn(message)).not.toContain('<!here>');
  });

  it('is linked with /ilert as well, shows what is linked already, and the link can be ended', async () => {
    await link();
    const dialog = await linkDialog(inSlack.ben, ops, '/ilert');
    expect(JSON.stringify(dialog.view)).toContain(`"value":"${world.sourceId(source)}"`);
    await send(slack.submit(inSlack.ben, dialog, submitted([])));
    expect(slack.channel(ops).at(-1)?.text).toContain('Ben Tester ended the link');
    await world.event(source, { summary: 'quiet', alertKey: 'quiet' });
    expect(slack.channel(ops)).toHaveLength(2);
  });
});

describe('a person who chose Slack', () => {
  const bySlack = [{ type: 'HIGH_PRIORITY', method: 'SLACK', delayMin: 0 }] as const;
  const chooses = (id: UserId) =>
    world.changePerson(id, (user) => ({
      ...user,
      alertPreferences: bySlack.map((preference, index) => ({ ...preference, id: (9_000 + index) as never })),
    }));

  it('is paged by a direct message, which they answer there', async () => {
    await send(slack.command(inSlack.ana, ops, '/tocsin', 'oncall'));
    await chooses(ana);
    await world.event(source, { summary: 'disk full', alertKey: 'disk' });
    const [page, ...others] = slack.direct(inSlack.ana);
    expect(others).toEqual([]);
    expect(world.mailbox('ana').all()).toEqual([]);
    expect(buttonsOf(page as SlackMessage)).toEqual(['accept', 'resolve', 'escalate', 'reassign', 'channel']);
    await press(inSlack.ana, page as SlackMessage, 'accept');
    expect((await world.alert()).status).toBe('ACCEPTED');
    expect(slack.whispers(inSlack.ana).at(-1)).toBe('You accepted this alert.');
    expect(await world.timeline((await world.alert()).id)).toContain('SLACK Ana Tester: handed over to slack');
  });

  it('escalates and resolves there, too', async () => {
    for (const person of [inSlack.ana, inSlack.ben]) await send(slack.command(person, ops, '/tocsin', 'oncall'));
    await chooses(ana);
    await chooses(ben);
    await world.event(source, { summary: 'disk full', alertKey: 'disk' });
    const [anas] = slack.direct(inSlack.ana);
    expect(slack.direct(inSlack.ben)).toEqual([]);
    await press(inSlack.ana, anas as SlackMessage, 'escalate');
    const [bens] = slack.direct(inSlack.ben);
    await press(inSlack.ben, bens as SlackMessage, 'resolve');
    expect((await world.alert()).status).toBe('RESOLVED');
    expect(slack.whispers(inSlack.ben).at(-1)).toBe('You resolved this alert.');
  });

  it('sees on the page itself who else has answered, and has no button left that is of no use', async () => {
    for (const person of [inSlack.ana, inSlack.ben]) await send(slack.command(person, ops, '/tocsin', 'oncall'));
    await chooses(ana);
    await chooses(ben);
    await world.event(source, { summary: 'disk full', alertKey: 'disk' });
    await world.advance('6m');
    const [anas] = slack.direct(inSlack.ana);
    const [bens] = slack.direct(inSlack.ben);
    await press(inSlack.ben, bens as SlackMessage, 'accept');
    for (const page of [anas, bens]) {
      expect(shownIn(page as SlackMessage)).toContain('Accepted by Ben Tester.');
      expect(buttonsOf(page as SlackMessage)).not.toContain('accept');
    }
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'disk' });
    expect(buttonsOf(anas as SlackMessage)).toEqual([]);
    expect(slack.direct(inSlack.ana)).toHaveLength(1);
  });

  it('has a page of more than a day ago left as it was', async () => {
    await send(slack.command(inSlack.ana, ops, '/tocsin', 'oncall'));
    await chooses(ana);
    await world.event(source, { summary: 'disk full', alertKey: 'disk' });
    await world.advance('25h');
    const [page] = slack.direct(inSlack.ana);
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'disk' });
    expect(now(page as SlackMessage).edits).toBe(0);
  });

  it('is not reached while no account is linked, which is said before and on the timeline; the next person is paged', async () => {
    await chooses(ana);
    const { body } = await world.get<{ problems: readonly { code: string }[] }>(`/api/users/${ana}/readiness`);
    expect(body.problems.map(({ code }) => code)).toContain('NO_SLACK_ACCOUNT');
    await world.event(source, { summary: 'disk full', alertKey: 'disk' });
    expect(world.mailbox('ben').all()).toHaveLength(1);
    expect((await world.timeline((await world.alert()).id)).join('\n')).toContain('has linked no Slack account');
  });

  it('is sent a test message there', async () => {
    await send(slack.command(inSlack.ana, ops, '/tocsin', 'oncall'));
    expect((await world.post(`/api/users/${ana}/test-notification`, { method: 'SLACK' })).status).toBe(202);
    await world.settle();
    expect(slack.direct(inSlack.ana).map(({ text }) => text)).toEqual([expect.stringContaining('test notification')]);
  });

  it('chooses it by the API, without a contact', async () => {
    const path = `/api/users/${ana}/notification-preferences/alerts`;
    expect((await world.post(path, { type: 'HIGH_PRIORITY', method: 'SLACK', delayMin: 3 })).status).toBe(201);
    const refused = await world.post(path, { type: 'HIGH_PRIORITY', method: 'SLACK', contact: { id: 1 } });
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('linked Slack account')]);
  });
});

describe('what is typed in a channel', () => {
  const typed = async (person: SlackPerson, text: string, command = '/tocsin'): Promise<string> => {
    const { status, body } = await send(slack.command(person, ops, command, text));
    expect(status).toBe(200);
    return body === '' ? '' : (JSON.parse(body) as { text: string }).text;
  };

  it('tells who is on call now, by level and by the clocks of who asks', async () => {
    const nights = await world.shifts('Nights', [{ userId: ben, start: '2026-01-05T08:00', end: '2026-01-05T20:00' }]);
    await world.changePolicy(policy, (current) => ({
      ...current,
      rules: [...current.rules.slice(0, 1), { escalationTimeoutMin: 5, targets: [{ type: 'schedule', scheduleId: nights }] }],
    }));
    for (const [text, command] of [
      ['oncall', '/tocsin'],
      ['', '/il-oncall'],
    ] as const)
      expect((await typed(inSlack.ana, text, command)).split('\n')).toEqual([
        'On call now:',
        '• Default escalation policy, level 1: Admin User',
        expect.stringMatching(/^• policy \d+, level 1: Ana Tester$/),
        expect.stringMatching(/level 2: Ben Tester \(until 21:00 .*5 Jan 2026\)$/),
      ]);
    expect(await typed(slack.team.addPerson('eve'), 'oncall')).toContain('not linked');
  });

  it('raises an alert, once for one dialog, under the name of who did', async () => {
    await link();
    expect(await typed(inSlack.ben, 'alert the shop is down')).toBe('');
    const dialog = slack.dialog(inSlack.ben);
    expect(JSON.stringify(dialog.view)).toContain('the shop is down');
    const choices = await slack.suggestions(inSlack.ben, dialog, 'source', 'sources', 'source');
    const choice = choices.find(({ value }) => value === String(world.sourceId(source)));
    const values = {
      source: { sources: { selected_option: choice ?? {} } },
      summary: { summary: { value: 'the shop is down' } },
      details: { details: { value: 'since 9' } },
      priority: { priority: { selected_option: { value: 'HIGH' } } },
    };
    await send(slack.submit(inSlack.ben, dialog, values));
    await send(slack.submit(inSlack.ben, dialog, values));
    const alerts = await world.alerts();
    expect(alerts).toMatchObject([{ summary: 'the shop is down', details: 'since 9', priority: 'HIGH', status: 'PENDING' }]);
    expect(slack.whispers(inSlack.ben).at(-1)).toBe(`Alert #${alerts[0]?.id} is raised.`);
    expect(slack.channel(ops)).toHaveLength(2);
    expect(world.mailbox('ana').all()).toHaveLength(1);
  });

  it('raises no alert for whoever may not', async () => {
    await world.person('dora', { role: 'STAKEHOLDER' });
    expect(await typed(slack.team.addPerson('dora'), 'alert x')).toContain('may not');
    await typed(inSlack.ana, 'alert x');
    const dialog = slack.dialog(inSlack.ana);
    const values = {
      source: { sources: { selected_option: { value: String(world.sourceId(source)) } } },
      summary: { summary: { value: 'x' } },
    };
    await send(slack.submit(slack.team.addPerson('dora'), dialog, values));
    expect(await world.alerts()).toEqual([]);
  });

  it('shows a test alert, which pages nobody', async () => {
    expect(await typed(inSlack.ana, 'test')).toBe('');
    expect(slack.whispers(inSlack.ana).at(-1)).toBe('This channel is linked to no alert source.');
    await link();
    await typed(inSlack.ana, 'test');
    const shown = slack.channel(ops).at(-1) as SlackMessage;
    expect(shown.text).toBe('This is a test: no alert was raised, and nobody is paged.');
    expect(buttonsOf(shown)).toEqual([]);
    expect(world.mailbox('ana').all()).toEqual([]);
  });

  it('is explained when it is something else', async () => expect(await typed(inSlack.ana, 'what?')).toContain('oncall'));
});

describe('somebody whom nobody knows (B27)', () => {
  it('is sent a private link and changes nothing; linked by it, they can answer', async () => {
    await link();
    const message = await raise();
    const eve = slack.team.addPerson('eve', { email: 'eve@elsewhere.example' });
    await press(eve, message, 'accept');
    expect((await world.alert()).status).toBe('PENDING');
    const url = /https?:\/\/\S+$/.exec(slack.whispers(eve).at(-1) ?? '')?.[0] ?? '';
    expect(url).toContain('/api/callbacks/slack/link/');
    expect(slack.whispers(inSlack.ana)).toHaveLength(1);

    const path = new URL(url).pathname;
    const carla = await world.person('carla');
    const key = await world.keyOf(carla);
    const open = (method: string, authorization?: string) =>
      fetch(world.urlOf(path), { method, headers: authorization === undefined ? {} : { authorization: `Bearer ${authorization}` } });
    expect((await open('POST')).status).toBe(401);
    expect(await (await open('GET', key)).text()).toContain('will be done as Carla Tester');
    expect((await open('POST', key)).status).toBe(200);
    // Once it is somebody's, the link is of no use to anybody else.
    expect((await open('POST', await world.keyOf(ben))).status).toBe(409);
    await world.settle();
    await press(eve, message, 'accept');
    expect((await world.alert()).status).toBe('ACCEPTED');
    expect(slack.thread(message)).toEqual(['Carla Tester accepted this alert.']);
  });

  it.each([
    ['a guest', { isGuest: true }],
    ['a bot', { isBot: true }],
    ['a stranger', { isStranger: true }],
    ['somebody whose address is not confirmed', { isEmailConfirmed: false }],
    ['somebody of another workspace', { teamId: 'T0OTHER' }],
  ])('is also %s who has the address of somebody', async (_who, about) => {
    await link();
    const message = await raise();
    await press(slack.team.addPerson('ben', about), message, 'accept');
    expect((await world.alert()).status).toBe('PENDING');
  });

  it('learns nothing of what there is', async () => {
    const eve = slack.team.addPerson('eve');
    expect((await send(slack.command(eve, ops, '/tocsin'))).body).toContain('not linked');
    const dialog = await linkDialog(inSlack.ana);
    expect(await slack.suggestions(eve, dialog, 'sources', 'sources', '')).toEqual([]);
    expect(await slack.suggestions(inSlack.ana, dialog, 'sources', 'sources', '')).not.toEqual([]);
    await send(slack.submit(eve, dialog, submitted([world.sourceId(source)])));
    await world.event(source, { summary: 'secret', alertKey: 'secret' });
    expect(slack.channel(ops)).toEqual([]);
  });
});

describe('rights in Slack are those of the API', () => {
  it('whoever only looks on answers nothing', async () => {
    await link();
    const message = await raise();
    await world.person('dora', { role: 'STAKEHOLDER' });
    const dora = slack.team.addPerson('dora');
    await press(dora, message, 'accept');
    await press(dora, message, 'reassign');
    expect((await world.alert()).status).toBe('PENDING');
    expect(slack.whispers(dora)).toEqual([expect.stringContaining('may not'), expect.stringContaining('may not')]);
  });

  it('linking takes the role USER, also of who sends a dialog of their own', async () => {
    await world.person('rob', { role: 'RESPONDER' });
    const rob = slack.team.addPerson('rob');
    expect((await send(slack.command(rob, ops, '/tocsin'))).body).toContain('needs the role USER');
    const dialog = await linkDialog(inSlack.ana);
    await send(slack.submit(rob, dialog, submitted([world.sourceId(source)])));
    // The answer goes where the dialog came from.
    expect(slack.whispers(inSlack.ana).at(-1)).toContain('needs the role USER');
    await world.event(source, { summary: 'secret', alertKey: 'secret' });
    expect(slack.channel(ops)).toEqual([]);
  });
});

describe('a Slack in trouble', () => {
  it('has the message once in the end, although nobody heard that it was posted', async () => {
    await link();
    slack.fault({ method: 'chat.postMessage', what: 'lose-answer', times: 1 });
    await world.event(source, { summary: 'disk full', alertKey: 'disk' });
    await world.advance('1m');
    expect(slack.channel(ops)).toHaveLength(2);
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'disk' });
    expect(shownIn(slack.channel(ops).at(-1) as SlackMessage)).toContain('Resolved by');
  });

  it('gets no message any more for what is over by then', async () => {
    await link();
    slack.fault({ method: 'chat.postMessage', what: 'limited', times: 1 });
    await world.event(source, { summary: 'disk full', alertKey: 'disk' });
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'disk' });
    await world.advance('1m');
    expect(slack.channel(ops)).toHaveLength(1);
    expect(await world.timeline((await world.alert()).id)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Slack channel C\d+: attempt 1 failed \(ratelimited\); again at /),
        expect.stringMatching(/^Slack channel C\d+: the message was given up: resolved$/),
      ]),
    );
  });

  it('shows what happened while we were down', async () => {
    await link();
    const message = await raise();
    slack.fault({ method: 'chat.update', what: 'broken', times: 1 });
    await press(inSlack.ana, message, 'accept');
    await world.down('2m');
    expect(shownIn(message)).toContain('Accepted by Ana Tester.');
    expect(slack.thread(message)).toEqual(['Ana Tester accepted this alert.']);
  });
});

describe('what does not come from Slack', () => {
  it('is refused before it is read, and what comes again changes nothing more', async () => {
    await link();
    const message = await raise();
    const call = slack.press(inSlack.ana, message, 'accept');
    const type = 'application/x-www-form-urlencoded';
    for (const wrong of [
      { ...call, headers: { 'content-type': type } },
      slack.signedBody(call.path, call.body, type, { secret: 'a guess' }),
      slack.signedBody(call.path, call.body, type, { at: world.clock.now() - 301_000 }),
      { ...call, body: `${call.body}&more=1` },
      { ...call, path: '/api/callbacks/slack/events', body: '{' },
    ])
      expect((await send(wrong)).status).toBe(403);
    expect((await world.alert()).status).toBe('PENDING');
    for (let times = 0; times < 3; times += 1) expect((await send(call)).status).toBe(200);
    expect(slack.thread(message)).toEqual(['Ana Tester accepted this alert.']);
  });

  it('Slack itself is answered when it asks whether we are there', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    const answer = await send(slack.signedBody('/api/callbacks/slack/events', body, 'application/json'));
    expect(answer).toEqual({ status: 200, body: '{"challenge":"abc"}' });
  });
});
