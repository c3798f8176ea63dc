import type { PreferenceId, UserId } from '@tocsin/domain';
import { TelephoneNetwork } from '@tocsin/testing';
import type { SlackMessage, SlackPerson, SlackServer, Telephone } from '@tocsin/testing';
import { startWithSlack } from './slack-world';
import type { SlackWorld } from './slack-world';
import type { World } from './world';

const OURS = '+4930555001';

let both: SlackWorld;
let world: World;
let slack: SlackServer;
let network: TelephoneNetwork;
let phone: Telephone;
let inSlack: SlackPerson;
let ana: UserId;
let key: string;

// One person after the other story: what one leaves behind is hours old when the next begins.
beforeAll(async () => {
  network = await TelephoneNetwork.start();
  both = await startWithSlack(network.environment(OURS));
  ({ world, slack } = both);
  world.with(network);
  network.inboundUrl = () => `${world.platform.settings.publicUrl}/api/callbacks/twilio/sms`;
  phone = network.telephone('+4915112345678');
  ana = await world.person('ana', {
    phone: phone.number,
    preferences: [
      { type: 'HIGH_PRIORITY', method: 'SMS', delayMin: 0 },
      { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 0 },
    ],
  });
  await world.changePerson(ana, (person) => ({
    ...person,
    alertPreferences: [...person.alertPreferences, { type: 'HIGH_PRIORITY', method: 'SLACK', delayMin: 0, id: 9_000 as PreferenceId }],
  }));
  inSlack = slack.team.addPerson('ana');
  await both.send(slack.command(inSlack, slack.team.addChannel('ops'), '/tocsin', 'oncall'));
  key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 600 }]));
});
afterAll(async () => {
  await both.stop();
  await network.stop();
});
afterEach(() => world.advance('3h'));

const reply = async (text: string): Promise<string> => {
  const said = await phone.reply(text);
  await world.settle();
  return said;
};
const mails = () => world.mailbox('ana').all();
/** What reached her since, on each channel. */
const listen = () => {
  const [texts, letters, messages] = [phone.texts.length, mails().length, slack.direct(inSlack).length];
  return {
    texts: () => phone.texts.slice(texts),
    mails: () => mails().slice(letters),
    /** As they are now: a message is edited in place. */
    messages: () =>
      slack
        .direct(inSlack)
        .slice(messages)
        .map((message) => JSON.stringify((slack.team.find(message.channel, message.ts) as SlackMessage).blocks)),
  };
};
const statuses = (ids: readonly number[]) => Promise.all(ids.map(async (id) => (await world.alert(id)).status));

describe('a page by text message, e-mail and Slack at once', () => {
  it('is answered on one of them, and the others say so', async () => {
    const { texts, mails: letters, messages } = listen();
    const id = await world.raise(key, 'disk full');
    expect([texts().length, letters().length, messages().length]).toEqual([1, 1, 1]);
    expect(messages()[0]).toContain('"action_id":"accept"');
    expect(await reply('1')).toBe(`#${id} You accepted this alert.`);
    expect(await statuses([id])).toEqual(['ACCEPTED']);
    expect(messages()[0]).toContain('Accepted by Ana Tester.');
    expect(messages()[0]).not.toContain('"action_id":"accept"');
    expect(await world.press(world.mailbox('ana').link('accept'))).toContain('Already accepted by Ana Tester at 10:00');
  });

  it('that is resolved in Slack is closed for a text and for a mail', async () => {
    const id = await world.raise(key, 'swap full');
    await both.send(slack.press(inSlack, slack.direct(inSlack).at(-1) as SlackMessage, 'resolve'));
    expect(await statuses([id])).toEqual(['RESOLVED']);
    expect(await reply(`ACK ${phone.code('swap full')}`)).toMatch(new RegExp(`^#${id} Already resolved by Ana Tester at `));
    expect(await world.press(world.mailbox('ana').link('accept'))).toContain('Already resolved by Ana Tester at ');
  });

  it('comes with others in one text and in one mail when many come at once, and ACK ALL is seen everywhere (B24, B29)', async () => {
    const { texts, mails: letters, messages } = listen();
    const ids: number[] = [];
    for (let index = 0; index < 5; index++) ids.push(await world.raise(key, `node ${index} down`));
    expect([texts().length, letters().length, messages().length]).toEqual([3, 3, 5]);
    await world.advance('30s');
    expect(texts().slice(3)).toEqual([expect.stringMatching(/^2 alerts:\n/)]);
    expect(letters().slice(3)).toMatchObject([{ subject: `[2 alerts] #${ids[3]} node 3 down; #${ids[4]} node 4 down` }]);
    await reply('ACK ALL');
    expect(await statuses(ids)).toEqual(ids.map(() => 'ACCEPTED'));
    for (const message of messages()) expect(message).toContain('Accepted by Ana Tester.');
    const all = /Accept all: (\S+)/.exec(letters().at(-1)?.text ?? '')?.[1] ?? '';
    expect((await world.open(all)).match(/Already accepted by Ana Tester/g)).toHaveLength(2);
  });
});
