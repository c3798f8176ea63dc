import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { State } from '../../scripts/play/scene.ts';
import { personIn, PlayProgram } from './play-program';

jest.setTimeout(180_000);

let play: PlayProgram;
beforeAll(async () => {
  play = await PlayProgram.start();
});
afterAll(() => play?.remove());

let alerts = 0;
/** Fires an event and resolves with the id of its alert. */
const fire = async (about: Readonly<Record<string, unknown>> = {}): Promise<number> => {
  const alertKey = `alert-${(alerts += 1)}`;
  expect(await play.post('/events', { eventType: 'ALERT', summary: alertKey, alertKey, ...about })).toEqual({ status: 202 });
  return (await play.until(`the alert ${alertKey}`, (state) => state.alerts.find((alert) => alert.alertKey === alertKey))).id;
};
const becomes = (id: number, status: string) =>
  play.until(`#${id} to be ${status}`, (state) => state.alerts.find((alert) => alert.id === id && alert.status === status));
const textTo = (firstName: string, id: number) =>
  play.until(`a text to ${firstName}`, (state) => personIn(state, firstName).texts.find(({ text }) => text.startsWith(`[#${id}]`)));
const mailTo = (firstName: string, id: number) =>
  play.until(`a mail to ${firstName}`, (state) => personIn(state, firstName).mails.find(({ subject }) => subject.includes(`#${id}`)));
/** Once it says at which level the alert is: until then nobody could escalate it there. */
const inOps = (id: number) =>
  play.until(`a message in #ops`, (state) =>
    personIn(state, 'Ben').slack.messages.find(
      ({ text, blocks }) => text.startsWith(`[#${id}]`) && JSON.stringify(blocks).includes('"action_id":"escalate"'),
    ),
  );
const theId = async (firstName: string): Promise<number> => personIn(await play.state(), firstName).id;

describe('the ready world', () => {
  it('has three people, one of them on call, a linked channel, and providers that work', async () => {
    const { people, providers, tocsin } = await play.until(
      'who is on call',
      (state) => state.people.some(({ isOnCall }) => isOnCall) && state,
    );
    expect(people.map(({ name, isOnCall }) => [name.split(' ')[0], isOnCall])).toEqual([
      ['Ana', true],
      ['Ben', false],
      ['Cleo', false],
    ]);
    expect(providers.map(({ trouble }) => trouble)).toEqual(providers.map(() => 'fine'));
    expect(tocsin.isRunning).toBe(true);
    expect(people[0]?.slack.messages.some(({ text }) => text.includes('linked this channel'))).toBe(true);
  });
});

describe('being somebody', () => {
  it('answers a text with 1, which accepts the alert', async () => {
    const id = await fire();
    const text = await textTo('Ana', id);
    expect(text.via).toBe('twilio');
    const { said } = await play.post<{ said: string }>(`/people/${await theId('Ana')}/texts`, {
      text: /ACK [A-Z]\d+/.exec(text.text)?.[0],
    });
    expect(said).toContain('You accepted this alert.');
    await becomes(id, 'ACCEPTED');
    await play.until('the receipt', (state) =>
      personIn(state, 'Ana').texts.some((each) => each.id === text.id && each.receipt === 'delivered'),
    );
    await play.post('/events', { eventType: 'RESOLVE', alertKey: `alert-${alerts}` });
    await becomes(id, 'RESOLVED');
  });

  it('opens the link of a mail and presses its button', async () => {
    const id = await fire({ priority: 'LOW', details: '<img src=x onerror=alert(1)>' });
    const mail = await mailTo('Ana', id);
    const page = await fetch(`${play.url}/mails/${mail.id}`);
    expect(page.headers.get('content-security-policy')).toContain('sandbox allow-popups');
    const html = await page.text();
    expect(html).not.toContain('<img src=x');
    const link = /https?:[^"]+\/answer\/accept\/[^"]+/.exec(html)?.[0] ?? '';
    expect((await fetch(link, { method: 'POST' })).status).toBe(200);
    await becomes(id, 'ACCEPTED');
  });

  it('replies to a mail', async () => {
    const id = await fire({ priority: 'LOW' });
    const mail = await mailTo('Ana', id);
    expect(mail.canBeAnswered).toBe(true);
    expect(await play.post(`/mails/${mail.id}/replies`, { text: 'resolve' })).toEqual({ status: 204 });
    await becomes(id, 'RESOLVED');
  });

  it('presses a button in Slack, which shows what came of it', async () => {
    const id = await fire();
    const { channel, ts } = await inOps(id);
    const ben = await theId('Ben');
    expect(await play.post(`/people/${ben}/slack/presses`, { channel, ts, action: 'accept' })).toEqual({ status: 200 });
    await becomes(id, 'ACCEPTED');
    await play.until('the message to be edited', (state) =>
      personIn(state, 'Ana').slack.messages.some(
        (message) => message.ts === ts && JSON.stringify(message.blocks).includes('Accepted by Ben Brown'),
      ),
    );
    expect(personIn(await play.state(), 'Ana').slack.messages.some(({ text }) => text === 'You accepted this alert.')).toBe(false);
  });

  it('types a command, and sends the dialog off that it opens', async () => {
    const [id, { slack }] = [await theId('Cleo'), personIn(await play.state(), 'Cleo')];
    const channel = slack.channels[0]?.id;
    const at = `/people/${id}/slack`;
    await play.post(`${at}/commands`, { channel, typed: '/tocsin alert the shop is slow' });
    const dialog = await play.until('the dialog', (state) => personIn(state, 'Cleo').slack.dialogs.at(-1));
    const query = new URLSearchParams({ block: 'source', action: 'sources', typed: '' });
    const choices = (await (await fetch(`${play.url}${at}/dialogs/${dialog.id}/choices?${query}`)).json()) as {
      text: string;
      value: string;
    }[];
    const source = choices.find(({ text }) => text === 'Monitoring');
    const values = { source: { sources: { selected_option: source } }, summary: { summary: { value: 'the shop is slow' } } };
    expect(await play.post(`${at}/dialogs/${dialog.id}`, { values })).toEqual({ status: 200 });
    const { id: alert } = await play.until('the alert', (state) => state.alerts.find(({ summary }) => summary === 'the shop is slow'));
    expect(personIn(await play.state(), 'Cleo').slack.dialogs).toEqual([]);
    await textTo('Ana', alert);
  });

  it('presses a button of a notification, and answers a direct message', async () => {
    const id = await fire();
    await play.post(`/people/${await theId('Ana')}/slack/presses`, { ...(await inOps(id)), action: 'escalate' });
    const push = await play.until('a push', (state) => personIn(state, 'Cleo').pushes.find(({ title }) => title.startsWith(`[#${id}]`)));
    const cleo = await theId('Cleo');
    const { said } = await play.post<{ said: string }>(`/people/${cleo}/pushes/${push.id}`, { action: 'accept' });
    expect(said).toBe('You accepted this alert.');
    await becomes(id, 'ACCEPTED');
    const page = await play.until('a direct message', (state) => {
      const { channels, messages } = personIn(state, 'Cleo').slack;
      const direct = channels.find(({ name }) => !name.startsWith('#'))?.id;
      return messages.find(({ channel, text }) => channel === direct && text.startsWith(`[#${id}]`));
    });
    await play.post(`/people/${cleo}/slack/presses`, { ...page, action: 'resolve' });
    await becomes(id, 'RESOLVED');
  });

  it('presses a button in Telegram, and sees the message change', async () => {
    const id = await fire();
    await play.post(`/people/${await theId('Ana')}/slack/presses`, { ...(await inOps(id)), action: 'escalate' });
    const theirs = (state: State) => personIn(state, 'Ben').telegram.messages.find(({ text }) => text.includes(`[#${id}]`));
    const message = await play.until('a message', theirs);
    expect(message.buttons).toContain('Accept');
    const at = `/people/${await theId('Ben')}/telegram/${message.id}/presses`;
    expect(await play.post(at, { label: 'Accept' })).toEqual({ status: 200 });
    await becomes(id, 'ACCEPTED');
    await play.until('the message to change', (state) => theirs(state)?.buttons.includes('Accept') === false);
  });

  it('picks up a call and presses 1', async () => {
    const id = await fire();
    await play.post(`/people/${await theId('Ana')}/slack/presses`, { ...(await inOps(id)), action: 'escalate' });
    const call = await play.until('a call', (state) => personIn(state, 'Ben').calls.find(({ status }) => status === 'ringing'));
    const at = `/people/${await theId('Ben')}/calls/${call.id}`;
    await expect(play.post(at, { does: '1' })).rejects.toThrow('409');
    await play.post(at, { does: 'pick up' });
    await play.post(at, { does: '1' });
    await becomes(id, 'ACCEPTED');
    const lines = personIn(await play.state(), 'Ben')
      .calls.find((each) => each.id === call.id)
      ?.lines.map(({ text }) => text);
    expect(lines).toEqual(
      expect.arrayContaining([`Alert ${id}: alert-${alerts}.`, 'pressed 1', 'You accepted this alert.', 'ended: completed']),
    );
  });

  it('opens the page of a person in the product, signed in', async () => {
    const response = await fetch(`${play.url}/people/${await theId('Ana')}/me`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([303, expect.stringMatching(/\/sign-in\//)]);
  });
});

describe('what goes wrong', () => {
  it('with one provider has the next one text, and ends when it is put right', async () => {
    await play.post('/providers/twilio', { trouble: 'down' });
    const failedOver = await fire();
    expect((await textTo('Ana', failedOver)).via).toBe('gateway');
    await play.until('the timeline to say so', (state) =>
      state.alerts.find(({ id }) => id === failedOver)?.timeline.some(({ text }) => /^SMS Ana Adams: handed over to gateway/.test(text)),
    );
    await play.post('/providers/twilio', { trouble: 'fine' });
    expect((await textTo('Ana', await fire())).via).toBe('twilio');
    await expect(play.post('/providers/twilio', { trouble: 'unheard of' })).rejects.toThrow('404');
  });

  it('with the provider of calls has the second one call', async () => {
    await play.post('/providers/twilio', { trouble: 'down' });
    const id = await fire();
    await play.post(`/people/${await theId('Ana')}/slack/presses`, { ...(await inOps(id)), action: 'escalate' });
    const call = await play.until('a call', (state) => personIn(state, 'Ben').calls.find(({ status }) => status === 'ringing'));
    expect(call.via).toBe('signalwire');
    const at = `/people/${await theId('Ben')}/calls/${call.id}`;
    await play.post(at, { does: 'pick up' });
    await play.post(at, { does: '2' });
    await becomes(id, 'RESOLVED');
    await play.post('/providers/twilio', { trouble: 'fine' });
  });

  it('with the mail server has SendGrid send', async () => {
    await play.post('/providers/smtp', { trouble: 'down' });
    expect((await mailTo('Ana', await fire({ priority: 'LOW' }))).via).toBe('sendgrid');
    await play.post('/providers/smtp', { trouble: 'fine' });
    expect((await mailTo('Ana', await fire({ priority: 'LOW' }))).via).toBe('smtp');
  });

  it('with Tocsin itself loses nothing: killed, it is started again on its data and its links work', async () => {
    const id = await fire({ priority: 'LOW' });
    const mail = await mailTo('Ana', id);
    await play.post('/tocsin', { state: 'killed' });
    expect((await play.state()).tocsin.isRunning).toBe(false);
    await play.post('/tocsin', { state: 'running' });
    const link = /\S+\/answer\/resolve\/\S+/.exec(mail.text)?.[0] ?? '';
    expect((await fetch(link, { method: 'POST' })).status).toBe(200);
    await becomes(id, 'RESOLVED');
  });
});

describe('the page’s server', () => {
  const statusOf = (headers: Readonly<Record<string, string>>, method = 'GET'): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request(`${play.url}/state`, { method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject).end();
    });

  it('answers nobody who came by another name, and does nothing for another site', async () => {
    expect(await statusOf({ host: 'rebound.example.org' })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'cross-site' }, 'POST')).toBe(403);
    expect(await statusOf({})).toBe(200);
    const text = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"trouble":"down"}' };
    expect((await fetch(`${play.url}/providers/twilio`, text)).status).toBe(415);
  });

  it('listens for this machine alone, as Tocsin does', async () => {
    expect(new URL(play.url).hostname).toBe('127.0.0.1');
    const { tocsin } = await play.state();
    const elsewhere = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).filter(({ internal, family }) => !internal && family === 'IPv4'),
    );
    for (const url of [play.url, tocsin.url])
      for (const { address } of elsewhere) await expect(fetch(url.replace('127.0.0.1', address))).rejects.toThrow();
  });

  it('tells its watchers at once what is new', async () => {
    const controller = new AbortController();
    const { body, headers } = await fetch(`${play.url}/changes`, { signal: controller.signal });
    expect(headers.get('content-type')).toBe('text/event-stream');
    const id = await fire();
    let told = '';
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      told += chunk;
      if (told.includes(`"text":"[#${id}]`)) break;
    }
    controller.abort();
    expect(told.startsWith('data: {')).toBe(true);
  });
});

describe('the image', () => {
  it('has nothing of it', () => {
    const kept = readFileSync(join(__dirname, '../../.dockerignore'), 'utf8').split('\n');
    expect(kept).toContain('*');
    expect(kept.filter((line) => 'scripts/play/'.startsWith(`${line.replace(/^!/, '')}/`) || line.startsWith('!scripts/play'))).toEqual([]);
  });
});

describe('Ctrl-C', () => {
  it('ends all of it, and leaves nothing behind', async () => {
    const { tocsin } = await play.state();
    expect(readdirSync(play.directory).filter((name) => name.startsWith('tocsin-play-'))).toHaveLength(1);
    expect(await play.stop()).toBe(0);
    expect(readdirSync(play.directory).filter((name) => name.startsWith('tocsin-'))).toEqual([]);
    for (const url of [play.url, tocsin.url]) await expect(fetch(url)).rejects.toThrow();
  });
});
