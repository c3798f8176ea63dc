import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@tocsin/embedded-log';
import { EmbeddedEventStore } from './embedded';
import { eventStoreContract } from './event-store.contract';
import { EventStoreInBetween } from './event-store-in-between';

eventStoreContract('behind another one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-event-store-'));
  let log = await EmbeddedLog.open({ directory });
  return {
    store: new EventStoreInBetween(new EmbeddedEventStore(log)),
    reopen: async () => {
      await log.close();
      log = await EmbeddedLog.open({ directory });
      return new EventStoreInBetween(new EmbeddedEventStore(log));
    },
    close: async () => {
      await log.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});
