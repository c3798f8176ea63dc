import { createHash } from 'node:crypto';
import type { EventStore, Position } from '@tocsin/event-store';
import { eventsToFile } from './events-to-file';
import { lineOf, LogFileText, writeLogFile } from './log-file';
import type { FiledMessage, LogFileCounts } from './log-file';

export interface ExportOptions {
  readonly eventStore: EventStore;
  /** Messages that are nowhere but on the bus, and not handled; asked for after the events were read. */
  readonly messages: () => AsyncIterable<FiledMessage> | Iterable<FiledMessage>;
  /** Appears when it is complete. */
  readonly file: string;
  readonly madeAt: string;
  readonly secretKeys: readonly string[];
  readonly onProgress?: (doing: 'writing' | 'comparing', events: number) => void;
}

/** The log loses streams while it is read: retention and erasures take a few minutes each, and seldom run. */
export class LogChangedMeanwhile extends Error {
  constructor() {
    super('streams were removed from the log while it was read, several times: try again in some minutes');
    this.name = 'LogChangedMeanwhile';
  }
}

const TRIES = 3;

/**
 * Writes what the store has when it begins. A stream that is removed meanwhile would be in the file with its first half only,
 * an alert without its end for instance; so the log is read twice, and what was written counts when both times were equal.
 * @throws EventStoreFault, LogChangedMeanwhile, or what the file system says
 */
export async function exportLog(options: ExportOptions): Promise<LogFileCounts> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const upTo = await options.eventStore.head();
    const text = new LogFileText({ madeAt: options.madeAt, secretKeys: options.secretKeys });
    try {
      await writeLogFile(options.file, linesOf(options, upTo, text));
      return text.counts;
    } catch (error) {
      if (!(error instanceof Removed)) throw error;
    }
  }
  throw new LogChangedMeanwhile();
}

class Removed extends Error {}

async function* linesOf(options: ExportOptions, upTo: Position, text: LogFileText): AsyncGenerator<string, void, undefined> {
  const { eventStore, onProgress } = options;
  const written = createHash('sha256');
  yield text.first();
  for await (const events of eventsToFile(eventStore, upTo)) {
    const lines = events.map((event) => text.event(event)).join('');
    written.update(lines);
    yield lines;
    onProgress?.('writing', text.counts.events);
  }
  for await (const message of options.messages()) yield text.message(message);
  const again = createHash('sha256');
  let compared = 0;
  for await (const events of eventsToFile(eventStore, upTo)) {
    again.update(events.map((event) => lineOf({ event })).join(''));
    onProgress?.('comparing', (compared += events.length));
  }
  if (again.digest('hex') !== written.digest('hex')) throw new Removed();
  yield text.last();
}
