import type { EscalationTarget } from '@tocsin/domain';
import { DiscordServer, MattermostServer } from '@tocsin/testing';
import { World } from './world';

let discord: DiscordServer;
let mattermost: MattermostServer;
let world: World;
beforeEach(async () => {
  [discord, mattermost] = await Promise.all([DiscordServer.start(), MattermostServer.start()]);
  world = await World.start({}, { TOCSIN_OUTGOING_ALLOW: `${discord.url},${mattermost.url}` });
});
afterEach(async () => {
  await world.stop();
  await Promise.all([discord.stop(), mattermost.stop()]);
});

const DISK = { summary: 'disk full @everyone', alertKey: 'disk', details: '<!channel> 98% of /var' };

const chatsOf = () => ({
  discord: { server: discord, texts: () => discord.messages.map(({ content, embeds }) => `${content}\n${embeds[0]?.description}`) },
  mattermost: { server: mattermost, texts: () => mattermost.posts.map(({ text }) => text) },
});

describe.each(['discord', 'mattermost'] as const)('a channel in %s', (name) => {
  const make = async (triggerTypes = ['alert-created', 'alert-acknowledged', 'alert-resolved']) => {
    const ana = await world.person('ana');
    const source = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 300 }]));
    const url = chatsOf()[name].server.room();
    const connector = await world.post<{ id: string }>('/api/connectors', { name: 'ops', type: name, params: { url } });
    expect(connector).toMatchObject({ status: 201, body: { params: { url } } });
    const action = { name: 'tell ops', connectorType: name, connectorId: connector.body.id, triggerTypes };
    expect(await world.post('/api/alert-actions', action)).toMatchObject({ status: 201, body: { connectorType: name, params: {} } });
    return { ana, source, url, connector: connector.body.id };
  };
  const texts = () => chatsOf()[name].texts();

  it('is told what happens to an alert, with a link to it, and nobody there is called by what a tool wrote', async () => {
    const { ana, source } = await make();
    await world.event(source, DISK);
    const { id } = await world.alert();
    await world.put(`/api/alerts/${id}/accept`, undefined, await world.keyOf(ana));
    await world.event(source, { ...DISK, eventType: 'RESOLVE' });
    expect(texts()).toEqual([
      expect.stringContaining('New alert.'),
      expect.stringContaining('Accepted by Ana Tester.'),
      expect.stringContaining('Resolved.'),
    ]);
    expect(texts()[0]).toContain(`\\[\\#${id}\\] disk full`);
    expect(texts()[0]).toContain('98% of /var');
    expect(texts()[0]).toMatch(new RegExp(`\\[Alert \\\\#${id}\\]\\(http[^)]+/alerts/${id}\\)`));
    expect([...discord.messages, ...mattermost.posts].flatMap(({ mentions }) => mentions)).toEqual([]);
    expect(await world.timeline(id)).toContain('Action tell ops: done for alert-created');
  });

  it('that has too much to do is told later, when it says', async () => {
    const { source } = await make(['alert-created']);
    chatsOf()[name].server.troubles.push('limited');
    await world.event(source, DISK);
    expect(texts()).toEqual([]);
    await world.advance('1m');
    expect(texts()).toHaveLength(1);
    // Not sooner: whoever asks again and again meanwhile is shut out.
    expect(chatsOf()[name].server.requests).toHaveLength(2);
  });

  it('may have been told already, and says so then', async () => {
    const { source } = await make(['alert-created']);
    chatsOf()[name].server.troubles.push('lost');
    await world.event(source, DISK);
    await world.advance('1m');
    expect(texts().map((text) => text.includes('This may be a repetition.'))).toEqual([false, true]);
  });

  it('keeps its address a secret, and takes none that is another place', async () => {
    const { connector, url, source } = await make();
    const made = await world.post<{ key: string }>('/api/api-keys', { name: 'of a user', role: 'USER' });
    expect((await world.get<{ params: object }>(`/api/connectors/${connector}`, made.body.key)).body.params).toEqual({});
    await world.event(source, DISK);
    const told = [
      await world.timeline((await world.alert()).id),
      (await world.get('/api/audit-log?max-results=100')).body,
      await world.platform.eventStore.readStream(`connector-${connector}`),
    ];
    expect(JSON.stringify(told)).not.toContain(new URL(url).pathname);
    for (const elsewhere of ['https://169.254.169.254/latest', `${url}/other`, ''])
      expect(await world.post('/api/connectors', { name: 'bad', type: name, params: { url: elsewhere } })).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_ERROR', message: expect.stringContaining('params.url') },
      });
  });
});

describe.each(['DISCORD', 'MATTERMOST'] as const)('a room of one’s own: %s', (type) => {
  const name = type.toLowerCase() as 'discord' | 'mattermost';
  const at = '/api/users/current/contacts/push-devices';
  const person = async (next?: EscalationTarget) => {
    const ana = await world.person('ana');
    const pushAlone = { id: 900 as never, type: 'HIGH_PRIORITY', method: 'PUSH', delayMin: 0 } as const;
    await world.changePerson(ana, (user) => ({ ...user, alertPreferences: [pushAlone] }));
    const key = await world.keyOf(ana);
    const level = { targets: [{ type: 'user', userId: ana }] } as const;
    const source = await world.source(await world.policy([level, next === undefined ? level : { targets: [next] }]));
    await world.settle();
    const webhookUrl = chatsOf()[name].server.room();
    const made = await world.post(at, { type, name: 'My room', webhookUrl }, key);
    expect(made).toMatchObject({ status: 201, body: { type, name: 'My room', status: 'OK' } });
    expect(JSON.stringify(made.body)).not.toContain(webhookUrl);
    return { ana, key, source, webhookUrl };
  };
  const linkOf = (answer: string): string =>
    new RegExp(`\\[${answer}\\]\\((http[^)]+)\\)`).exec(chatsOf()[name].texts()[0] ?? '')?.[1] ?? '';

  it('is paged, and the answer is given by a link there', async () => {
    const { source } = await person();
    await world.event(source, DISK);
    const { id } = await world.alert();
    expect(await world.press(linkOf('Accept'))).toContain('You accepted this alert.');
    expect(await world.metric('tocsin_provider_attempts_total')).toEqual([
      `tocsin_provider_attempts_total{provider="${name}",outcome="handed-over"} 1`,
    ]);
    expect(await world.alert(id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('is where an alert is resolved by a link', async () => {
    const { source } = await person();
    await world.event(source, DISK);
    expect(await world.press(linkOf('Resolve'))).toContain('You resolved this alert.');
    expect(await world.alert()).toMatchObject({ status: 'RESOLVED' });
  });

  it('is where an alert is escalated by a link, once (B13)', async () => {
    const { source } = await person({ type: 'user', userId: await world.person('ben') });
    await world.event(source, DISK);
    const escalate = linkOf('Escalate');
    expect(await world.press(escalate)).toContain('The alert is escalated to the next level.');
    expect(world.mailbox('ben').all()).toHaveLength(1);
    expect(await world.open(escalate)).toContain('already at level 2');
    expect(world.mailbox('ben').all()).toHaveLength(1);
  });

  it('says who came first to whoever answers there after somebody else (B5)', async () => {
    const ben = await world.person('ben');
    const { source } = await person({ type: 'user', userId: ben });
    await world.event(source, DISK);
    const { id } = await world.alert();
    const bens = await world.keyOf(ben);
    await world.put(`/api/alerts/${id}/accept`, undefined, bens);
    await world.settle();
    expect(await world.press(linkOf('Accept'))).toMatch(/You accepted this alert\. Ben Tester accepted it at /);
    await world.put(`/api/alerts/${id}/resolve`, undefined, bens);
    await world.settle();
    expect(await world.open(linkOf('Accept'))).toMatch(/Already resolved by Ben Tester at /);
    expect(await world.alert(id)).toMatchObject({ status: 'RESOLVED' });
  });

  it('gets a test, and is removed with the reason when its webhook is deleted', async () => {
    const { key, webhookUrl, source } = await person();
    expect((await world.post('/api/users/current/test-notification', { method: 'PUSH' }, key)).status).toBe(202);
    await world.settle();
    expect(chatsOf()[name].texts()).toEqual([expect.stringContaining('Test notification from Tocsin')]);
    chatsOf()[name].server.deleted.add(webhookUrl);
    await world.event(source, DISK);
    await world.settle();
    expect((await world.get(at, key)).body).toMatchObject([{ type, name: 'My room', status: 'LOST', reason: 'gone' }]);
  });

  it('is refused when its address is none', async () => {
    const { key } = await person();
    for (const webhookUrl of ['https://example.org/', undefined])
      expect(await world.post(at, { type, name: 'x', webhookUrl }, key)).toMatchObject({
        status: 400,
        body: { code: 'VALIDATION_ERROR', message: expect.stringContaining('webhookUrl') },
      });
  });
});
