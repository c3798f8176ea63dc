import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant, plusMs } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { PARKED_TOPIC, ParkedMessages, Parking } from '@tocsin/messaging';
import type { Message, Relay } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { WoundClock } from '../clock/wound-clock';
import { newUuid } from '../ids';
import { createLogger } from '../logging';
import { MeasuredEventStore } from '../measured-event-store';
import { Metrics } from '../metrics';
import { measureTimers } from '../timer-metrics';
import { countOutcomes, measureRelay } from './message-metrics';
import { measureParked, ParkedCount } from './parked-count';

const NOW = instant(Date.parse('2026-03-02T03:00:00Z'));

let directory: string;
let log: EmbeddedLog;
let metrics: Metrics;
let clock: WoundClock;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-'));
  log = await EmbeddedLog.open({ directory, onFailure: (error) => void Promise.reject(error) });
  metrics = new Metrics();
  clock = new WoundClock(NOW);
});
afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true, force: true });
});

const shown = async (name: string): Promise<readonly string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
const message: Message = {
  id: 'b8b7b0c4-0a55-4a5c-9d0e-6a3f2f0d3a11',
  topic: 'resolutions',
  epoch: 'e',
  partition: 0,
  offset: 0,
  key: 'alert-1',
  type: 'LevelResolved',
  schemaVersion: 1,
  time: NOW,
  correlationId: 'c',
  causationId: 'd',
  data: {},
};
const event = (time = NOW) => ({
  id: newUuid(),
  type: 'AlertRaised',
  data: {},
  metadata: { schemaVersion: 1, time, actor: { type: 'system', part: 'spec' }, correlationId: 'c', causationId: 'd' } as const,
});

describe('what is measured of messages', () => {
  it('is what became of each try', async () => {
    countOutcomes(metrics)({ message, group: 'alerts', tries: 4, durationMs: 1, outcome: 'parked', error: new Error('bug') });
    expect(await shown('tocsin_messages_total')).toEqual(['tocsin_messages_total{topic="resolutions",group="alerts",outcome="parked"} 1']);
  });

  it('is how many are parked now, by the topic they came from and the group that gave them up', async () => {
    const bus = new EmbeddedMessageBus(log);
    await bus.declare([PARKED_TOPIC, { name: 'resolutions', compacted: false, retentionDays: 7 }]);
    const count = new ParkedCount(bus, () => 0, createLogger({ level: 'silent' }));
    measureParked(metrics, () => count);
    expect(await shown('tocsin_parked_messages')).toEqual([]);
    count.start();
    const parking = new Parking(bus, clock);
    await parking.park(message, 'alerts', new Error('bug'));
    await parking.park({ ...message, offset: 1 }, 'alerts', new Error('bug'));
    await parking.park(message, 'archive', new Error('bug'));
    await count.upToDate(5_000);
    expect(await shown('tocsin_parked_messages')).toEqual([
      'tocsin_parked_messages{topic="resolutions",group="alerts"} 2',
      'tocsin_parked_messages{topic="resolutions",group="archive"} 1',
    ]);
    const parked = new ParkedMessages(bus, clock);
    for (const each of await parked.list()) await parked.discard(each);
    await count.upToDate(5_000);
    expect(await shown('tocsin_parked_messages')).toEqual([]);
    await parking.park(message, 'alerts', new Error('bug'));
    await count.upToDate(5_000);
    // Another replica counts them now: two that do would show twice as many.
    await count.stop();
    expect(await shown('tocsin_parked_messages')).toEqual([]);
  });
});

describe('what is measured of the relay', () => {
  it('is the age of the oldest fact that is not on the bus, and nothing where no relay runs', async () => {
    const eventStore = new EmbeddedEventStore(log);
    const { position } = await eventStore.append('alert-1', 'no_stream', [event()]);
    const here: { relay?: Pick<Relay, 'position'> } = {};
    measureRelay(metrics, clock, eventStore, () => here.relay as Relay | undefined);
    expect(await shown('tocsin_relay_lag_seconds')).toEqual([]);
    here.relay = { position: () => position };
    expect(await shown('tocsin_relay_lag_seconds')).toEqual(['tocsin_relay_lag_seconds 0']);
    await eventStore.append('alert-1', 0, [event()]);
    await clock.advance('3s');
    expect(await shown('tocsin_relay_lag_seconds')).toEqual(['tocsin_relay_lag_seconds 3']);
  });
});

describe('what is measured of the log and the timers', () => {
  it('is how long appends take, by their outcome', async () => {
    const store = new MeasuredEventStore(new EmbeddedEventStore(log), metrics);
    await store.append('alert-1', 'no_stream', [event()]);
    await expect(store.append('alert-1', 'no_stream', [event()])).rejects.toThrow('expected revision');
    const counts = await shown('tocsin_event_store_append_duration_seconds_count');
    expect(counts).toEqual([expect.stringContaining('outcome="appended"} 1'), expect.stringContaining('outcome="conflict"} 1')]);
  });

  it('changes nothing of what it is measured at: a deletion at another revision is refused', async () => {
    const store = new MeasuredEventStore(new EmbeddedEventStore(log), metrics);
    await store.append('alert-1', 'no_stream', [event()]);
    await expect(store.deleteStream('alert-1', 7)).rejects.toThrow('expected revision');
    await store.deleteStream('alert-1', 0);
    expect(await store.readStream('alert-1')).toEqual([]);
  });

  it('is how late the earliest due time is, for each that has timers', async () => {
    measureTimers(metrics, clock, 'alerts')({ oldestDue: () => plusMs(NOW, -2_000) });
    const measured = measureTimers(metrics, clock, 'escalation');
    measured({ oldestDue: () => plusMs(NOW, -9_000) });
    measured({ oldestDue: () => plusMs(NOW, 60_000) });
    expect(await shown('tocsin_timer_lateness_seconds')).toEqual([
      'tocsin_timer_lateness_seconds{timers="alerts"} 2',
      'tocsin_timer_lateness_seconds{timers="escalation"} 0',
    ]);
  });
});
