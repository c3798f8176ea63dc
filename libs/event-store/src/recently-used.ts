interface Kept<Value> {
  readonly value: Value;
  readonly weight: number;
}

/** What was used last, bounded by number and by weight: a few large values must not weigh what many small ones were meant to. */
export class RecentlyUsed<Value> {
  /** A map keeps the order of insertion: its first key is the one used longest ago. */
  private readonly kept = new Map<string, Kept<Value>>();
  private weight = 0;

  constructor(private readonly limits: { readonly count: number; readonly weight: number }) {}

  has(key: string): boolean {
    return this.kept.has(key);
  }

  get(key: string): Value | undefined {
    const known = this.kept.get(key);
    if (known === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, known);
    return known.value;
  }

  keep(key: string, value: Value, weight: number): void {
    this.delete(key);
    this.kept.set(key, { value, weight });
    this.weight += weight;
    while (this.kept.size > this.limits.count || (this.weight > this.limits.weight && this.kept.size > 1)) this.forgetOldest();
  }

  delete(key: string): void {
    const known = this.kept.get(key);
    if (known === undefined) return;
    this.weight -= known.weight;
    this.kept.delete(key);
  }

  clear(): void {
    this.kept.clear();
    this.weight = 0;
  }

  private forgetOldest(): void {
    const oldest = this.kept.keys().next();
    if (!oldest.done) this.delete(oldest.value);
  }
}

const NODE_WEIGHT = 32;

/** About how many bytes plain data holds in memory. */
export const weightOf = (data: unknown): number => {
  if (typeof data === 'string') return data.length + NODE_WEIGHT;
  if (typeof data !== 'object' || data === null) return NODE_WEIGHT;
  let weight = NODE_WEIGHT;
  if (data instanceof Set || data instanceof Map) for (const part of data) weight += weightOf(part);
  else for (const name in data) weight += weightOf((data as Readonly<Record<string, unknown>>)[name]);
  return weight;
};
