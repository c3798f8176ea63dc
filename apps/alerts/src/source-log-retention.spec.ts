import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant, plusMs, sourceLogStream } from '@tocsin/domain';
import type { AlertSourceId } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { createLogger, newUuid, WoundClock } from '@tocsin/platform';
import { SourceLogRetention } from './source-log-retention';

const START = instant(Date.parse('2026-03-02T03:00:00Z'));
const DAY_MS = 86_400_000;
const sourceId = 7 as AlertSourceId;

let directory: string;
let log: EmbeddedLog;
let eventStore: EmbeddedEventStore;
let clock: WoundClock;
let retention: SourceLogRetention;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-'));
  log = await EmbeddedLog.open({ directory, onFailure: (error) => void Promise.reject(error) });
  eventStore = new EmbeddedEventStore(log);
  clock = new WoundClock(START);
  retention = new SourceLogRetention({ eventStore, clock, log: createLogger({ level: 'silent' }) });
});
afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

const streamOn = (day: number): string => sourceLogStream(sourceId, plusMs(START, day * DAY_MS));
const dropOn = async (day: number): Promise<void> => {
  const time = plusMs(START, day * DAY_MS);
  const metadata = { schemaVersion: 1, time, actor: { type: 'source', sourceId }, correlationId: 'c', causationId: 'd' } as const;
  await eventStore.append(streamOn(day), 'any', [{ id: newUuid(), type: 'ToolEventDropped', data: {}, metadata }]);
};
const kept = async (...days: readonly number[]): Promise<readonly number[]> => {
  const found = await Promise.all(days.map(async (day) => ((await eventStore.readLast(streamOn(day))) === undefined ? [] : [day])));
  return found.flat();
};

describe('days of an event log', () => {
  it('are removed once they are older than thirty days, and not before', async () => {
    for (const day of [0, 1, 2]) await dropOn(day);
    await clock.advance('30d');
    await retention.sweep();
    expect(await kept(0, 1, 2)).toEqual([0, 1, 2]);
    await clock.advance('1d');
    await retention.sweep();
    expect(await kept(0, 1, 2)).toEqual([1, 2]);
  });

  it('are removed however long nobody looked, and what came since is found at the next look', async () => {
    for (const day of [0, 1]) await dropOn(day);
    await clock.advance('200d');
    await retention.sweep();
    expect(await kept(0, 1)).toEqual([]);
    await dropOn(200);
    await retention.sweep();
    expect(await kept(200)).toEqual([200]);
    await clock.advance('31d');
    await retention.sweep();
    expect(await kept(200)).toEqual([]);
  });
});
