import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CommitFaults } from './commit-faults';
import { EmbeddedLog } from './embedded-log';
import type { EmbeddedLogOptions } from './embedded-log';
import { DataDirectoryRefused } from './log-fault';
import type { EventToAppend } from './protocol';

const directories: string[] = [];
const logs: EmbeddedLog[] = [];
let ids = 0;

const newDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-embedded-log-'));
  directories.push(directory);
  return directory;
};
const open = async (options: Partial<EmbeddedLogOptions> = {}): Promise<EmbeddedLog> => {
  const log = await EmbeddedLog.open({ directory: newDirectory(), deadlineMs: 2_000, ...options });
  logs.push(log);
  return log;
};
const event = (data = '{}'): EventToAppend => ({ id: `event-${++ids}`, type: 'T', data, metadata: '{}' });
const everyStream = new Set<string>();

/** Another process that takes the lock as the log does, says so, and holds it until it is killed. */
async function holdInAnotherProcess(directory: string): Promise<{ kill(): Promise<void> }> {
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    const lock = new DatabaseSync(process.argv[1]);
    lock.exec('BEGIN EXCLUSIVE');
    console.log('held');
    setInterval(() => lock, 1000);`;
  const child = spawn(process.execPath, ['-e', script, join(directory, 'lock.db')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}

afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

describe('the data directory', () => {
  it('is refused in one line while another process has it, and free as soon as that one is killed', async () => {
    const directory = newDirectory();
    const other = await holdInAnotherProcess(directory);
    const refused = await open({ directory }).catch((error: unknown) => error);
    await other.kill();
    expect(refused).toBeInstanceOf(DataDirectoryRefused);
    expect(refused).toMatchObject({ message: `data directory ${directory} is in use by another tocsin process` });
    await (await open({ directory })).events.append('alert-1', 'no_stream', [event()]);
  });

  it('is refused in one line when a newer version has written it, and left as it was', async () => {
    const directory = newDirectory();
    await (await open({ directory })).close();
    const file = new DatabaseSync(join(directory, 'log.db'));
    file.exec(`UPDATE about SET value = 99 WHERE name = 'schema'`);
    file.close();
    const refused = open({ directory });
    await expect(refused).rejects.toBeInstanceOf(DataDirectoryRefused);
    await expect(refused).rejects.toThrow(
      /^log\.db has schema 99, this version of tocsin knows schema \d+: start the newer version again$/,
    );
  });

  it('is refused when log.db is something else', async () => {
    const directory = newDirectory();
    const file = new DatabaseSync(join(directory, 'log.db'));
    file.exec('CREATE TABLE invoices (id INTEGER)');
    file.close();
    await expect(open({ directory })).rejects.toThrow('log.db is not an event log of tocsin');
  });

  it('is free again after a log that could not be opened', async () => {
    const directory = newDirectory();
    const file = new DatabaseSync(join(directory, 'log.db'));
    file.exec('CREATE TABLE invoices (id INTEGER)');
    file.close();
    await open({ directory }).catch(() => undefined);
    rmSync(join(directory, 'log.db'));
    await open({ directory });
  });
});

describe('the writer', () => {
  it('waits for the disk at every commit: synchronous is FULL (P1)', async () => {
    const FULL = 2;
    expect(await (await open()).synchronous()).toBe(FULL);
  });

  it('gives each request of a shared commit its own outcome', async () => {
    const log = await open();
    await log.events.append('alert-1', 'no_stream', [event()]);
    const outcomes = await Promise.all([
      log.events.append('alert-1', 0, [event()]),
      log.events.append('alert-1', 0, [event()]),
      log.events.append('alert-2', 5, [event()]),
      log.events.append('alert-3', 'no_stream', [event(), event()]),
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'appended', revision: 1 },
      { kind: 'conflict', actual: 1 },
      { kind: 'conflict', actual: 'no_stream' },
      { kind: 'appended', revision: 1 },
    ]);
    expect(log.events.readPage(0, everyStream, 100).events).toHaveLength(4);
  });
});

describe('a commit that stalls', () => {
  it('is answered with no success, and stays unseen until it is through (P1)', async () => {
    const faults = new CommitFaults();
    const log = await open({ faults });
    faults.set('stall');
    const append = log.events.append('alert-1', 'no_stream', [event()]);
    await expect(append).rejects.toMatchObject({ name: 'LogFault', reason: 'timeout', retriable: true });
    expect(log.events.readStreamPage('alert-1', 0, 10).events).toHaveLength(0);
    expect(log.events.head).toBe(0);
    faults.set('none');
    await log.synchronous();
    // What was committed late has happened all the same, and followers at the head must not miss it.
    expect(log.events.readPage(0, everyStream, 10).events).toHaveLength(1);
    expect(log.events.head).toBe(1);
  });

  it('counts a deletion when it begins, and again when it is through, however late', async () => {
    const faults = new CommitFaults();
    const log = await open({ faults });
    await log.events.append('alert-1', 'no_stream', [event()]);
    faults.set('stall');
    const before = log.events.deletions;
    const deleting = log.events.deleteStream('alert-1', 'any');
    const meanwhile = log.events.deletions;
    await expect(deleting).rejects.toMatchObject({ reason: 'timeout' });
    expect([meanwhile > before, log.events.deletions]).toEqual([true, meanwhile]);
    faults.set('none');
    await log.synchronous();
    expect(log.events.deletions).toBeGreaterThan(meanwhile);
  });

  it('bounds what waits behind it', async () => {
    const faults = new CommitFaults();
    const log = await open({ faults, queueLimits: { requests: 3, bytes: 10_000 } });
    faults.set('stall');
    const waiting = [1, 2, 3].map((n) => log.events.append(`alert-${n}`, 'any', [event()]));
    await expect(log.events.append('alert-4', 'any', [event()])).rejects.toMatchObject({ reason: 'full', retriable: true });
    faults.set('none');
    await Promise.all(waiting);
    await expect(log.events.append('alert-5', 'any', [event('x'.repeat(10_000))])).rejects.toMatchObject({
      reason: 'full',
      retriable: false,
    });
    await log.events.append('alert-6', 'any', [event()]);
  });

  it('does not keep the log from being closed', async () => {
    const faults = new CommitFaults();
    const log = await open({ faults });
    faults.set('stall');
    const append = log.events.append('alert-1', 'any', [event()]).catch((error: unknown) => error);
    await log.close();
    expect(await append).toMatchObject({ name: 'LogFault' });
  });
});

describe('a commit that fails', () => {
  it('takes all its requests with it, and the next one is a fresh start (P1)', async () => {
    const faults = new CommitFaults();
    const log = await open({ faults });
    await log.messages.declare([{ name: 'things', epoch: 'e', compacted: false, retentionDays: 7 }]);
    faults.set('disk-full');
    const outcomes = await Promise.allSettled([
      log.events.append('alert-1', 'any', [event()]),
      log.messages.publish('things', 0, [{ key: null, body: '{}' }]),
      log.events.saveCheckpoint('relay', '7'),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: { reason: 'full', retriable: true } });
    faults.set('none');
    expect(await log.events.append('alert-1', 'no_stream', [event()])).toMatchObject({ kind: 'appended', position: 1 });
    expect(await log.messages.publish('things', 0, [{ key: null, body: '{}' }])).toEqual({ kind: 'published', firstOffset: 0 });
    expect(log.events.loadCheckpoint('relay')).toBeUndefined();
  });

  it('keeps the offsets of groups for the next one', async () => {
    const faults = new CommitFaults();
    const log = await open({ faults });
    await log.messages.declare([{ name: 'things', epoch: 'e', compacted: false, retentionDays: 7 }]);
    faults.set('disk-full');
    log.messages.commitOffset('things', 'g', 4);
    await log.events.append('alert-1', 'any', [event()]).catch(() => undefined);
    expect(log.messages.committedOffset('things', 'g')).toBe(0);
    faults.set('none');
    await log.events.append('alert-1', 'any', [event()]);
    expect(log.messages.committedOffset('things', 'g')).toBe(4);
  });
});

describe('a writer that cannot go on', () => {
  it.each(['io-error', 'crash'] as const)('after %s answers nothing with success any more and says so once', async (fault) => {
    const faults = new CommitFaults();
    const failures: Error[] = [];
    const log = await open({ faults, onFailure: (error) => failures.push(error) });
    faults.set(fault);
    const during = await Promise.allSettled([
      log.events.append('alert-1', 'any', [event()]),
      log.events.append('alert-2', 'any', [event()]),
    ]);
    faults.set('none');
    const after = await Promise.allSettled([log.events.append('alert-3', 'any', [event()])]);
    for (const outcome of [...during, ...after]) expect(outcome).toMatchObject({ status: 'rejected', reason: { reason: 'unavailable' } });
    expect(failures).toHaveLength(1);
  });
});

describe('a disk without room', () => {
  it('is said as soon as a commit found none, and no longer when there is room again, though nobody else writes', async () => {
    const faults = new CommitFaults();
    const log = await open({ faults });
    expect(await log.waitsForRoom()).toBeUndefined();
    faults.set('disk-full');
    await expect(log.events.append('alert-1', 'any', [event()])).rejects.toMatchObject({ reason: 'full' });
    expect(await log.waitsForRoom()).toBe('room on the disk: it is full');
    expect(await log.waitsForRoom()).toBe('room on the disk: it is full');
    faults.set('none');
    expect(await log.waitsForRoom()).toBeUndefined();
    expect(log.events.readPage(0, everyStream, 10).events).toEqual([]);
  });

  it('is said before it is full', async () => {
    let freeBytes = 5_500_000;
    const log = await open({ freeBytes: async () => freeBytes });
    expect(await log.waitsForRoom()).toBe('room on the disk: 5 MiB are left, 16 are needed');
    freeBytes = 20_000_000;
    expect(await log.waitsForRoom()).toBeUndefined();
  });
});

describe('a log that was closed', () => {
  it('has first answered what it had taken, then takes nothing', async () => {
    const directory = newDirectory();
    const log = await open({ directory });
    const taken = [1, 2, 3].map((n) => log.events.append(`alert-${n}`, 'any', [event()]));
    log.messages.commitOffset('none', 'g', 1);
    await log.close();
    await Promise.all(taken);
    await expect(log.events.append('alert-4', 'any', [event()])).rejects.toMatchObject({ reason: 'closed', retriable: false });
    expect((await open({ directory })).events.readPage(0, everyStream, 10).events).toHaveLength(3);
  });
});

describe('a directory whose log was closed', () => {
  it('has everything in log.db itself, so that a copy of that file is a copy of the log', async () => {
    const directory = newDirectory();
    const log = await open({ directory });
    await log.events.append('alert-1', 'any', [event()]);
    await log.close();
    expect(readdirSync(directory).filter((name) => name.startsWith('log.db'))).toEqual(['log.db']);
  });
});

describe('a log that has forgotten what is recent', () => {
  it('gives the same from the disk, and what comes after it from memory', async () => {
    const log = await open();
    await log.messages.declare([{ name: 'things', epoch: 'e', compacted: false, retentionDays: 7 }]);
    const everything = () => ({
      stream: log.events.readStreamPage('alert-1', 0, 10).events.map(({ id }) => id),
      last: log.events.readLast('alert-1')?.id,
      log: log.events.readPage(0, everyStream, 10).events.map(({ id }) => id),
      newest: log.events.readPage(1, everyStream, 10).events.map(({ id }) => id),
      messages: log.messages.readPage('things', 0).messages.map(({ body }) => body),
    });
    for (const n of [1, 2]) {
      await log.events.append('alert-1', 'any', [event(), event()]);
      await log.messages.publish('things', 0, [{ key: null, body: `"${n}"` }]);
      const before = everything();
      log.forgetRecent();
      expect(everything()).toEqual(before);
      expect(before.log).toHaveLength(2 * n);
    }
  });
});

describe('a backup', () => {
  it('made while appends go on is a log of its own, up to one moment', async () => {
    const log = await open();
    let writing = true;
    const writer = async (stream: string): Promise<void> => {
      for (let revision = -1; writing; revision++) await log.events.append(stream, revision < 0 ? 'no_stream' : revision, [event('"x"')]);
    };
    const writers = [1, 2, 3].map((n) => writer(`alert-${n}`));
    await log.events.append('user-1', 'no_stream', [event()]);
    const answered = log.events.head;
    const target = newDirectory();
    await log.backup(join(target, 'log.db'));
    writing = false;
    await Promise.all(writers);
    expect(readdirSync(target)).toEqual(['log.db']);
    const copy = await open({ directory: target });
    expect(copy.events.head).toBeGreaterThanOrEqual(answered);
    for (const stream of ['alert-1', 'alert-2', 'alert-3']) {
      const { events } = copy.events.readStreamPage(stream, 0, 500);
      expect(events.map(({ revision }) => revision)).toEqual(events.map((_, revision) => revision));
    }
    expect(copy.events.readLast('user-1')?.revision).toBe(0);
  });
});
