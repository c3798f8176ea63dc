import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolEvent } from '@tocsin/contracts';
import { DROPPED_RECORDED_PER_HOUR, instant, plusMinutes, sourceLogStream } from '@tocsin/domain';
import type { AlertSourceId, Instant, SourceLogEvent } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EventStoreFault, EventStoreInBetween } from '@tocsin/event-store';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import type { Message } from '@tocsin/messaging';
import { createLogger, newUuid, WoundClock } from '@tocsin/platform';
import { SourceLog } from './source-log';

const START = instant(Date.parse('2026-03-02T03:00:00Z'));
const sourceId = 7 as AlertSourceId;
const stream = sourceLogStream(sourceId, START);

let directory: string;
let log: EmbeddedLog;
let eventStore: EmbeddedEventStore;
let clock: WoundClock;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-'));
  log = await EmbeddedLog.open({ directory, onFailure: (error) => void Promise.reject(error) });
  eventStore = new EmbeddedEventStore(log);
  clock = new WoundClock(START);
});
afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

const replica = (store: EventStore = eventStore): SourceLog => {
  const sourceLog = new SourceLog({ eventStore: store, clock, log: createLogger({ level: 'silent' }) });
  clock.settleWith(async () => {
    while (!sourceLog.settled()) await new Promise((resolve) => setImmediate(resolve));
  });
  return sourceLog;
};
const event = (receivedAt: Instant = clock.now()): ToolEvent => ({
  sourceId,
  sourceRevision: 0,
  integrationType: 'API',
  receivedAt,
  eventType: 'RESOLVE',
  alertKey: 'disk',
});
const message = (): Message<ToolEvent> => ({
  id: newUuid(),
  key: 'k',
  type: 'ToolEvent',
  schemaVersion: 1,
  time: clock.now(),
  correlationId: 'c',
  causationId: 'd',
  data: null,
  topic: 'tool-events',
  epoch: 'e',
  partition: 0,
  offset: 0,
});
const drop = (by: SourceLog, receivedAt?: Instant): Promise<void> => by.record(message(), event(receivedAt), 'no-open-alert');
const onRecord = async (): Promise<{ readonly oneByOne: number; readonly counts: readonly unknown[] }> => {
  const events = (await eventStore.readStream(stream)) as unknown as readonly SourceLogEvent[];
  return {
    oneByOne: events.filter(({ type }) => type === 'ToolEventDropped').length,
    counts: events.flatMap(({ type, data }) => (type === 'ToolEventsDropped' ? [data.counts] : [])),
  };
};

describe('the log of a source that several replicas write', () => {
  it('has a hundred of an hour one by one, whoever had them and however they crossed', async () => {
    const replicas = [replica(), replica()];
    for (let turn = 0; turn < DROPPED_RECORDED_PER_HOUR; turn++) await Promise.all(replicas.map((each) => drop(each)));
    expect(await onRecord()).toEqual({ oneByOne: DROPPED_RECORDED_PER_HOUR, counts: [] });
    await Promise.all(replicas.map((each) => each.stop()));
    const { counts } = await onRecord();
    expect(counts.map((each) => (each as Record<string, number>)['no-open-alert']).reduce((sum = 0, count = 0) => sum + count)).toBe(
      DROPPED_RECORDED_PER_HOUR,
    );
  });
});

describe('what was counted in a full hour', () => {
  const filled = async (by: SourceLog): Promise<void> => {
    for (let index = 0; index < DROPPED_RECORDED_PER_HOUR; index++) await drop(by);
  };

  it('is on record when the hour is over, once', async () => {
    const sourceLog = replica();
    await filled(sourceLog);
    for (let index = 0; index < 12; index++) await drop(sourceLog);
    await sourceLog.record(message(), event(), 'key-required');
    await clock.advance('59m');
    expect((await onRecord()).counts).toEqual([]);
    await clock.advance('2h');
    expect((await onRecord()).counts).toEqual([{ 'no-open-alert': 12, 'key-required': 1 }]);
    await sourceLog.stop();
    expect((await onRecord()).counts).toHaveLength(1);
  });

  it('is told a minute later when its hour was over before it came', async () => {
    const sourceLog = replica();
    await filled(sourceLog);
    await clock.advance('3h');
    for (let index = 0; index < 5; index++) await drop(sourceLog, plusMinutes(START, 30));
    await clock.advance('1m');
    expect(await onRecord()).toEqual({ oneByOne: DROPPED_RECORDED_PER_HOUR, counts: [{ 'no-open-alert': 5 }] });
  });

  it('is kept while the store is away, and told with what came meanwhile', async () => {
    let isAway = false;
    class Away extends EventStoreInBetween {
      override append(to: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
        if (isAway) return Promise.reject(new EventStoreFault('unavailable', true));
        return super.append(to, expected, events);
      }
    }
    const sourceLog = replica(new Away(eventStore));
    await filled(sourceLog);
    await drop(sourceLog);
    isAway = true;
    await clock.advance('1h');
    await drop(sourceLog, START);
    isAway = false;
    await clock.advance('2m');
    expect((await onRecord()).counts).toEqual([{ 'no-open-alert': 2 }]);
  });
});
