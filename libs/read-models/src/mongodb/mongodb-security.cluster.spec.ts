import { inspect } from 'node:util';
import { MongodbServer } from '@tocsin/testing';
import type { CollectionDefinition } from '../read-store';
import { MongodbReadStore } from './mongodb-read-store';

jest.setTimeout(120_000);

const USER = { username: 'tocsin', password: 'a long: p@ssword/%' };
const POSITION = '00000000000000000001';

interface Thing {
  readonly id: number;
}
const THINGS: CollectionDefinition<Thing> = { name: 'things', version: 1, fields: {}, indexes: [], counters: [] };

describe('a MongoDB that wants encryption and a password', () => {
  let server: MongodbServer;
  beforeAll(async () => void (server = await MongodbServer.start({ secure: USER })));
  afterAll(() => server.stop());

  const at = (change: (url: URL) => void): MongodbReadStore => {
    const url = new URL(server.url);
    change(url);
    return new MongodbReadStore({ url: url.href, callDeadlineMs: 5_000 });
  };

  it('is used with both, and the name of its replica set, from the URL', async () => {
    const url = new URL(server.url);
    expect([...url.searchParams.keys()].toSorted()).toEqual(['authSource', 'replicaSet', 'tls', 'tlsCAFile']);
    const store = at(() => undefined);
    await store.declare('things', [THINGS]);
    await store.apply('things', [{ collection: 'things', change: { put: { id: 1 } } }], POSITION);
    expect(await store.get('things', 1)).toEqual({ id: 1 });
    await store.close();
  });

  it.each<[string, (url: URL) => void, RegExp]>([
    ['a wrong password', (url) => (url.password = 'another-password'), /Authentication failed/],
    ['no password', (url) => ((url.username = ''), (url.password = '')), /requires authentication/],
    ['a certificate nobody vouches for', (url) => url.searchParams.delete('tlsCAFile'), /self-signed certificate/],
    ['no encryption', (url) => (url.searchParams.delete('tlsCAFile'), url.searchParams.set('tls', 'false')), /connection .*closed/],
    ['the name of another replica set', (url) => url.searchParams.set('replicaSet', 'other'), /Server selection timed out|setName/],
  ])('cannot be used with %s, which is said in time and without the password', async (_, change, why) => {
    const store = at(change);
    const error: unknown = await store.declare('things', [THINGS]).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ name: 'ReadStoreFault', retriable: true });
    const said = inspect(error, { depth: 10 });
    expect(said).toMatch(why);
    for (const secret of [USER.password, encodeURIComponent(USER.password), 'another-password']) expect(said).not.toContain(secret);
    await store.close();
  });
});
