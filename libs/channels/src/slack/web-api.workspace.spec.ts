import { allSlackUpdates, instant } from '@tocsin/domain';
import type { AlertId } from '@tocsin/domain';
import { SlackServer } from '@tocsin/testing';
import type { SlackChannel, SlackFault, SlackPerson } from '@tocsin/testing';
import type { SlackAlert, SlackWorkspace } from '../slack-workspace';
import { WebApiWorkspace } from './web-api.workspace';

const NOW = instant(Date.parse('2026-03-02T03:00:00Z'));

let slack: SlackServer;
let workspace: SlackWorkspace;
let ops: SlackChannel;
let ana: SlackPerson;
let token: string | undefined;

beforeEach(async () => {
  slack = await SlackServer.start({ now: () => NOW });
  token = slack.botToken;
  workspace = new WebApiWorkspace({
    baseUrl: slack.url,
    signingSecrets: [slack.signingSecret],
    token: () => token,
    client: { id: 'client', secret: 'client-secret' },
    deadlineMs: 2_000,
    quickDeadlineMs: 2_000,
  });
  ops = slack.team.addChannel('ops');
  ana = slack.team.addPerson('ana');
});
afterEach(() => slack.stop());

const alert = (about: Partial<SlackAlert> = {}): SlackAlert => ({
  type: 'alert',
  language: 'en',
  id: 7 as AlertId,
  status: 'PENDING',
  priority: 'HIGH',
  summary: 'disk full on db1',
  sourceName: 'Prometheus',
  reportTime: NOW,
  links: [],
  standing: ['Ana Lima is notified.'],
  step: { round: 1, pass: 0, level: 0 },
  ...about,
});
const post = (content = alert(), about: Partial<Parameters<SlackWorkspace['post']>[0]> = {}) =>
  workspace.post({ channelId: ops.id, content, key: 'slack-7-1', ...about });
const fault = (what: SlackFault['what'], method = 'chat.postMessage', times = 1) => slack.fault({ method, what, times });
const shown = () => JSON.stringify(slack.channel(ops));

describe('an alert', () => {
  it('is one message, which is edited in place', async () => {
    const posted = await post();
    if (!posted.ok) throw new Error(posted.reason);
    await workspace.edit(posted.value, alert({ status: 'RESOLVED', standing: ['Ana Lima resolved it.'] }));
    const [message, ...others] = slack.channel(ops);
    expect(others).toEqual([]);
    expect(message).toMatchObject({ edits: 1, text: '[#7] disk full on db1' });
    expect(shown()).toContain('Ana Lima resolved it.');
    expect(shown()).not.toContain('"accept"');
  });

  it('that a tool wrote calls nobody, and links only where it says', async () => {
    await post(
      alert({
        summary: '<!channel> & <https://evil.example|ok>',
        details: '<@U0BOT>',
        links: [
          { href: 'javascript:alert(1)', text: 'run' },
          { href: 'https://runbook.example/a?b=1&c=2', text: 'Run|book' },
          { href: 'https://evil.example>|x' },
        ],
      }),
    );
    const [message] = slack.channel(ops);
    expect(message?.text).toBe('[#7] &lt;!channel&gt; &amp; &lt;https://evil.example|ok&gt;');
    expect(shown()).toContain('&lt;@U0BOT&gt;');
    expect(shown()).toContain('<https://runbook.example/a?b=1&amp;c=2|Run¦book>');
    expect(shown()).not.toContain('<javascript');
    expect(shown()).toContain('"text":"run\\n<https');
    expect(shown()).toContain('https://evil.example&gt;|x');
  });

  it('goes out shortened however long its texts are, and when there are none', async () => {
    const long = '😀<&>ä'.repeat(20_000);
    for (const text of [long, '', ' ', '&'.repeat(5_000)]) {
      const content = alert({
        summary: text,
        details: text,
        sourceName: text,
        standing: Array.from({ length: 40 }, () => text),
        links: Array.from({ length: 30 }, () => ({ href: `https://example.org/${'a'.repeat(4_000)}`, text })),
      });
      const posted = await post(content);
      if (!posted.ok) throw new Error(posted.reason);
      expect(await workspace.edit(posted.value, content)).toMatchObject({ ok: true });
      expect(await post({ type: 'text', text } as never)).toMatchObject({ ok: true });
    }
    // Nothing had to be said a second time in another form.
    expect(slack.calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(shown()).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });

  it('goes out as one line when Slack does not take its form', async () => {
    fault({ error: 'invalid_blocks' });
    expect(await post()).toMatchObject({ ok: true });
    expect(slack.channel(ops)).toMatchObject([{ text: '[#7] disk full on db1', blocks: [] }]);
  });
});

describe('a message whose outcome got lost', () => {
  it('is found where it stands, and not posted again', async () => {
    fault('lose-answer');
    expect(await post()).toMatchObject({ ok: false, uncertain: true, permanent: false });
    expect(await post(alert(), { lookSince: NOW })).toMatchObject({ ok: true, value: { ts: slack.channel(ops)[0]?.ts } });
    expect(slack.channel(ops)).toHaveLength(1);
  });
  it('is found in its thread', async () => {
    const parent = await post();
    if (!parent.ok) throw new Error(parent.reason);
    fault('lose-answer');
    const update = () => post(alert(), { threadTs: parent.value.ts, key: 'slack-7-1-3', lookSince: NOW });
    await update();
    await update();
    expect(slack.team.messages).toHaveLength(2);
  });
  it('is posted when it does not stand there', async () => {
    fault('broken');
    await post();
    await post(alert(), { lookSince: NOW });
    expect(slack.channel(ops)).toHaveLength(1);
  });
  it('waits while it cannot be looked for', async () => {
    fault('broken', 'conversations.history');
    expect(await post(alert(), { lookSince: NOW })).toMatchObject({ ok: false, permanent: false });
    expect(slack.channel(ops)).toEqual([]);
  });
  it('is posted where we may not look', async () => {
    fault({ error: 'missing_scope' }, 'conversations.history');
    expect(await post(alert(), { lookSince: NOW })).toMatchObject({ ok: true });
  });
});

describe('a channel that is made', () => {
  const create = (about: Partial<Parameters<SlackWorkspace['createChannel']>[0]> = {}) =>
    workspace.createChannel({ name: 'alert-7', isPrivate: true, ...about });
  const named = (name: string) => [...slack.team.channels.values()].filter((channel) => channel.name === name);

  it('is there, with a topic of any length and whoever is invited, until it is archived', async () => {
    const made = await create();
    if (!made.ok) throw new Error(made.reason);
    for (const text of ['https://tocsin.test/a – <disk> & full', '<&>ä😀'.repeat(500)])
      expect(await workspace.describeChannel(made.value, text)).toEqual({ ok: true, value: undefined });
    for (let times = 0; times < 2; times += 1) expect(await workspace.invite(made.value, ana.id)).toEqual({ ok: true, value: undefined });
    for (let times = 0; times < 2; times += 1) expect(await workspace.archiveChannel(made.value)).toEqual({ ok: true, value: undefined });
    expect(named('alert-7')).toMatchObject([{ isPrivate: true, isArchived: true, members: new Set(['U0BOT', ana.id]) }]);
  });
  it('is found when nobody heard that it was made, and not made again', async () => {
    fault('lose-answer', 'conversations.create');
    expect(await create()).toMatchObject({ ok: false, uncertain: true });
    expect(await create({ lookSince: NOW })).toEqual({ ok: true, value: named('alert-7')[0]?.id });
    expect(named('alert-7')).toHaveLength(1);
  });
  it('is not taken for one of before, or one that the app is not in', async () => {
    slack.team.addChannel('alert-7', { created: NOW / 1_000 - 86_400 });
    expect(await create({ lookSince: NOW })).toMatchObject({ ok: false, reason: 'name_taken', permanent: false });
    slack.team.addChannel('alert-8', { members: new Set([ana.id]) });
    expect(await create({ name: 'alert-8', lookSince: NOW })).toMatchObject({ ok: false, reason: 'name_taken' });
  });
  it('waits while it cannot be looked for, and is made where we may not look', async () => {
    fault('broken', 'users.conversations');
    expect(await create({ lookSince: NOW })).toMatchObject({ ok: false, permanent: false });
    fault({ error: 'missing_scope' }, 'users.conversations');
    expect(await create({ lookSince: NOW })).toMatchObject({ ok: true });
  });
});

describe('a message', () => {
  it('waits for none of two hundred edits that Slack does not answer', async () => {
    slack.fault({ method: 'chat.update', what: 'silent', times: 200 });
    const patient = new WebApiWorkspace({ baseUrl: slack.url, signingSecrets: [], token: () => token, deadlineMs: 30_000 });
    const answered = jest.fn();
    for (let edit = 0; edit < 200; edit += 1) void patient.edit({ channelId: ops.id, ts: '1.1' }, alert()).then(answered);
    expect(await patient.post({ channelId: ops.id, content: alert(), key: 'slack-7-1' })).toMatchObject({ ok: true });
    expect(answered).not.toHaveBeenCalled();
  }, 30_000);
});

describe('a call that fails', () => {
  it.each<[string, SlackFault['what'], object]>([
    [
      'says for how long Slack wants to hear nothing',
      'limited',
      { reason: 'ratelimited', retryAfterMs: 2_000, permanent: false, uncertain: false },
    ],
    ['may have been done when Slack is broken', 'broken', { reason: 'http_500', permanent: false, uncertain: true }],
    ['ends in time when Slack says nothing', 'silent', { reason: 'timeout', permanent: false, uncertain: true }],
    ['is of no use again in a channel that is gone', { error: 'is_archived' }, { reason: 'is_archived', permanent: true }],
    [
      'is tried again when the token is put right',
      { error: 'invalid_auth' },
      { reason: 'invalid_auth', permanent: false, uncertain: false },
    ],
  ])('%s', async (_what, what, expected) => {
    fault(what);
    expect(await post()).toMatchObject({ ok: false, ...expected });
  });
  it('may have been done when what comes back is no answer of Slack', async () => {
    fault('garbled');
    expect(await post()).toMatchObject({ ok: false, reason: 'no_json', uncertain: true, permanent: false });
  });
  it('was not done when nobody is there', async () => {
    await slack.stop();
    expect(await workspace.profile(ana.id)).toEqual({ ok: false, reason: 'not_reached', permanent: false, uncertain: false });
  });
  it('waits for the app to be installed', async () => {
    token = undefined;
    expect(await post()).toMatchObject({ ok: false, reason: 'not_installed', permanent: false });
  });
});

describe('what somebody is told alone', () => {
  it('stands where only they see it', async () => {
    const { body } = slack.command(ana, ops, '/tocsin');
    const answerUrl = new URLSearchParams(body).get('response_url') ?? '';
    expect(await workspace.answer(answerUrl, 'a link: https://tocsin.test/x')).toEqual({ ok: true, value: undefined });
    expect(slack.whispers(ana)).toEqual(['a link: https://tocsin.test/x']);
  });
  it.each(['http://169.254.169.254/', 'https://hooks.slack.com.evil.example/x', 'http://hooks.slack.com/x', 'not a url'])(
    'is not sent to %s',
    async (url) => expect(await workspace.answer(url, 'text')).toMatchObject({ ok: false, reason: 'invalid_answer_url' }),
  );
});

describe('a dialog', () => {
  const choices = Array.from({ length: 130 }, (_, index) => ({ id: index, name: `${index} ${'source '.repeat(60)}` }));

  it('opens with a trigger, whatever its choices are called', async () => {
    for (const sources of [[], choices]) {
      const asked = workspace.read({ endpoint: 'commands', timestamp: '', signature: '', body: slack.command(ana, ops, '/tocsin').body });
      if (asked.type !== 'command') throw new Error(asked.type);
      const { channelId, answerUrl, triggerId } = asked;
      const opened = await workspace.openDialog(triggerId, {
        ...{ type: 'link', language: 'de', teamId: 'T0EXAMPLE', channelId, answerUrl, sources },
        updates: sources.length === 0 ? { escalations: false, assignments: false, actions: false } : allSlackUpdates,
      });
      expect(opened).toEqual({ ok: true, value: undefined });
    }
  });
});

describe('an installation', () => {
  it('brings the token of the workspace, for one code', async () => {
    const redirectUrl = 'https://tocsin.test/api/callbacks/slack/oauth';
    const back = new URL(slack.agree(workspace.installUrl({ state: 'signed', redirectUrl }) ?? ''));
    expect(back.searchParams.get('state')).toBe('signed');
    const code = back.searchParams.get('code') ?? '';
    expect(await workspace.install({ code, redirectUrl })).toMatchObject({ ok: true, value: { teamId: 'T0EXAMPLE', botUserId: 'U0BOT' } });
    expect(await workspace.install({ code, redirectUrl })).toMatchObject({ ok: false, reason: 'invalid_code', permanent: true });
  });
});
