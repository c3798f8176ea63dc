import type { Known } from './folding';

/** The documents used last, so that an alert that is being talked about is folded without being read. */
export class DocumentCache {
  private readonly known = new Map<string, Known>();

  constructor(private readonly capacity: number) {}

  has(key: string): boolean {
    return this.known.has(key);
  }

  get(key: string): Known | undefined {
    return this.known.get(key);
  }

  /** A map keeps the order of insertion: its first key is the one used longest ago. */
  keep(key: string, known: Known): void {
    this.known.delete(key);
    this.known.set(key, known);
    if (this.known.size <= this.capacity) return;
    const oldest = this.known.keys().next();
    if (oldest.done !== true) this.known.delete(oldest.value);
  }

  clear(): void {
    this.known.clear();
  }
}
