import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirectoryRefused } from '@tocsin/embedded-log';
import type { EventStore } from '@tocsin/event-store';
import { readSettings, startStandalone } from '@tocsin/standalone';
import type { Standalone, StandaloneParts } from '@tocsin/standalone';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-first-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const start = (port: number, parts: StandaloneParts = {}): Promise<Standalone> =>
  startStandalone(readSettings({ TOCSIN_PORT: String(port), TOCSIN_DATA_DIR: directory, LOG_LEVEL: 'silent' }), parts);

const statusWith = async ({ url }: Standalone, key: string | undefined): Promise<number> =>
  (await fetch(`${url}/api/users/current`, { headers: { authorization: `Bearer ${key}` } })).status;

/** Before something is appended to one stream. */
const before =
  (stream: string, happens: () => Promise<void>) =>
  (store: EventStore): EventStore =>
    new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const call = value.bind(target) as (...args: readonly unknown[]) => unknown;
        return (...args: readonly unknown[]) =>
          name === 'append' && args[0] === stream ? happens().then(() => call(...args)) : call(...args);
      },
    });

/** Appends to one stream fail as if the process had ended there. */
const endingAt = (stream: string) => before(stream, () => Promise.reject(new Error(`ended at ${stream}`)));

describe('a first start on a port that somebody else has', () => {
  it('fails, and the next one says the key that it could not say', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    try {
      await expect(start((other.address() as AddressInfo).port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    } finally {
      other.close();
    }
    const standalone = await start(0);
    try {
      expect(await statusWith(standalone, standalone.firstStart?.generatedApiKey)).toBe(200);
    } finally {
      await standalone.stop();
    }
  });
});

describe('a first start', () => {
  it('is not ready before its key works', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const seen: unknown[] = [];
    const readiness = async (): Promise<void> => {
      const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
      seen.push(response.status, ((await response.json()) as { message?: string }).message);
    };
    const standalone = await start(port, { around: { eventStore: before('apikey-1', readiness) } });
    try {
      expect(seen).toEqual([503, expect.stringContaining('bootstrap')]);
      expect((await fetch(`${standalone.url}/health/ready`)).status).toBe(200);
    } finally {
      await standalone.stop();
    }
  });
});

describe('a first start that ended half-way', () => {
  it.each(['user-1', 'policy-1', 'source-1', 'apikey-1'])(
    'at %s leaves nothing open and is completed by the next, with a key that is told and works',
    async (stream) => {
      const told: (string | undefined)[] = [];
      const onFirstStart: StandaloneParts['onFirstStart'] = ({ generatedApiKey }) => void told.push(generatedApiKey);
      await expect(start(0, { onFirstStart, around: { eventStore: endingAt(stream) } })).rejects.toThrow(`ended at ${stream}`);
      const standalone = await start(0, { onFirstStart });
      try {
        expect(await statusWith(standalone, told.at(-1))).toBe(200);
      } finally {
        await standalone.stop();
      }
      const again = await start(0, { onFirstStart });
      await again.stop();
      expect(told).toHaveLength(stream === 'apikey-1' ? 2 : 1);
    },
  );
});

describe('the key of the first start', () => {
  it('stays revoked', async () => {
    const first = await start(0);
    const key = first.firstStart?.generatedApiKey;
    const revoking = { requestId: 'revoke', actor: { type: 'system', part: 'test' } } as const;
    await first.platform.configurationStore.remove('apikey', 1, () => undefined, revoking);
    await first.stop();
    const again = await start(0);
    try {
      expect(again.firstStart).toBeUndefined();
      expect(await statusWith(again, key)).toBe(403);
    } finally {
      await again.stop();
    }
  });
});

describe('settings that cannot be meant', () => {
  it('are all named at once, and no secret is quoted', () => {
    const wrong = {
      TOCSIN_PORT: 'abc',
      TOCSIN_PROFILE: 'cloud',
      TOCSIN_PUBLIC_URL: 'ftp://x',
      MAIL_FROM: 'Tocsin',
      SMTP_URL: 'mail-password@host',
      TOCSIN_SECRET_KEY: 'too short',
      TOCSIN_BOOTSTRAP_EMAIL: 'admin',
      LOG_LEVEL: 'loud',
    };
    let said = '';
    try {
      readSettings(wrong);
    } catch (error) {
      said = String(error);
    }
    for (const name of Object.keys(wrong)) expect(said).toMatch(new RegExp(`^  ${name}: `, 'm'));
    expect(said).not.toMatch(/mail-password|too short/);
  });

  it.each(['tocsin@example.org', 'Tocsin <tocsin@example.org>'])('are not found in the sender %s', (MAIL_FROM) => {
    expect(readSettings({ MAIL_FROM }).mailFrom).toBe(MAIL_FROM);
  });
});

describe('a data directory whose log.db was removed', () => {
  it('is refused, instead of beginning anew without anybody whom it paged', async () => {
    await (await start(0)).stop();
    await rm(join(directory, 'log.db'));
    await expect(start(0)).rejects.toThrow('has lost its log.db');
  });
});

describe('a data directory whose secret.key was removed', () => {
  const KEY = 'a-secret-key-for-tests-that-is-long-enough';
  const startWith = (TOCSIN_SECRET_KEY: string): Promise<Standalone> =>
    startStandalone(readSettings({ TOCSIN_PORT: '0', TOCSIN_DATA_DIR: directory, TOCSIN_SECRET_KEY, LOG_LEVEL: 'silent' }));

  it('is refused in one line with both ways out, and no other key is made', async () => {
    await (await start(0)).stop();
    const key = await readFile(join(directory, 'secret.key'), 'utf8');
    await rm(join(directory, 'secret.key'));
    const refused: unknown = await start(0).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DataDirectoryRefused);
    expect(String(refused)).toMatch(/^.* has no secret\.key, .*put it back from a backup, or set TOCSIN_SECRET_KEY.*$/);
    expect(await readdir(directory)).not.toContain('secret.key');
    await (await startWith(key.trim())).stop();
    await writeFile(join(directory, 'secret.key'), key);
    await (await start(0)).stop();
  });

  it('is refused also when its key stood in the settings and stands there no more', async () => {
    await (await startWith(KEY)).stop();
    await expect(start(0)).rejects.toThrow('has no secret.key');
  });
});

describe('a first start that ended before log.db was there', () => {
  it('left its key, and the next one goes on with it', async () => {
    // Where the lock has to be is something else: no log is opened.
    await mkdir(join(directory, 'lock.db'));
    await expect(start(0)).rejects.toThrow('cannot be used');
    expect(await readdir(directory)).not.toContain('log.db');
    const key = await readFile(join(directory, 'secret.key'), 'utf8');
    await rmdir(join(directory, 'lock.db'));
    await (await start(0)).stop();
    expect(await readFile(join(directory, 'secret.key'), 'utf8')).toBe(key);
  });
});
