import { EventStore } from './event-store';

type ArgumentsOf<Method extends Exclude<keyof EventStore, 'deletions'>> = Parameters<EventStore[Method]>;

/**
 * Keeps the promises of the store behind it, and nothing else: what measures, holds up or breaks some of the calls overrides
 * these. Arguments are passed on whole, so that one that the port gets later is not lost on the way.
 */
export class EventStoreInBetween extends EventStore {
  constructor(protected readonly inner: EventStore) {
    super();
  }

  get deletions(): number {
    return this.inner.deletions;
  }

  append(...args: ArgumentsOf<'append'>) {
    return this.inner.append(...args);
  }

  readStream(...args: ArgumentsOf<'readStream'>) {
    return this.inner.readStream(...args);
  }

  readLast(...args: ArgumentsOf<'readLast'>) {
    return this.inner.readLast(...args);
  }

  readAll(...args: ArgumentsOf<'readAll'>) {
    return this.inner.readAll(...args);
  }

  follow(...args: ArgumentsOf<'follow'>) {
    return this.inner.follow(...args);
  }

  head() {
    return this.inner.head();
  }

  deleteStream(...args: ArgumentsOf<'deleteStream'>) {
    return this.inner.deleteStream(...args);
  }

  keepOnlyLast(...args: ArgumentsOf<'keepOnlyLast'>) {
    return this.inner.keepOnlyLast(...args);
  }

  loadCheckpoint(...args: ArgumentsOf<'loadCheckpoint'>) {
    return this.inner.loadCheckpoint(...args);
  }

  saveCheckpoint(...args: ArgumentsOf<'saveCheckpoint'>) {
    return this.inner.saveCheckpoint(...args);
  }
}
