import { setTimeout as delay } from 'node:timers/promises';
import type { PushDevice, SlackChannel, SlackPerson, TelegramPerson } from '@tocsin/testing';
import type { Client } from '../demo/client.mjs';
import type { Outside } from './outside.ts';

/** Somebody whom the page lets one be. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly number: string;
  /** How they are paged, for people to read. */
  readonly about: string;
  readonly inSlack: SlackPerson;
  readonly inTelegram: TelegramPerson;
  readonly device: PushDevice;
  /** An API key of their own. */
  readonly key: string;
}

export interface ReadyWorld {
  readonly people: readonly Person[];
  readonly policy: string;
  readonly scheduleId: number;
  readonly integrationKey: string;
}

interface Identified {
  readonly id: number;
}

type Method = 'SMS' | 'VOICE' | 'SLACK' | 'TELEGRAM' | 'PUSH';

interface Character {
  readonly firstName: string;
  readonly lastName: string;
  readonly number: string;
  readonly role: 'USER' | 'RESPONDER';
  readonly about: string;
  /** Minutes until they are paged by e-mail, and by the other ways. */
  readonly mailAfter: number;
  readonly ways: readonly (readonly [Method, number])[];
}

const characters: readonly Character[] = [
  {
    ...{ firstName: 'Ana', lastName: 'Adams', number: '+4915112345678', role: 'USER' },
    about: 'On call this week, so she is paged first: by text message, and by e-mail if she does not answer for a minute.',
    ...{ mailAfter: 1, ways: [['SMS', 0]] },
  },
  {
    ...{ firstName: 'Ben', lastName: 'Brown', number: '+4915187654321', role: 'RESPONDER' },
    about: 'Paged two minutes after Ana, if nobody has answered: by telephone call and by Telegram, and by e-mail a minute later.',
    ...{
      mailAfter: 1,
      ways: [
        ['VOICE', 0],
        ['TELEGRAM', 0],
      ],
    },
  },
  {
    ...{ firstName: 'Cleo', lastName: 'Clark', number: '+4915123456789', role: 'USER' },
    about: 'Paged together with Ben: by push and by direct message in Slack, and by e-mail three minutes later.',
    ...{
      mailAfter: 3,
      ways: [
        ['PUSH', 0],
        ['SLACK', 0],
      ],
    },
  },
];

const LEVEL_MIN = 2;
const WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 50;
const HIGH = 'HIGH_PRIORITY';

/**
 * Three people, a schedule, a policy with two levels, an alert source, and a Slack channel that shows its alerts: all through what
 * everybody can use, the public API and the signed requests of Slack. Rejects when any of it is refused, or would reach nobody.
 */
export const makeReady = async (api: Client, outside: Outside): Promise<ReadyWorld> => {
  const ops = outside.slack.team.addChannel('ops');
  const people: Person[] = [];
  for (const character of characters) people.push(await addPerson(api, outside, ops, character));
  const [ana, ben, cleo] = people;
  if (ana === undefined || ben === undefined || cleo === undefined) throw new Error('there are not three people');
  const schedule = await api.call<Identified>('POST', '/api/schedules', {
    ...{ name: 'Web shop on call', type: 'RECURRING', timezone: 'UTC' },
    scheduleLayers: [
      { startsOn: `${new Date().toISOString().slice(0, 10)}T00:00`, users: [{ id: ana.id }, { id: ben.id }], rotation: 'P7D' },
    ],
  });
  const policy = await api.call<Identified & { readonly name: string; readonly warnings: readonly { readonly code: string }[] }>(
    'POST',
    '/api/escalation-policies',
    {
      name: 'Web shop',
      escalationRules: [
        { escalationTimeout: LEVEL_MIN, schedules: [{ id: schedule.id }] },
        { escalationTimeout: LEVEL_MIN, users: [{ id: ben.id }, { id: cleo.id }] },
      ],
      ...{ repeating: true, frequency: 3 },
    },
  );
  // That nothing was ever sent to them is so in a new world.
  const wrong = policy.warnings.filter(({ code }) => code !== 'NEVER_REACHED');
  if (wrong.length > 0) throw new Error(`the policy would not reach everybody: ${JSON.stringify(wrong)}`);
  const source = await api.call<Identified & { readonly integrationKey: string }>('POST', '/api/alert-sources', {
    ...{ name: 'Monitoring', integrationType: 'API' },
    escalationPolicy: { id: policy.id },
  });
  await linkChannel(outside, ops, ana.inSlack, source.id);
  return { people, policy: policy.name, scheduleId: schedule.id, integrationKey: source.integrationKey };
};

const addPerson = async (api: Client, outside: Outside, ops: SlackChannel, character: Character): Promise<Person> => {
  const { slack, push } = outside;
  const { firstName, lastName, number, role, about, mailAfter, ways } = character;
  const email = `${firstName.toLowerCase()}@example.org`;
  const user = await api.call<Identified>('POST', '/api/users', { firstName, lastName, email, role, language: 'en', timezone: 'UTC' });
  const of = `/api/users/${user.id}`;
  const { id: phone } = await api.call<Identified>('POST', `${of}/contacts/phone-numbers`, { regionCode: 'DE', target: number });
  const { key } = await api.call<{ readonly key: string }>('POST', '/api/api-keys', { name: 'play', user: { id: user.id } });
  const device = push.device();
  await api.call('POST', `${of}/contacts/push-devices`, {
    type: 'WEB_PUSH',
    name: `${firstName}'s phone`,
    subscription: device.subscription,
  });
  const inSlack = slack.team.addPerson(firstName.toLowerCase(), { email });
  // Whoever types a command is known by their address from then on.
  await slack.send(slack.command(inSlack, ops, '/tocsin', 'oncall'));
  const inTelegram = await linkTelegram(api.url, outside, firstName, key);
  const preferences = `${of}/notification-preferences/alerts`;
  type Preference = Identified & { readonly type: string; readonly contact: Identified };
  const byMail = (await api.call<readonly Preference[]>('GET', preferences)).find(({ type }) => type === HIGH);
  if (byMail === undefined) throw new Error(`${firstName} is not paged by e-mail`);
  const { id, contact } = byMail;
  const change = { type: HIGH, method: 'EMAIL', contact: { id: contact.id }, delayMin: mailAfter };
  await api.call('PUT', `${preferences}/${id}`, change);
  for (const [method, delayMin] of ways) {
    const by = method === 'SMS' || method === 'VOICE' ? { contact: { id: phone } } : {};
    await api.call('POST', preferences, { type: HIGH, method, delayMin, ...by });
  }
  return { id: user.id, name: `${firstName} ${lastName}`, email, number, about, inSlack, inTelegram, device, key };
};

/** By the link to the bot that they find in Tocsin when they are signed in. */
const linkTelegram = async (url: string, { telegram }: Outside, name: string, key: string): Promise<TelegramPerson> => {
  const person = telegram.chats.addPerson(name);
  const page = await fetch(`${url}/api/callbacks/telegram/link`, { headers: { authorization: `Bearer ${key}` } });
  const link = /href="(https:\/\/t\.me\/[^"]+)"/.exec(await page.text())?.[1];
  if (link === undefined) throw new Error(`${name} was given no link to Telegram`);
  const { status } = await telegram.send(telegram.open(person, link.replaceAll('&amp;', '&')));
  if (status !== 200) throw new Error(`${name}'s Telegram was not linked: ${status}`);
  return person;
};

/** As a person does it there: by the command, and by what is chosen in its dialog. */
const linkChannel = async ({ slack }: Outside, channel: SlackChannel, by: SlackPerson, sourceId: number): Promise<void> => {
  const { status } = await slack.send(slack.command(by, channel, '/tocsin'));
  if (status !== 200) throw new Error(`/tocsin was answered ${status}`);
  const updates = ['escalations', 'assignments', 'actions'].map((value) => ({ value }));
  const values = {
    sources: { sources: { selected_options: [{ value: String(sourceId) }] } },
    updates: { updates: { selected_options: updates } },
  };
  await slack.send(slack.submit(by, slack.dialog(by), values));
  const deadline = performance.now() + WITHIN_MS;
  while (slack.channel(channel).length === 0) {
    if (performance.now() > deadline) throw new Error('the channel was not linked');
    await delay(LOOK_EVERY_MS);
  }
};
