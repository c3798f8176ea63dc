import { RELAY, topics } from '@tocsin/contracts';
import { START, WrongExpectedRevision } from '@tocsin/event-store';
import type { EventStore, NewEvent, Position, StoredEvent } from '@tocsin/event-store';
import { CONFIGURATION_TOPIC, MESSAGES_KEPT_DAYS, topicDefinitions } from '@tocsin/messaging';
import type { MessageBus } from '@tocsin/messaging';
import { check, readLogFile } from './log-file';
import type { FiledEvent, FiledMessage, LogFileContents, LogFileCounts } from './log-file';

export interface ImportProgress {
  readonly doing: 'checking the file' | 'importing' | 'comparing';
  readonly events: number;
  /** Unknown while the file is checked. */
  readonly of?: number;
}

export interface ImportOptions {
  readonly file: string;
  /** Nothing else may write to it, or have written. */
  readonly eventStore: EventStore;
  /** Its topics must never have been used. */
  readonly bus: MessageBus;
  /** Asked when the file is known to be whole, before anything is written. @throws ImportRefused */
  readonly mayImport?: (contents: LogFileContents) => void | Promise<void>;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** The servers are not in a state that this file can be put into; nothing was changed unless it says so. */
export class ImportRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ImportRefused';
  }
}

/** Together in one append, when they stand together in one stream. */
const MOST_EVENTS = 200;
const MOST_CHARACTERS = 250_000;
const MOST_MESSAGES = 100;
const PAGE = 1_000;

/**
 * Puts a file into an empty event store: the same events under the same ids in the same order. What is there already must be how
 * the file begins, as an import that was killed leaves it, or one of an older file of the same log; it goes on from there.
 * Last of all the messages that nobody had handled, and where the relay is to begin.
 * @throws LogFileDamaged, ImportRefused, EventStoreFault, MessageBusFault
 */
export async function importLog(options: ImportOptions): Promise<LogFileCounts & { readonly fresh: number }> {
  const { file, eventStore, bus, onProgress } = options;
  const contents = await check(file, (events) => onProgress?.({ doing: 'checking the file', events }));
  await options.mayImport?.(contents);
  await bus.declare(topicDefinitions);
  await refuseUsed(bus);
  const target = new Target(eventStore, contents, onProgress);
  for await (const record of readLogFile(file)) if ('event' in record) await target.take(record.event);
  await target.end();
  await compare(options, target, contents);
  // A group that had not handled a fact for longer than the bus keeps it would have lost it anyway.
  if (target.before !== START) await eventStore.saveCheckpoint(RELAY, target.before);
  await publishAll(bus, file);
  return { events: contents.events, messages: contents.messages, fresh: target.fresh };
}

/** The services of another log have used them: their configuration would be believed. */
async function refuseUsed(bus: MessageBus): Promise<void> {
  let keys = 0;
  const follower = await bus.followCompacted(CONFIGURATION_TOPIC.name, () => (keys += 1));
  await follower.close();
  if (keys > 0)
    throw new ImportRefused(
      `services have used the topic ${topics.configuration}: import before they are started for the first time, or give other topics with KAFKA_TOPIC_PREFIX`,
    );
}

const OTHER_EVENTS =
  'the event store has events that are not of this file: it must be empty, or hold what an import of this log has left. Services must not run before the import is complete';

const KEPT_MS = MESSAGES_KEPT_DAYS * 86_400_000;

/** The event store that is imported into: first what it has is compared, then what is missing is appended. */
class Target {
  fresh = 0;
  /** How many events of the file it had before. */
  found = 0;
  /** Position of the last event before those whose facts the relay has to publish. */
  before: Position = START;
  /** Where it began to append. */
  since: Position = START;
  private taken = 0;
  private isRecent = false;
  private existing: AsyncGenerator<StoredEvent, void, undefined> | undefined;
  private last: Position = START;
  private pending: FiledEvent[] = [];
  private pendingCharacters = 0;
  /** By how much revisions are lower here: the stream was removed once and begun again where it comes from. */
  private readonly lower = new Map<string, number>();

  constructor(
    private readonly eventStore: EventStore,
    private readonly contents: LogFileContents,
    private readonly onProgress: ImportOptions['onProgress'],
  ) {
    this.existing = eventsAfter(eventStore, START);
  }

  async take(event: FiledEvent): Promise<void> {
    if (!this.isRecent && event.metadata.time >= this.contents.newest - KEPT_MS) {
      this.isRecent = true;
      await this.flush();
      this.before = this.last;
    }
    const there = await this.nextExisting();
    if (there === undefined) await this.add(event);
    else if (isSame(there, event)) this.found += 1;
    else throw new ImportRefused(OTHER_EVENTS);
    this.taken += 1;
    this.onProgress?.({ doing: 'importing', events: this.taken, of: this.contents.events });
  }

  async end(): Promise<void> {
    await this.flush();
    if ((await this.nextExisting()) !== undefined) throw new ImportRefused(OTHER_EVENTS);
  }

  private async nextExisting(): Promise<StoredEvent | undefined> {
    const next = await this.existing?.next();
    if (next === undefined) return undefined;
    if (next.done === true) {
      this.existing = undefined;
      this.since = this.last;
      return undefined;
    }
    this.last = next.value.position;
    return next.value;
  }

  private async add(event: FiledEvent): Promise<void> {
    const [first] = this.pending;
    const isFull = this.pending.length >= MOST_EVENTS || this.pendingCharacters >= MOST_CHARACTERS;
    if (first !== undefined && (first.stream !== event.stream || isFull)) await this.flush();
    this.pending.push(event);
    this.pendingCharacters += JSON.stringify(event.data ?? null).length;
  }

  /** One after the other: the store's order is the file's. */
  private async flush(): Promise<void> {
    const [first] = this.pending;
    if (first === undefined) return;
    const events = this.pending.map(({ id, type, data, metadata }): NewEvent => ({ id, type, data, metadata }));
    const { position } = await this.append(first.stream, first.revision, events);
    this.last = position;
    this.fresh += events.length;
    this.pending = [];
    this.pendingCharacters = 0;
  }

  private async append(stream: string, revision: number, events: readonly NewEvent[]): Promise<{ readonly position: Position }> {
    const before = revision - 1 - (this.lower.get(stream) ?? 0);
    try {
      return await this.eventStore.append(stream, before < 0 ? 'no_stream' : before, events);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      const actual = error.actual === 'no_stream' ? -1 : error.actual;
      if (actual >= before) throw new ImportRefused(OTHER_EVENTS);
      this.lower.set(stream, revision - 1 - actual);
      return this.eventStore.append(stream, actual < 0 ? 'no_stream' : actual, events);
    }
  }
}

/** What was appended lies there in the order of the file, and nothing else: nobody has written in between. */
async function compare(
  { file, eventStore, onProgress }: ImportOptions,
  { found, since }: Target,
  contents: LogFileContents,
): Promise<void> {
  const appended = eventsAfter(eventStore, since);
  let events = 0;
  for await (const record of readLogFile(file)) {
    if (!('event' in record)) continue;
    events += 1;
    if (events <= found) continue;
    const { value: there } = await appended.next();
    if (!isSame(there, record.event)) throw new ImportRefused(WRITTEN_MEANWHILE);
    onProgress?.({ doing: 'comparing', events, of: contents.events });
  }
  if ((await appended.next()).done !== true) throw new ImportRefused(WRITTEN_MEANWHILE);
}

const isSame = (there: StoredEvent | void, event: FiledEvent): boolean => there?.id === event.id && there.stream === event.stream;

const WRITTEN_MEANWHILE =
  'somebody else has written to the event store during the import, so that it is not what the file says: stop the services, empty the servers and begin again';

async function publishAll(bus: MessageBus, file: string): Promise<void> {
  let waiting: FiledMessage[] = [];
  const publish = async (): Promise<void> => {
    const [first] = waiting;
    if (first !== undefined)
      await bus.publish(
        first.topic,
        waiting.map(({ message }) => message),
      );
    waiting = [];
  };
  for await (const record of readLogFile(file)) {
    if (!('message' in record)) continue;
    if (waiting.length >= MOST_MESSAGES || waiting.some(({ topic }) => topic !== record.message.topic)) await publish();
    waiting.push(record.message);
  }
  await publish();
}

async function* eventsAfter(eventStore: EventStore, position: Position): AsyncGenerator<StoredEvent, void, undefined> {
  for (let after = position; ;) {
    const page = await eventStore.readAll({ after, prefixes: [], limit: PAGE });
    yield* page.events;
    if (page.atHead) return;
    after = page.next;
  }
}
