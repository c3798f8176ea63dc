import { ReadStore } from '@tocsin/read-models';
import type { CollectionChange, CollectionDefinition, Document, Filter, Query, ViewCopy, ViewPosition } from '@tocsin/read-models';
import type { Tracing } from './tracing';

/** Any read store, with its calls as steps of what is traced. */
export class TracedReadStore extends ReadStore {
  override readonly gatherMs: number;

  constructor(
    private readonly inner: ReadStore,
    private readonly tracing: Tracing,
  ) {
    super();
    this.gatherMs = inner.gatherMs;
  }

  get<D extends Document>(collection: string, id: D['id']): Promise<D | undefined> {
    return this.read('get', collection, () => this.inner.get<D>(collection, id));
  }

  getMany<D extends Document>(collection: string, ids: readonly D['id'][]): Promise<readonly D[]> {
    return this.read('get', collection, () => this.inner.getMany<D>(collection, ids));
  }

  find<D extends Document>(collection: string, query: Query): Promise<readonly D[]> {
    return this.read('find', collection, () => this.inner.find<D>(collection, query));
  }

  /** As slow as whoever reads it: no step. */
  override walk<D extends Document>(collection: string, query: Query): AsyncGenerator<readonly D[], void> {
    return this.inner.walk<D>(collection, query);
  }

  count(collection: string, filter: Filter): Promise<number> {
    return this.read('count', collection, () => this.inner.count(collection, filter));
  }

  apply(view: string, changes: readonly CollectionChange[], position: ViewPosition): Promise<void> {
    const attributes = { 'tocsin.view': view, 'tocsin.changes': changes.length };
    return this.tracing.step({ name: 'read store apply', kind: 'client', attributes }, () => this.inner.apply(view, changes, position));
  }

  declare(view: string, collections: readonly CollectionDefinition<never>[]): Promise<void> {
    return this.inner.declare(view, collections);
  }

  checkpoint(view: string): Promise<ViewPosition | undefined> {
    return this.inner.checkpoint(view);
  }

  waitFor(view: string, position: ViewPosition, timeoutMs: number): Promise<boolean> {
    return this.inner.waitFor(view, position, timeoutMs);
  }

  reset(view: string): Promise<void> {
    return this.inner.reset(view);
  }

  beginRebuild(view: string): Promise<ViewCopy> {
    return this.inner.beginRebuild(view);
  }

  private read<T>(operation: string, collection: string, work: () => Promise<T>): Promise<T> {
    const attributes = { 'db.collection.name': collection };
    return this.tracing.step({ name: `read store ${operation}`, kind: 'client', attributes }, work);
  }
}
