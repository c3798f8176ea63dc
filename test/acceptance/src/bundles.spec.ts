import type { EscalationTarget, UserId } from '@tocsin/domain';
import { PushService, TelephoneNetwork } from '@tocsin/testing';
import type { PushDevice, Telephone } from '@tocsin/testing';
import { World } from './world';

const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });

let world: World;
let key: string;

/** So many alerts at once; their ids. */
const storm = async (count: number): Promise<readonly number[]> => {
  const ids: number[] = [];
  for (let index = 0; index < count; index++) ids.push(await world.raise(key, `disk ${index} full`));
  return ids;
};
const statuses = (ids: readonly number[]) => Promise.all(ids.map(async (id) => (await world.alert(id)).status));
const inGerman = async (id: number): Promise<readonly string[]> =>
  (await world.get<{ text: string }[]>(`/api/alerts/${id}/log-entries?max-results=100&lang=de`)).body.map(({ text }) => text).reverse();
const HELD = 'more came at once than can be read, it goes out in one message with others';

describe('many alerts at once, by e-mail', () => {
  const subjects = () => world.mailbox('ana').subjects;
  beforeEach(async () => {
    world = await World.start();
    const ana = await world.person('ana');
    key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
  });
  afterEach(() => world.stop());

  it('come one by one as far as three, and then in one mail half a minute later (B29)', async () => {
    const ids = await storm(5);
    expect(subjects()).toEqual(ids.slice(0, 3).map((id, index) => `[#${id}] disk ${index} full`));
    await world.advance('29s');
    expect(subjects()).toHaveLength(3);
    await world.advance('1s');
    expect(subjects().slice(3)).toEqual([`[2 alerts] #${ids[3]} disk 3 full; #${ids[4]} disk 4 full`]);
    await world.advance('1h');
    expect(subjects()).toHaveLength(4);
  });

  it('say on each timeline that they waited, why, and how they went out', async () => {
    const ids = await storm(5);
    await world.advance('30s');
    for (const id of ids.slice(3)) {
      const lines = await world.timeline(id);
      expect(lines).toContain(`EMAIL Ana Tester: held back until 2026-01-05T09:00:30.000Z: ${HELD}`);
      expect(lines).toContain('EMAIL Ana Tester: attempt 1 through smtp, in one message with 1 other');
      expect(lines).toContain('EMAIL Ana Tester: handed over to smtp');
      const german = await inGerman(id);
      expect(german).toContain(
        'EMAIL Ana Tester: zurückgehalten bis 2026-01-05T09:00:30.000Z: es kam mehr auf einmal, als man lesen kann, sie geht mit anderen zusammen hinaus',
      );
      expect(german).toContain('EMAIL Ana Tester: Versuch 1 über smtp, in einer Nachricht mit 1 anderen');
    }
  });

  it('are SCHEDULED while they wait, and have reached nobody', async () => {
    const [, , , last = 0] = await storm(4);
    const notifications = async () =>
      (await world.get<{ status: string; state: string; reason?: string }[]>(`/api/alerts/${last}/notifications`)).body;
    expect(await notifications()).toMatchObject([{ status: 'SCHEDULED', state: 'held', reason: 'bundled' }]);
    await world.advance('30s');
    expect(await notifications()).toMatchObject([{ status: 'SUCCESS', state: 'handed-over' }]);
  });

  it('are accepted together by one link, and singly by their own', async () => {
    const ids = await storm(6);
    await world.advance('30s');
    const { text } = world.mailbox('ana').all().at(-1) ?? { text: '' };
    const all = /Accept all: (\S+)/.exec(text)?.[1] ?? '';
    const resolve = [...text.matchAll(/Resolve: (\S+)/g)].map(([, link = '']) => link);
    await world.press(resolve[1] ?? '');
    expect(await statuses(ids)).toEqual(['PENDING', 'PENDING', 'PENDING', 'PENDING', 'RESOLVED', 'PENDING']);
    const asked = await world.open(all);
    expect(asked).toContain('Accept these 2 alerts?');
    expect(asked).toMatch(/Already resolved by Ana Tester/);
    // A look does nothing, as with every link.
    expect((await statuses(ids))[3]).toBe('PENDING');
    const said = await world.press(all);
    expect(said.match(/You accepted this alert\./g)).toHaveLength(2);
    expect(await statuses(ids)).toEqual(['PENDING', 'PENDING', 'PENDING', 'ACCEPTED', 'RESOLVED', 'ACCEPTED']);
  });

  it('that are accepted meanwhile are not in the message; the last one comes as the page that it is', async () => {
    const ids = await storm(5);
    await world.put(`/api/alerts/${ids[3]}/accept`);
    await world.settle();
    expect((await world.timeline(ids[3] ?? 0)).at(-1)).toBe('EMAIL Ana Tester: cancelled, the alert was accepted');
    await world.advance('30s');
    expect(subjects().slice(3)).toEqual([`[#${ids[4]}] disk 4 full`]);
  });

  it('that are all over send nothing', async () => {
    const ids = await storm(5);
    for (const id of ids) await world.put(`/api/alerts/${id}/resolve`);
    await world.advance('1h');
    expect(subjects()).toHaveLength(3);
  });

  it('of a source that is quiet do not wait for those of a noisy one', async () => {
    await storm(5);
    const before = subjects().length;
    const [ana] = (await world.get<{ id: number; username: string }[]>('/api/users')).body.filter(({ username }) => username === 'ana');
    key = await world.source(await world.policy([{ targets: [user(ana?.id as UserId)], timeoutMin: 600 }]));
    await world.event(key, { summary: 'no power', alertKey: 'power' });
    expect(subjects().slice(before)).toEqual([expect.stringContaining('no power')]);
  });

  it('wait while nothing runs, and are told together after the restart', async () => {
    await storm(5);
    await world.down('10m');
    expect(subjects().slice(3)).toEqual([expect.stringMatching(/^\[2 alerts\]/)]);
  });

  it('are tried again together when the mail server is away for a moment', async () => {
    const ids = await storm(5);
    world.mail.refuse({ code: 451, times: 1 });
    await world.advance('30s');
    expect(subjects()).toHaveLength(3);
    await world.advance('1m');
    expect(subjects().slice(3)).toEqual([expect.stringMatching(/^\[2 alerts\]/)]);
    for (const id of ids.slice(3))
      expect((await world.timeline(id)).some((line) => /attempt 2 through smtp, in one message/.test(line))).toBe(true);
  });

  it('do not keep the escalation from going on', async () => {
    const [ben, cleo] = [await world.person('ben'), await world.person('cleo')];
    key = await world.source(
      await world.policy([
        { targets: [user(ben)], timeoutMin: 0 },
        { targets: [user(cleo)], timeoutMin: 5 },
      ]),
    );
    const ids = await storm(4);
    await world.advance('10s');
    expect(world.mailbox('ben').subjects).toHaveLength(3);
    expect(await world.alert(ids[3])).toMatchObject({ status: 'PENDING' });
    expect((await world.timeline(ids[3] ?? 0)).some((line) => line.startsWith('Level 2'))).toBe(true);
  });
});

describe('news of many alerts at once', () => {
  afterEach(() => world.stop());

  it('comes one by one as far as three, and then in one mail that repeats id and summary; it keeps no page from going out (B29)', async () => {
    world = await World.start();
    const [ana, ben] = [await world.person('ana'), await world.person('ben')];
    const [contact] = (await world.get<{ id: number }[]>(`/api/users/${ana}/contacts/emails`)).body;
    const update = { type: 'ALERT_RESOLVED', method: 'EMAIL', contact: { id: contact?.id } };
    expect((await world.post(`/api/users/${ana}/notification-preferences/updates`, update)).status).toBe(201);
    const level = { targets: [user(ana), user(ben)], timeoutMin: 600 };
    key = await world.source(await world.policy([level]));
    const ids = await storm(5);
    await world.advance('10m');
    const before = world.mailbox('ana').subjects.length;
    const bens = await world.keyOf(ben);
    for (const id of ids) {
      await world.put(`/api/alerts/${id}/resolve`, undefined, bens);
      await world.settle();
    }
    expect(world.mailbox('ana').subjects.slice(before)).toEqual(ids.slice(0, 3).map((id, index) => `Update: [#${id}] disk ${index} full`));
    await world.event(key, { summary: 'no power', alertKey: 'power' });
    expect(world.mailbox('ana').subjects.at(-1)).toMatch(/no power$/);
    await world.advance('30s');
    const { subject, text } = world.mailbox('ana').all().at(-1) ?? { subject: '', text: '' };
    expect(subject).toBe(`[2 updates] #${ids[3]} disk 3 full; #${ids[4]} disk 4 full`);
    expect(text).toMatch(
      new RegExp(`#${ids[3]} disk 3 full\nResolved by Ben Tester at .*\n#${ids[4]} disk 4 full\nResolved by Ben Tester`),
    );
    const lines = await world.timeline(ids[4] ?? 0);
    expect(lines.some((line) => line.startsWith('Status update, EMAIL Ana Tester: held back until') && line.endsWith(HELD))).toBe(true);
  });
});

describe('where bundles are not wanted', () => {
  afterEach(() => world.stop());

  it('a page goes out by itself, however many come', async () => {
    world = await World.start({}, { TOCSIN_BUNDLE_PAGES: 'false' });
    const ana = await world.person('ana');
    key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
    await storm(6);
    expect(world.mailbox('ana').subjects).toHaveLength(6);
  });
});

describe('many alerts at once, by text message', () => {
  const OURS = '+4930555001';
  const BY_SMS = [{ type: 'HIGH_PRIORITY', method: 'SMS', delayMin: 0 }] as const;
  let network: TelephoneNetwork;
  let phone: Telephone;

  beforeEach(async () => {
    network = await TelephoneNetwork.start();
    world = await World.start({}, network.environment(OURS));
    world.with(network);
    network.inboundUrl = () => `${world.platform.settings.publicUrl}/api/callbacks/twilio/sms`;
    const ana = await world.person('ana', { phone: '+4915112345678', preferences: BY_SMS });
    phone = network.telephone('+4915112345678');
    key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
  });
  afterEach(async () => {
    await world.stop();
    await network.stop();
  });
  const reply = async (text: string): Promise<string> => {
    const said = await phone.reply(text);
    await world.settle();
    return said;
  };
  const codeOf = (id: number): string => new RegExp(`(\\w+) \\[#${id}\\]`).exec(phone.texts.at(-1) ?? '')?.[1] ?? '';

  it('come in one text with a code each; one is answered by its code, the rest by ACK ALL (B24, B29)', async () => {
    const ids = await storm(6);
    expect(phone.texts).toHaveLength(3);
    await world.advance('30s');
    expect(phone.texts).toHaveLength(4);
    const [, , , disk3 = 0, disk4 = 0, disk5 = 0] = ids;
    expect(phone.texts.at(-1)).toBe(
      `3 alerts:\n${codeOf(disk3)} [#${disk3}] disk 3 full\n${codeOf(disk4)} [#${disk4}] disk 4 full\n${codeOf(disk5)} [#${disk5}] disk 5 full\nReply ACK ALL; or ACK, RES, ESC and a code`,
    );
    await reply(`res ${codeOf(disk4)}`);
    expect(await statuses(ids)).toEqual(['PENDING', 'PENDING', 'PENDING', 'PENDING', 'RESOLVED', 'PENDING']);
    await reply('ACK ALL');
    expect(await statuses(ids)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'RESOLVED', 'ACCEPTED']);
  });

  it('are not answered by a bare digit: it could mean any of them (B24)', async () => {
    const ids = await storm(5);
    await world.advance('30s');
    expect(await reply('1')).toMatch(/^Nothing was changed/);
    expect(await statuses(ids)).toEqual(ids.map(() => 'PENDING'));
  });

  it('are each delivered by the one receipt of their text', async () => {
    const ids = await storm(5);
    await world.advance('30s');
    for (const id of ids.slice(3)) expect(await world.timeline(id)).toContain('SMS Ana Tester: delivered by twilio');
  });

  it('have each person’s next method sent when no receipt comes for their text', async () => {
    const both = [...BY_SMS, { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 60 }] as const;
    const ben = await world.person('ben', { phone: '+4915187654321', preferences: both });
    key = await world.source(await world.policy([{ targets: [user(ben)], timeoutMin: 600 }]));
    const ids = await storm(5);
    network.receipts = [];
    await world.advance('30s');
    await world.advance('121s');
    // These two wait for nobody, each other neither: by e-mail nothing has come from this source yet.
    expect(world.mailbox('ben').subjects.toSorted()).toEqual(
      ids
        .slice(3)
        .map((id, index) => `[#${id}] disk ${index + 3} full`)
        .toSorted(),
    );
  });
});

describe('many alerts at once, by push', () => {
  let push: PushService;
  let phone: PushDevice;
  let ana: UserId;

  const pages = (...delaysMin: readonly number[]) =>
    delaysMin.map((delayMin, index) => ({ id: (900 + index) as never, type: 'HIGH_PRIORITY', method: 'PUSH', delayMin }) as const);
  beforeEach(async () => {
    push = await PushService.start();
    world = await World.start({}, { TOCSIN_OUTGOING_ALLOW: push.url });
    ana = await world.person('ana');
    phone = push.device();
    await world.changePerson(ana, (user) => ({ ...user, alertPreferences: pages(0, 2, 4) }));
    const own = await world.keyOf(ana);
    await world.settle();
    const { subscription } = phone;
    const device = { type: 'WEB_PUSH', name: 'Phone', subscription };
    expect((await world.post(`/api/users/${ana}/contacts/push-devices`, device, own)).status).toBe(201);
    key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
    await world.settle();
  });
  afterEach(async () => {
    await world.stop();
    await push.stop();
  });
  const titles = () => phone.received.map(({ title }) => title);

  it('come one by one as far as twenty in a minute, and then in one that accepts all of them', async () => {
    await world.changePerson(ana, (person) => ({ ...person, alertPreferences: pages(0) }));
    const ids = await storm(22);
    expect(titles()).toHaveLength(20);
    await world.advance('30s');
    expect(phone.received.slice(20)).toMatchObject([{ title: '2 alerts', actions: [{ action: 'accept', title: 'Accept all' }] }]);
    const link = phone.received.at(-1)?.actions[0]?.url ?? '';
    const answered = await fetch(world.urlOf(new URL(link).pathname), { method: 'POST', headers: { accept: 'application/json' } });
    expect(await answered.json()).toEqual({
      text: ids
        .slice(20)
        .map((id) => `#${id} You accepted this alert.`)
        .join('\n'),
    });
    await world.settle();
    expect((await statuses(ids)).slice(19)).toEqual(['PENDING', 'ACCEPTED', 'ACCEPTED']);
  });

  it('that say what arrived there less than four minutes before are left out, and the timeline says so', async () => {
    const [id = 0] = await storm(1);
    await world.advance('10m');
    // At once and after four minutes; the one after two would have said the same.
    expect(titles()).toHaveLength(2);
    expect(await world.timeline(id)).toContain(
      'PUSH Ana Tester: not sent: the person got the same one there less than four minutes before',
    );
    expect(await inGerman(id)).toContain(
      'PUSH Ana Tester: nicht gesendet: die Person hat dort dieselbe vor weniger als vier Minuten bekommen',
    );
    expect((await world.get<{ state: string; reason?: string }[]>(`/api/alerts/${id}/notifications`)).body).toContainEqual(
      expect.objectContaining({ status: 'SCHEDULED', state: 'held', reason: 'identical' }),
    );
  });

  it('are told of by whoever explains the policy', async () => {
    const [policy] = (await world.get<{ id: number; name: string }[]>('/api/escalation-policies')).body.filter(({ name }) =>
      /^policy \d/.test(name),
    );
    type Explained = {
      readonly steps: readonly { readonly notifications: readonly { readonly at: string; readonly leftOut?: { text: string } }[] }[];
    };
    const { steps } = (await world.get<Explained>(`/api/escalation-policies/${policy?.id}/explain?at=2026-01-05T10:00:00Z`)).body;
    expect(steps[0]?.notifications.map(({ at, leftOut }) => [at, leftOut?.text])).toEqual([
      ['2026-01-05T10:00:00.000Z', undefined],
      ['2026-01-05T10:02:00.000Z', 'Left out if the same page of 2026-01-05T10:00:00.000Z has arrived there'],
      ['2026-01-05T10:04:00.000Z', undefined],
    ]);
  });

  it('are sent again when the level after it pages the same person: that is news (B29)', async () => {
    key = await world.source(
      await world.policy([
        { targets: [user(ana)], timeoutMin: 1 },
        { targets: [user(ana)], timeoutMin: 600 },
      ]),
    );
    await world.changePerson(ana, (person) => ({ ...person, alertPreferences: pages(0) }));
    await storm(1);
    await world.advance('1m');
    expect(titles()).toHaveLength(2);
  });
});
