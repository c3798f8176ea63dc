import type { UserId } from '@tocsin/domain';
import { NtfyApp, NtfyServer } from '@tocsin/testing';
import { World } from './world';

const TOKEN = 'tk_of_the_ntfy_server';
const at = '/api/users/current/contacts/push-devices';

let ntfy: NtfyServer;
let world: World;
let phone: NtfyApp;
let key: string;
let source: string;
let topic: string;
let ben: UserId;

beforeEach(async () => {
  ntfy = await NtfyServer.start(TOKEN);
  world = await World.start({}, { NTFY_URL: ntfy.url, NTFY_TOKEN: TOKEN });
  phone = new NtfyApp((url) => world.urlOf(new URL(url).pathname));
  const ana = await world.person('ana', {
    preferences: [
      { type: 'HIGH_PRIORITY', method: 'PUSH', delayMin: 0 },
      { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 10 },
    ],
  });
  key = await world.keyOf(ana);
  ben = await world.person('ben');
  const [first, second] = [ana, ben].map((userId) => ({
    targets: [{ type: 'user' as const, userId }],
    timeoutMin: 30,
  }));
  source = await world.source(await world.policy([first!, second!]));
  await world.settle();
  const added = await world.post<{ topic: string; url: string }>(at, { type: 'NTFY', name: 'Phone' }, key);
  expect(added).toMatchObject({ status: 201, body: { url: `${ntfy.url}/${added.body.topic}` } });
  topic = added.body.topic;
  ntfy.listen(phone, topic);
});
afterEach(async () => {
  await world.stop();
  await ntfy.stop();
});

const raised = async (): Promise<number> => {
  await world.event(source, { summary: 'disk full', alertKey: 'disk' });
  return (await world.alert()).id;
};
const press = async (label: string): Promise<unknown> => {
  const answered = JSON.parse(await phone.press(label)) as { text: string };
  await world.settle();
  return answered.text;
};

describe('a page by ntfy', () => {
  it('rings on the phone and is accepted and resolved by its buttons', async () => {
    const id = await raised();
    expect(ntfy.refused).toEqual([]);
    expect(phone.shown).toMatchObject([{ title: `[#${id}] disk full`, priority: 5 }]);
    expect(phone.shown[0]?.actions?.map(({ label }) => label)).toEqual(['Accept', 'Resolve', 'Escalate']);
    expect(await press('Accept')).toBe('You accepted this alert.');
    expect(await world.alert(id)).toMatchObject({ status: 'ACCEPTED' });
    // Once more is harmless, and what is over is said to be over.
    expect(await press('Accept')).toContain('Already accepted by Ana Tester');
    expect(await press('Resolve')).toBe('You resolved this alert.');
    expect(await press('Accept')).toContain('Already resolved by Ana Tester');
    // The next method was not needed.
    await world.advance('15m');
    expect(world.mailbox('ana').all()).toEqual([]);
  });

  it('is escalated by its button, from where it stood', async () => {
    const id = await raised();
    expect(await press('Escalate')).toBe('The alert is escalated to the next level.');
    expect(world.mailbox('ben').subjects).toEqual([expect.stringContaining('disk full')]);
    // Pressed again it would reach somebody who is paged already (B13).
    expect(await press('Escalate')).toMatch(/already/i);
    expect(await world.alert(id)).toMatchObject({ status: 'PENDING' });
  });

  it('says who came first to whoever answers after somebody else (B5)', async () => {
    const id = await raised();
    const bens = await world.keyOf(ben);
    await world.put(`/api/alerts/${id}/accept`, undefined, bens);
    await world.settle();
    expect(await press('Accept')).toMatch(/^You accepted this alert\. Ben Tester accepted it at /);
    await world.put(`/api/alerts/${id}/resolve`, undefined, bens);
    await world.settle();
    expect(await press('Resolve')).toMatch(/^Already resolved by Ben Tester at /);
    expect(await press('Escalate')).toMatch(/^Already resolved by Ben Tester at /);
    expect(await world.alert(id)).toMatchObject({ status: 'RESOLVED' });
  });

  it('leads by a tap to a page with every answer (B28)', async () => {
    const id = await raised();
    const page = await world.open(phone.shown[0]?.click ?? '');
    const [, accept = ''] = /action="[^"]*(\/answer\/accept\/[^"]+)"/.exec(page) ?? [];
    await world.confirm(accept);
    expect(await world.alert(id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('to a topic that is closed fails with the reason, and the next method is used at once', async () => {
    ntfy.closed.add(topic);
    const id = await raised();
    expect(ntfy.refused).toEqual([{ status: 403, error: 'forbidden' }]);
    expect((await world.timeline(id)).join('\n')).toContain('answered 403');
    expect(world.mailbox('ana').subjects).toEqual([expect.stringContaining('disk full')]);
    // It is the server's word about the topic or about the token, so that the device stays.
    expect((await world.get(at, key)).body).toMatchObject([{ type: 'NTFY', status: 'OK' }]);
  });

  it('is sent again when the server has too much to do', async () => {
    ntfy.answerNext.push(429, 503);
    await raised();
    expect(phone.shown).toEqual([]);
    await world.advance('1m');
    expect(phone.shown).toHaveLength(1);
  });

  it('reaches nobody any more on a device that was removed, and its topic is told to nobody', async () => {
    const { body } = await world.get<{ id: number }[]>(at, key);
    expect(JSON.stringify(body)).not.toContain(topic);
    expect((await world.delete(`${at}/${body[0]?.id}`, key)).status).toBe(204);
    const id = await raised();
    expect(phone.shown).toEqual([]);
    expect(JSON.stringify([await world.timeline(id), (await world.get('/api/audit-log?max-results=100')).body])).not.toContain(topic);
  });
});
