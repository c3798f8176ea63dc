export interface StreamItem {
  readonly stream: string;
  readonly revision: number;
  readonly bytes: number;
}

interface Tail<Item> {
  /** Without a gap up to the stream's end. */
  items: Item[];
  bytes: number;
}

const MOST_ITEMS_OF_ONE = 256;

/**
 * The ends of the streams that were written last. Whoever decides on a stream first reads what came after the state it
 * has: mostly nothing, and the disk need not be asked for that.
 */
export class RecentStreams<Item extends StreamItem> {
  /** Least recently written first. */
  private readonly tails = new Map<string, Tail<Item>>();
  private bytes = 0;

  constructor(private readonly limits: { readonly streams: number; readonly bytes: number }) {}

  /** What has just been committed, in order. */
  push(item: Item): void {
    const tail = this.tails.get(item.stream) ?? { items: [], bytes: 0 };
    this.tails.delete(item.stream);
    this.tails.set(item.stream, tail);
    tail.items.push(item);
    this.grow(tail, item.bytes);
    if (tail.items.length > MOST_ITEMS_OF_ONE) {
      const gone = tail.items.splice(0, MOST_ITEMS_OF_ONE / 2);
      this.grow(tail, -gone.reduce((sum, { bytes }) => sum + bytes, 0));
    }
    while (this.tails.size > this.limits.streams || (this.bytes > this.limits.bytes && this.tails.size > 0)) this.evictOldest();
  }

  /** The disk has nothing of this stream, and nothing of it has been committed since it was asked. */
  isAbsent(stream: string): void {
    if (!this.tails.has(stream)) this.tails.set(stream, { items: [], bytes: 0 });
    if (this.tails.size > this.limits.streams) this.evictOldest();
  }

  /** Whether it is known that there is nothing of it. */
  lacks(stream: string): boolean {
    return this.tails.get(stream)?.items.length === 0;
  }

  /** Everything from this revision on; `undefined` when only the disk can tell. */
  from(stream: string, revision: number): readonly Item[] | undefined {
    const items = this.tails.get(stream)?.items;
    const first = items?.[0];
    if (first === undefined) return items;
    return revision < first.revision ? undefined : items?.slice(revision - first.revision);
  }

  last(stream: string): Item | undefined {
    return this.tails.get(stream)?.items.at(-1);
  }

  remove(stream: string): void {
    const tail = this.tails.get(stream);
    if (tail === undefined) return;
    this.bytes -= tail.bytes;
    this.tails.delete(stream);
  }

  clear(): void {
    this.tails.clear();
    this.bytes = 0;
  }

  private grow(tail: Tail<Item>, bytes: number): void {
    tail.bytes += bytes;
    this.bytes += bytes;
  }

  private evictOldest(): void {
    const oldest = this.tails.keys().next();
    if (!oldest.done) this.remove(oldest.value);
  }
}
