import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@tocsin/embedded-log';
import type { EventStore } from '@tocsin/event-store';
import { EmbeddedEventStore } from '@tocsin/event-store/embedded';
import { EmbeddedReadStore } from '../embedded';
import type { ReadStore } from '../read-store';

export interface EmbeddedStores {
  readonly directory: string;
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  close(): Promise<void>;
}

/** The stores of a process that has just been started in a directory of its own. */
export async function embeddedStores(directory = mkdtempSync(join(tmpdir(), 'tocsin-read-models-'))): Promise<EmbeddedStores> {
  const log = await EmbeddedLog.open({ directory });
  const readStore = await EmbeddedReadStore.open({ directory });
  return {
    directory,
    eventStore: new EmbeddedEventStore(log),
    readStore,
    close: async () => {
      await readStore.close();
      await log.close();
    },
  };
}

export const removeDirectory = (directory: string): void => rmSync(directory, { recursive: true, force: true });
