import type { UserId } from '@tocsin/domain';
import { newConnectorKey, TeamsServer } from '@tocsin/testing';
import type { TeamsActivity, TeamsMessage, TeamsPerson } from '@tocsin/testing';
import { START, World } from './world';

let world: World;
let teams: TeamsServer;
let there: Readonly<Record<'ana' | 'ben', TeamsPerson>>;
let ana: UserId;
let ben: UserId;
let anaKey: string;
let source: string;

beforeEach(async () => {
  const clock: { now(): number } = { now: () => START };
  teams = await TeamsServer.start({ now: () => clock.now() });
  world = await World.start({}, teams.settings);
  clock.now = () => world.clock.now();
  teams.callsBack((path) => world.urlOf(path));
  there = { ana: teams.addPerson('ana'), ben: teams.addPerson('ben') };
  ana = await world.person('ana', {
    preferences: [
      { type: 'HIGH_PRIORITY', method: 'TEAMS', delayMin: 0 },
      { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 5 },
    ],
  });
  ben = await world.person('ben');
  anaKey = await world.keyOf(ana);
  const policy = await world.policy([
    { targets: [{ type: 'user', userId: ana }], timeoutMin: 30 },
    { targets: [{ type: 'user', userId: ben }] },
  ]);
  source = await world.source(policy);
});
afterEach(async () => {
  await world.stop();
  await teams.stop();
});

const send = async (activity: TeamsActivity) => {
  const answer = await teams.send(activity);
  await world.settle();
  return answer;
};

const linkFor = async (key: string): Promise<string> => {
  const answer = await fetch(world.urlOf('/api/callbacks/teams/link'), { headers: { authorization: `Bearer ${key}` } });
  const link = /href="(https:\/\/teams\.microsoft\.com\/[^"]+)"/.exec(await answer.text())?.[1];
  if (link === undefined) throw new Error('no link on the page');
  return link.replaceAll('&amp;', '&');
};

const links = async (person: TeamsPerson, key: string): Promise<void> => {
  expect((await send(teams.open(person, await linkFor(key)))).status).toBe(200);
};

const said = (person: TeamsPerson): readonly string[] => teams.chat(person).map(({ text, summary }) => text ?? summary ?? '');

const raise = async (summary = 'disk full'): Promise<void> => {
  await world.event(source, { summary, alertKey: summary });
};

/** The page that came last, as it stands there now. */
const page = (person: TeamsPerson): TeamsMessage => {
  const message = teams.chat(person).findLast(({ card }) => card !== undefined);
  if (message === undefined) throw new Error('no page');
  return message;
};

const titles = ({ card }: TeamsMessage): readonly unknown[] =>
  ((card?.['actions'] ?? []) as readonly { readonly title: string }[]).map(({ title }) => title);
const cardOf = (person: TeamsPerson): string => JSON.stringify(page(person).card);
const timeline = async (): Promise<string> => (await world.timeline((await world.alert()).id)).join('\n');
const status = async (): Promise<string> => (await world.alert()).status;
const readiness = async () =>
  (await world.get<{ problems: readonly { code: string }[] }>(`/api/users/${ana}/readiness`)).body.problems.map(({ code }) => code);

describe('a person who linked their Teams', () => {
  beforeEach(() => links(there.ana, anaKey));

  it('is paged there, accepts there, is told at once that it was taken, and sees the card change', async () => {
    expect(said(there.ana)).toEqual([expect.stringContaining('This account belongs to Ana Tester now.')]);
    await raise();
    expect(titles(page(there.ana))).toEqual(['Accept', 'Resolve', 'Escalate']);
    const { status: code, body } = await send(teams.press(there.ana, page(there.ana), 'Accept'));
    expect([code, JSON.parse(body)]).toEqual([
      200,
      {
        statusCode: 200,
        type: 'application/vnd.microsoft.activity.message',
        value: 'Your answer is stored and will be carried out in a moment.',
      },
    ]);
    expect(await status()).toBe('ACCEPTED');
    expect(page(there.ana).summary).toMatch(/^🟠 /);
    expect(cardOf(there.ana)).toContain('You accepted this alert.\\nAccepted by Ana Tester.');
    expect(titles(page(there.ana))).toEqual(['Resolve', 'Escalate']);
    expect(await timeline()).toContain('TEAMS Ana Tester: handed over to teams');
    await world.advance('10m');
    expect(world.mailbox('ana').all()).toEqual([]);
  });

  it('resolves there with an older client, too', async () => {
    await raise();
    expect(await send(teams.submit(there.ana, page(there.ana), 'Resolve'))).toEqual({ status: 200, body: '' });
    expect(await status()).toBe('RESOLVED');
    expect(titles(page(there.ana))).toEqual([]);
  });

  it('escalates there, once, however often it is pressed at one level (B13)', async () => {
    await raise();
    const first = page(there.ana);
    await send(teams.press(there.ana, first, 'Escalate'));
    await send(teams.press(there.ana, first, 'Escalate'));
    expect(cardOf(there.ana)).toContain('The alert is already at level 2. Nothing was changed.');
    expect(world.mailbox('ben').all()).toHaveLength(1);
  });

  it('reads who came first when somebody else did (B5)', async () => {
    await raise();
    await world.event(source, { eventType: 'RESOLVE', alertKey: 'disk full' });
    await send(teams.press(there.ana, page(there.ana), 'Accept'));
    expect(cardOf(there.ana)).toContain('Already resolved by the monitoring tool at ');
    expect(titles(page(there.ana))).toEqual([]);
  });

  it('answers once, however often Teams tells it', async () => {
    await raise();
    const pressed = teams.press(there.ana, page(there.ana), 'Escalate');
    for (let time = 0; time < 3; time += 1) expect((await send(pressed)).status).toBe(200);
    expect(world.mailbox('ben').all()).toHaveLength(1);
  });

  it('asks for no more than they may, and is told so', async () => {
    await raise();
    await world.changePerson(ana, (user) => ({ ...user, role: 'STAKEHOLDER' }));
    await send(teams.press(there.ana, page(there.ana), 'Resolve'));
    expect(await status()).toBe('PENDING');
    expect(said(there.ana).at(-1)).toBe('You may not answer this alert.');
  });

  it('is told how to answer when they type something, and is sent test messages', async () => {
    await send(teams.say(there.ana, 'what is going on?'));
    expect(said(there.ana).at(-1)).toBe('Answer a page with the buttons below it.');
    expect((await world.post(`/api/users/${ana}/test-notification`, { method: 'TEAMS' })).status).toBe(202);
    await world.settle();
    expect(said(there.ana).at(-1)).toContain('test notification');
  });

  it('is not paged there while muted', async () => {
    await world.changePerson(ana, (user) => ({ ...user, mutedUntil: (world.clock.now() + 3_600_000) as never }));
    await raise();
    expect(said(there.ana)).toHaveLength(1);
    expect(world.mailbox('ben').all()).toHaveLength(1);
  });
});

describe('Teams in trouble', () => {
  beforeEach(() => links(there.ana, anaKey));

  it('is left alone for as long as it wants', async () => {
    teams.fault({ call: 'post', what: 'limited', times: 1 });
    await raise();
    await world.advance('29s');
    expect(said(there.ana)).toHaveLength(1);
    await world.advance('2s');
    expect(page(there.ana).summary).toContain('disk full');
  });

  it.each(['broken', 'lose-answer'] as const)('has a page repeated, and marked, when it may have taken it: %s', async (what) => {
    teams.fault({ call: 'post', what, times: 1 });
    await raise();
    await world.advance('10s');
    expect(cardOf(there.ana)).toContain('You may have received this page before.');
  });
});

describe('a person who keeps the bot from writing', () => {
  beforeEach(() => links(there.ana, anaKey));

  it('is reached by the next method at once, and readiness says so', async () => {
    teams.block(there.ana);
    await raise();
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect(await timeline()).toContain('teams: MessageWritesBlocked');
    expect(await readiness()).toContain('CHAT_ACCOUNT_CLOSED');
  });

  it('by removing the app is known to have done so, and is paged again once it is back', async () => {
    await send(teams.remove(there.ana));
    expect(await readiness()).toContain('CHAT_ACCOUNT_CLOSED');
    await send(teams.install(there.ana));
    await raise();
    expect(page(there.ana).summary).toContain('disk full');
  });
});

describe('somebody whom nobody knows', () => {
  it('changes nothing, and is told how to link the account', async () => {
    await links(there.ana, anaKey);
    await raise();
    await send(teams.pressData(there.ben, page(there.ana), { answer: 'accept', alert: (await world.alert()).id }));
    expect(await status()).toBe('PENDING');
    expect(said(there.ben).at(-1)).toContain('/api/callbacks/teams/link');
  });

  it('is not reached there, which readiness says before', async () => {
    await raise();
    expect(await timeline()).toContain('no account is linked there');
    expect(await readiness()).toContain('NO_CHAT_ACCOUNT');
  });

  it('of another tenant is not even answered', async () => {
    const stranger = teams.addPerson('eve', 'another-tenant');
    expect((await send(teams.open(stranger, await linkFor(anaKey)))).status).toBe(200);
    expect(said(stranger)).toEqual([]);
    expect(world.platform.configuration.get('user', ana)?.chatAccounts).toBeUndefined();
  });

  it('who finds a link that was used gets nothing by it', async () => {
    const link = await linkFor(anaKey);
    await send(teams.open(there.ana, link));
    await send(teams.open(there.ben, link));
    expect(said(there.ben).at(-1)).toMatch(/^This link is not valid, was used before or has expired/);
    expect(world.platform.configuration.get('user', ana)?.chatAccounts).toMatchObject([{ id: there.ana.id }]);
  });
});

describe('a call-back that is not from Teams', () => {
  const forged = (teams_: TeamsServer): readonly Readonly<Record<string, string>>[] => [
    { 'content-type': 'application/json' },
    teams_.signedHeaders({}, { key: newConnectorKey() }),
    teams_.signedHeaders({ aud: 'another-bot' }),
    teams_.signedHeaders({ exp: START / 1_000 - 3_600 }),
    teams_.signedHeaders({ serviceurl: 'https://evil.test/' }),
  ];

  it('is refused, and changes nothing', async () => {
    await links(there.ana, anaKey);
    await raise();
    const { body } = teams.press(there.ana, page(there.ana), 'Accept');
    for (const headers of forged(teams)) expect((await send({ body, headers })).status).toBe(403);
    expect(await status()).toBe('PENDING');
  });

  it('is neither believed nor refused while the keys cannot be read, and counts when it comes again', async () => {
    teams.fault({ call: 'keys', what: 'broken', times: 1 });
    const opened = teams.open(there.ana, await linkFor(anaKey));
    expect((await send(opened)).status).toBe(503);
    expect((await send(opened)).status).toBe(200);
    expect(world.platform.configuration.get('user', ana)?.chatAccounts).toMatchObject([{ id: there.ana.id }]);
  });

  it('has us write nowhere but to Teams', async () => {
    const body = JSON.stringify({ ...(JSON.parse(teams.say(there.ana, 'hello').body) as object), serviceUrl: 'http://127.0.0.1:1/' });
    expect((await send({ body, headers: teams.signedHeaders({ serviceurl: 'http://127.0.0.1:1/' }) })).status).toBe(403);
    expect(teams.calls.filter(({ call }) => call === 'post')).toEqual([]);
  });
});
