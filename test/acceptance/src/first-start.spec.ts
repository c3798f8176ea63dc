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
