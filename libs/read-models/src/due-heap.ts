import type { Instant } from '@tocsin/domain';

export interface DueEntry {
  readonly id: string;
  readonly dueAt: Instant;
}

/** The earliest first; among equals the one that came first. */
export class DueHeap {
  private readonly entries: (DueEntry & { readonly order: number })[] = [];
  private order = 0;

  get size(): number {
    return this.entries.length;
  }

  peek(): DueEntry | undefined {
    return this.entries[0];
  }

  push(entry: DueEntry): void {
    this.order += 1;
    this.entries.push({ ...entry, order: this.order });
    let child = this.entries.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.before(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  pop(): DueEntry | undefined {
    const first = this.entries[0];
    const last = this.entries.pop();
    if (first === undefined || last === undefined || this.entries.length === 0) return first;
    this.entries[0] = last;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      let least = parent;
      if (left < this.entries.length && this.before(left, least)) least = left;
      if (right < this.entries.length && this.before(right, least)) least = right;
      if (least === parent) return first;
      this.swap(parent, least);
      parent = least;
    }
  }

  private before(a: number, b: number): boolean {
    const one = this.entries[a];
    const other = this.entries[b];
    if (one === undefined || other === undefined) return false;
    return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);
  }

  private swap(a: number, b: number): void {
    const one = this.entries[a];
    const other = this.entries[b];
    if (one === undefined || other === undefined) return;
    this.entries[a] = other;
    this.entries[b] = one;
  }
}
