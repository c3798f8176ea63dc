import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { EventStoreDBClient } from '@eventstore/db-client';
import { event, newStream, readIds } from './under-test.contract';

const root = resolve(__dirname, '../../../..');
const directory = mkdtempSync(join(tmpdir(), 'tocsin-eventstoredb-main-'));
const processes = new Set<ChildProcess>();

/** As `npm run servers` starts it. */
async function start(): Promise<{ child: ChildProcess; url: string; lines: readonly string[] }> {
  const main = join(root, 'libs/testing/dist/eventstoredb/main.js');
  const child = spawn(process.execPath, ['--no-warnings', main, '--directory', directory, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.add(child);
  child.once('exit', () => processes.delete(child));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    lines.push(line);
    const [, url] = /^eventstoredb ready (.+)$/.exec(line) ?? [];
    if (url !== undefined) return { child, url, lines };
  }
  throw new Error('it ended before it was ready');
}

beforeAll(() => {
  const built = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'libs/testing'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(built.stdout).toBe('');
}, 300_000);
afterAll(() => {
  for (const child of processes) child.kill('SIGKILL');
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
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await client.dispose();

    const second = await start();
    const again = EventStoreDBClient.connectionString(second.url);
    expect(await readIds(again.readStream(stream))).toEqual([given.id]);
    second.child.kill('SIGTERM');
    const [code] = (await once(second.child, 'exit')) as [number];
    expect(code).toBe(0);
    await again.dispose();
  });
});
