import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, startStandalone } from '@tocsin/standalone';
import type { Standalone } from '@tocsin/standalone';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-first-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const start = (port: number): Promise<Standalone> =>
  startStandalone(readSettings({ TOCSIN_PORT: String(port), TOCSIN_DATA_DIR: directory, LOG_LEVEL: 'silent' }));

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
      const authorization = `Bearer ${standalone.firstStart?.generatedApiKey}`;
      expect((await fetch(`${standalone.url}/api/users/current`, { headers: { authorization } })).status).toBe(200);
    } finally {
      await standalone.stop();
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
