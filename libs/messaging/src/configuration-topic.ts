import { topics } from '@tocsin/contracts';
import { CONFIGURATION_KINDS, isConfigurationChange } from '@tocsin/domain';
import type { ConfigurationEvent, ConfigurationKind, ConfigurationResources, Editor } from '@tocsin/domain';
import type { Upcasts } from '@tocsin/event-store';
import { ResourceTable } from './configuration-indexes';
import type { ConfigurationIndex } from './configuration-indexes';
import { MessageBusFault } from './message-bus';
import type { CompactedFollower, Message, MessageBus, TopicDefinition } from './message-bus';
import { newestFact } from './newest-fact';
import { SeenConfiguration } from './seen-configuration';
import { isCompletion } from './topic-completion';

export type { ConfigurationIndex } from './configuration-indexes';

/** One partition, so that a policy comes before the source that names it. */
export const CONFIGURATION_TOPIC: TopicDefinition = { name: topics.configuration, compacted: true, retentionDays: 0 };

/** One change, as it becomes visible to readers. */
export type ConfigurationChange = {
  [Kind in ConfigurationKind]: {
    readonly kind: Kind;
    readonly id: number;
    readonly revision: number;
    /** Undefined: it is new. */
    readonly before: ConfigurationResources[Kind] | undefined;
    /** Undefined: it was deleted. */
    readonly after: ConfigurationResources[Kind] | undefined;
    readonly message: Message;
  };
}[ConfigurationKind];

const UP_TO_DATE_WITHIN_MS = 2_000;

interface Waiter {
  readonly stream: string;
  readonly revision: number;
  done(reached: boolean): void;
}

type Tables = { readonly [Kind in ConfigurationKind]: ResourceTable<Kind> };

/**
 * All configuration in memory, kept up to date from the compacted topic, so that a service authenticates and looks up
 * without asking anybody. Services in one process share one. A read may be older than a write on another replica:
 * `surely` before anything is refused, cancelled or left out for want of a resource, `waitFor` after a write.
 */
export class ConfigurationReader {
  private readonly tables: Tables = {
    source: new ResourceTable('source'),
    policy: new ResourceTable('policy'),
    schedule: new ResourceTable('schedule'),
    user: new ResourceTable('user'),
    team: new ResourceTable('team'),
    apikey: new ResourceTable('apikey'),
    slacklink: new ResourceTable('slacklink'),
    slackworkspace: new ResourceTable('slackworkspace'),
    connector: new ResourceTable('connector'),
    alertaction: new ResourceTable('alertaction'),
    supporthour: new ResourceTable('supporthour'),
  };
  private readonly revisions = new Map<string, number>();
  private readonly listeners = new Set<(change: ConfigurationChange) => void>();
  private readonly waiters = new Set<Waiter>();
  private starting: Promise<CompactedFollower> | undefined;
  private complete = false;
  private completed: () => void = () => undefined;
  private readonly completing = new Promise<void>((resolve) => (this.completed = resolve));

  private readonly toNewest: (message: Message) => Message;

  /** A listener that throws is a bug in the listener; it must not keep configuration from the others. */
  constructor(
    private readonly onListenerError: (error: unknown) => void = endProcess,
    upcasts?: Upcasts,
  ) {
    this.toNewest = newestFact(upcasts);
  }

  /** Resolves when everything published before the call is in memory; once for all who share the reader. @throws MessageBusFault */
  async start(bus: MessageBus): Promise<void> {
    this.starting ??= bus.followCompacted(CONFIGURATION_TOPIC.name, (message) => this.apply(message));
    try {
      await this.starting;
    } catch (error) {
      this.starting = undefined;
      throw error;
    }
  }

  /** Resolves when the topic has had everything that belongs there: until then it may know of nobody, on a bus that is new. */
  whenComplete(): Promise<void> {
    return this.completing;
  }

  async close(): Promise<void> {
    for (const waiter of [...this.waiters]) waiter.done(false);
    await (await this.starting)?.close();
  }

  get<Kind extends ConfigurationKind>(kind: Kind, id: number): ConfigurationResources[Kind] | undefined {
    return this.tables[kind].get(id);
  }

  /** Ascending by id; the same array until something changes. */
  list<Kind extends ConfigurationKind>(kind: Kind): readonly ConfigurationResources[Kind][] {
    return this.tables[kind].list();
  }

  /** Of those that count, which are all unless it is said. */
  find<Kind extends ConfigurationKind>(
    kind: Kind,
    by: ConfigurationIndex<Kind>,
    value: string,
    counts?: (resource: ConfigurationResources[Kind]) => boolean,
  ): ConfigurationResources[Kind] | undefined {
    return this.tables[kind].find(by, value, counts);
  }

  /** As one person may see it. */
  seenBy(person: Editor): SeenConfiguration {
    return new SeenConfiguration(this, person);
  }

  /** Revision of the last change seen, deletions included; -1 for what was never seen. */
  revision(kind: ConfigurationKind, id: number): number {
    return this.revisions.get(`${kind}-${id}`) ?? -1;
  }

  /**
   * What `find` gives; when that is nothing, once more after everything published by now is in memory. Only then is there no
   * such thing: it may have been made a moment ago, elsewhere. @throws MessageBusFault when that cannot be said
   */
  async surely<Found>(find: () => Found | undefined): Promise<Found | undefined> {
    const found = find();
    if (found !== undefined) return found;
    await this.upToDate();
    return find();
  }

  /** Resolves when everything published before the call is in memory. @throws MessageBusFault */
  async upToDate(timeoutMs = UP_TO_DATE_WITHIN_MS): Promise<void> {
    if (this.starting === undefined) throw new MessageBusFault('unavailable', true);
    await (await this.starting).upToDate(timeoutMs);
    // What is missing may only not have come yet: nobody is told that it does not exist.
    if (!this.complete) throw new MessageBusFault('unavailable', true, { cause: new Error('the configuration is not complete yet') });
  }

  /** Whether the stream's revision was in memory within the time. */
  waitFor(stream: string, revision: number, timeoutMs: number): Promise<boolean> {
    if ((this.revisions.get(stream) ?? -1) >= revision) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        stream,
        revision,
        done: (reached) => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          resolve(reached);
        },
      };
      const timer = setTimeout(() => waiter.done(false), timeoutMs);
      this.waiters.add(waiter);
    });
  }

  /** Called after each change is visible, in order, also for what `start` reads. Returns what ends it. */
  onChange(listener: (change: ConfigurationChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private apply(message: Message): void {
    if (isCompletion(message)) {
      this.complete = true;
      this.completed();
      return;
    }
    const stream = message.key === null ? undefined : parseStream(message.key);
    // Kinds of a newer version are not for this one (P12).
    if (stream === undefined || message.key === null) return;
    const known = this.revisions.get(message.key) ?? -1;
    // A tombstone without a fact ends the resource whatever came before: personal data was erased with its stream.
    const revision = message.fact?.revision ?? known;
    if (message.fact !== undefined && revision <= known) return;
    this.revisions.set(message.key, revision);
    const newest = this.toNewest(message);
    if (newest.data === null || isConfigurationChange(newest)) this.change(stream.kind, stream.id, revision, newest);
    for (const waiter of [...this.waiters]) if (waiter.stream === message.key && waiter.revision <= revision) waiter.done(true);
  }

  private change<Kind extends ConfigurationKind>(kind: Kind, id: number, revision: number, message: Message): void {
    const after = resourceIn<Kind>(message);
    const table: ResourceTable<Kind> = this.tables[kind];
    const before = table.put(id, after);
    if (before === undefined && after === undefined) return;
    const change = { kind, id, revision, before, after, message } as unknown as ConfigurationChange;
    for (const listener of this.listeners) {
      try {
        listener(change);
      } catch (error) {
        this.onListenerError(error);
      }
    }
  }
}

/** Unless told otherwise, as loud as any bug nobody caught. */
const endProcess = (error: unknown): void =>
  queueMicrotask(() => {
    throw error;
  });

const resourceIn = <Kind extends ConfigurationKind>(message: Message): ConfigurationResources[Kind] | undefined => {
  if (message.data === null) return undefined;
  const event = { type: message.type, data: message.data } as ConfigurationEvent<Kind>;
  return event.type === 'ResourceConfigured' ? event.data.resource : undefined;
};

const kinds: ReadonlySet<string> = new Set(CONFIGURATION_KINDS);

const isKind = (word: string): word is ConfigurationKind => kinds.has(word);

const parseStream = (stream: string): { kind: ConfigurationKind; id: number } | undefined => {
  const dash = stream.indexOf('-');
  const kind = stream.slice(0, dash);
  const id = Number(stream.slice(dash + 1));
  return isKind(kind) && Number.isSafeInteger(id) ? { kind, id } : undefined;
};
