export interface RingItem {
  /** Grows from item to item. */
  readonly at: number;
  readonly bytes: number;
}

/** The newest items of a log, so that followers at its head never read the disk. Bounded by number and by bytes. */
export class RecentRing<Item extends RingItem> {
  /** Those before `first` are gone: nothing may be held by its place in here until the list is made anew. */
  private items: (Item | undefined)[] = [];
  private first = 0;
  private bytes = 0;

  /** @param floor Every item after it is in the ring. */
  constructor(
    private floor: number,
    private readonly limits: { readonly items: number; readonly bytes: number },
  ) {}

  covers(after: number): boolean {
    return after >= this.floor;
  }

  push(item: Item): void {
    this.items.push(item);
    this.bytes += item.bytes;
    while (this.items.length - this.first > this.limits.items || (this.bytes > this.limits.bytes && this.items.length > this.first)) {
      this.evictOldest();
    }
    if (this.first > this.limits.items) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
  }

  /** Oldest first; stop the iteration when you have enough. */
  *after(position: number): Generator<Item> {
    for (let index = this.indexAfter(position); ; index++) {
      const item = this.items[index];
      if (item === undefined) return;
      yield item;
    }
  }

  remove(gone: (item: Item) => boolean): void {
    const kept = [...this.after(-Infinity)].filter((item) => !gone(item));
    this.items = kept;
    this.first = 0;
    this.bytes = kept.reduce((sum, item) => sum + item.bytes, 0);
  }

  /** @param floor Every item after it will be in the ring. */
  clear(floor: number): void {
    this.items = [];
    this.first = 0;
    this.bytes = 0;
    this.floor = Math.max(this.floor, floor);
  }

  private evictOldest(): void {
    const oldest = this.items[this.first];
    if (oldest === undefined) return;
    this.items[this.first] = undefined;
    this.floor = oldest.at;
    this.bytes -= oldest.bytes;
    this.first += 1;
  }

  private indexAfter(position: number): number {
    let low = this.first;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.items[middle]?.at ?? Infinity) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
