import { oncallServer } from './testing/oncall-server';
import type { Caller, OncallServer } from './testing/oncall-server';

let server: OncallServer;
let ana: Caller;

beforeEach(async () => {
  server = await oncallServer();
  ana = await server.person('ana', 'ADMIN');
});
afterEach(async () => void (await server.stop()));

const linkFor = async (caller: Caller): Promise<string> => {
  const { url } = (await server.call('POST', '/api/sign-in-links', caller)).body;
  return new URL(String(url)).pathname;
};

const keyOf = async (role: string): Promise<Caller> => {
  const { key } = (await server.call('POST', '/api/api-keys', ana, { name: role, role })).body;
  return { id: ana.id, key: String(key) };
};

const newestSession = async () =>
  (await server.call('GET', '/api/api-keys?include=sessions', ana)).body.find(({ name }) => name === 'browser session');

const signedIn = async (link: string): Promise<string> =>
  (await server.call('POST', link, undefined)).headers.get('set-cookie')?.split(';')[0] ?? '';

/** A key without a wish for an end. */
const makesKey = async (cookie: string): Promise<unknown> => {
  const headers = { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/api/api-keys`, { method: 'POST', headers, body: JSON.stringify({ name: 'laptop' }) });
  expect(answer.status).toBe(201);
  return answer.json();
};

describe('a browser that signs in by a link', () => {
  it('may do what the person may who asked for it', async () => {
    expect((await server.call('POST', await linkFor(ana), undefined)).status).toBe(303);
    expect(await newestSession()).toMatchObject({ role: 'ADMIN' });
  });

  it('may do no more than the key that asked for it, whatever its owner may do', async () => {
    expect((await server.call('POST', await linkFor(await keyOf('RESPONDER')), undefined)).status).toBe(303);
    expect(await newestSession()).toMatchObject({ role: 'RESPONDER' });
  });

  it('stays no longer than the key that asked for it, and makes no key that does', async () => {
    const day = 86_400_000;
    const keyFor = async (ms: number) => {
      const expiresAt = new Date(server.clock.now() + ms).toISOString();
      const { key } = (await server.call('POST', '/api/api-keys', ana, { name: 'ends', expiresAt })).body;
      return { expiresAt, link: await linkFor({ id: ana.id, key: String(key) }) };
    };
    const short = await keyFor(60_000);
    await server.call('POST', short.link, undefined);
    expect(await newestSession()).toMatchObject({ expiresAt: short.expiresAt });
    const long = await keyFor(day);
    const made = await makesKey(await signedIn(long.link));
    expect(made).toMatchObject({ expiresAt: long.expiresAt });
  });

  it('makes keys that stay', async () => expect(await makesKey(await signedIn(await linkFor(ana)))).not.toHaveProperty('expiresAt'));

  it.each(['cross-site', 'same-site'])('is not signed in by a page elsewhere: %s', async (site) => {
    const link = await linkFor(ana);
    const post = (from: string) =>
      fetch(`${server.url}${link}`, { method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': from } });
    expect((await post(site)).status).toBe(403);
    expect((await post('same-origin')).status).toBe(303);
  });

  it('signs in once', async () => {
    const link = await linkFor(ana);
    expect((await server.call('POST', link, undefined)).status).toBe(303);
    expect((await server.call('POST', link, undefined)).status).toBe(403);
  });

  it('signs in once when it is sent several times at the same time', async () => {
    const link = await linkFor(ana);
    const answers = await Promise.all([1, 2, 3].map(() => server.call('POST', link, undefined)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 403, 403]);
    expect(server.platform.configuration.list('apikey').filter(({ use }) => use === 'session')).toHaveLength(1);
  });

  it('signs in nobody an hour later', async () => {
    const link = await linkFor(ana);
    await server.clock.advance(3_600_000);
    expect((await server.call('POST', link, undefined)).status).toBe(403);
  });

  it('signs in nobody once the key that asked for it is revoked', async () => {
    const { id, key } = (await server.call('POST', '/api/api-keys', ana, { name: 'lost' })).body;
    const link = await linkFor({ id: ana.id, key: String(key) });
    await server.call('DELETE', `/api/api-keys/${String(id)}`, ana);
    expect((await server.call('POST', link, undefined)).status).toBe(403);
  });

  it('signs in nobody once the key that asked for it has expired', async () => {
    const expiresAt = new Date(server.clock.now() + 60_000).toISOString();
    const { key } = (await server.call('POST', '/api/api-keys', ana, { name: 'short', expiresAt })).body;
    const link = await linkFor({ id: ana.id, key: String(key) });
    await server.clock.advance(60_000);
    expect((await server.call('POST', link, undefined)).status).toBe(403);
  });
});
