import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { Background } from './background';

describe('whoever waits until nothing moves', () => {
  let directory: string;
  let log: EmbeddedLog;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tocsin-background-'));
    log = await EmbeddedLog.open({ directory });
  });
  afterEach(async () => {
    await log.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('lets that go on which it waits for, also where all that it asks is known at once', async () => {
    const background = new Background();
    let [lag, asked] = [1, 0];
    background.add('part', {
      start: () => undefined,
      stop: async () => undefined,
      settled: () => true,
      lag: async () => {
        asked += 1;
        // It would go on for ever.
        if (asked > 1_000) throw new Error('nobody else gets a turn');
        return lag;
      },
    });
    setImmediate(() => (lag = 0));
    await background.settle(new EmbeddedEventStore(log));
    expect(lag).toBe(0);
  });
});
