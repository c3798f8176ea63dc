import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { EventStoreDbProcess } from './eventstoredb-process';
import { event, newStream, readIds } from './under-test.contract';

const root = resolve(__dirname, '../../../..');
const main = join(root, 'libs/testing/dist/eventstoredb/main.js');
const directory = mkdtempSync(join(tmpdir(), 'tocsin-eventstoredb-main-'));
const started: EventStoreDbProcess[] = [];

async function start(): Promise<EventStoreDbProcess> {
  const process = await EventStoreDbProcess.start(main, directory);
  started.push(process);
  return process;
}

beforeAll(() => {
  const compiler = join(root, 'node_modules/typescript-7/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-b', 'libs/testing'], { cwd: root, stdio: 'inherit' });
  expect(status).toBe(0);
}, 300_000);
afterAll(async () => {
  for (const process of started) await process.kill();
  rmSync(directory, { recursive: true, force: true });
});

describe('the test server of EventStoreDB as a program', () => {
  it('says what it is, keeps its events over kill -9, and ends on SIGTERM', async () => {
    const stream = newStream();
    const given = event();
    const first = await start();
    expect(first.lines[0]).toContain('a test server');
    const client = EventStoreDBClient.connectionString(first.url);
    await client.appendToStream(stream, given);
    await first.kill();
    await client.dispose();

    const second = await start();
    const again = EventStoreDBClient.connectionString(second.url);
    expect(await readIds(again.readStream(stream))).toEqual([given.id]);
    expect(await second.stop()).toBe(0);
    await again.dispose();
  });

  it('serves one directory once', async () => {
    const only = await start();
    await expect(EventStoreDbProcess.start(main, directory)).rejects.toThrow('did not start');
    await only.stop();
  });
});
