import { createECDH } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { SecretBox, WoundClock } from '@tocsin/platform';
import { NIGHT } from '../testing/notifications-server';
import { VapidKeys } from './vapid-keys';

const secrets = new SecretBox(['0123456789abcdef0123456789abcdef']);
let directory: string;
let log: EmbeddedLog;
let eventStore: EmbeddedEventStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-vapid-'));
  log = await EmbeddedLog.open({
    directory,
    onFailure: (error) => {
      throw error;
    },
  });
  eventStore = new EmbeddedEventStore(log);
});
afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true, force: true });
});
const replica = (): VapidKeys => new VapidKeys({ eventStore, secrets, clock: new WoundClock(NIGHT) });

describe('the keys for push', () => {
  it('are made once, also when all replicas need them at the same moment', async () => {
    const pairs = await Promise.all(Array.from({ length: 5 }, () => replica().pair()));
    expect(new Set(pairs.map(({ publicKey, privateKey }) => `${publicKey} ${privateKey}`)).size).toBe(1);
    expect(await eventStore.readStream('vapidkeys-1')).toHaveLength(1);
    expect(await replica().pair()).toEqual(pairs[0]);
  });

  it('belong together, and are stored encrypted', async () => {
    const { publicKey, privateKey } = await replica().pair();
    const keys = createECDH('prime256v1');
    keys.setPrivateKey(Buffer.from(privateKey, 'base64url'));
    expect(keys.getPublicKey('base64url')).toBe(publicKey);
    expect(JSON.stringify(await eventStore.readStream('vapidkeys-1'))).not.toContain(privateKey);
  });

  it('whose private one begins with zeros are as long as all others', async () => {
    const short = createECDH('prime256v1');
    const withZeros = () => {
      do short.generateKeys();
      while (short.getPrivateKey().length === 32 && short.getPrivateKey()[0] !== 0);
      return Object.assign(Object.create(short) as typeof short, {
        generateKeys: (encoding: 'base64url') => short.getPublicKey(encoding),
        getPrivateKey: () => short.getPrivateKey(),
      });
    };
    const { privateKey } = await new VapidKeys({ eventStore, secrets, clock: new WoundClock(NIGHT) }, withZeros).pair();
    expect(Buffer.from(privateKey, 'base64url')).toHaveLength(32);
  });

  it('are asked for again after the event store was away', async () => {
    let away = true;
    const flaky = new Proxy(eventStore, {
      get: (target, name) =>
        name === 'readStream' && away ? () => Promise.reject(new Error('away')) : (Reflect.get(target, name) as () => unknown).bind(target),
    });
    const keys = new VapidKeys({ eventStore: flaky, secrets, clock: new WoundClock(NIGHT) });
    await expect(keys.pair()).rejects.toThrow('away');
    away = false;
    expect((await keys.pair()).publicKey).toMatch(/^[\w-]{87}$/);
  });
});
