import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock, instant } from '@tocsin/domain';
import type { Instant, Timer } from '@tocsin/domain';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { EmbeddedMessageBus } from '../embedded';
import { Parking } from '../parking';

/** Stands still; nothing in this library waits for business time. */
class StoppedClock extends Clock {
  now(): Instant {
    return instant(1_700_000_000_000);
  }
  at(): Timer {
    throw new Error('nothing here waits for business time');
  }
}

/** The embedded bus and event store in a directory of their own. */
export const onDisk = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-messaging-'));
  const log = await EmbeddedLog.open({ directory });
  const clock = new StoppedClock();
  const bus = new EmbeddedMessageBus(log, { now: () => clock.now() });
  return {
    bus,
    eventStore: new EmbeddedEventStore(log),
    clock,
    parking: new Parking(bus, clock),
    close: async () => {
      await log.close();
      rmSync(directory, { recursive: true });
    },
  };
};

export type OnDisk = Awaited<ReturnType<typeof onDisk>>;
