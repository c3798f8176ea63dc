import type { Instant } from '../time';

/** Something that holds for `[start, end)`. */
export interface Span<Value> {
  readonly start: Instant;
  readonly end: Instant;
  readonly value: Value;
}

/** Where an instant lies among spans: in one, or in the gap between two. Bounds are infinite where there is no span. */
export type Place<Value> = { readonly start: number; readonly end: number; readonly value?: Value };

/** Disjoint spans in order; where two meet, the later one of the list holds and the earlier one keeps the rest. */
export const laidOver = <Value>(spans: readonly Span<Value>[]): readonly Span<Value>[] => {
  const result: Span<Value>[] = [];
  for (const span of spans) {
    if (span.end <= span.start) continue;
    // What ends before it and what begins after it stays; both are found by binary search, since years of overrides add up.
    const first = firstIndex(result, (other) => other.end > span.start);
    const last = firstIndex(result, (other) => other.start >= span.end);
    const kept: Span<Value>[] = [];
    const head = result[first];
    const tail = result[last - 1];
    if (first < last && head && head.start < span.start) kept.push({ ...head, end: span.start });
    kept.push(span);
    if (first < last && tail && tail.end > span.end) kept.push({ ...tail, start: span.end });
    result.splice(first, last - first, ...kept);
  }
  return result;
};

/** `spans` are disjoint and in order. */
export const placeOf = <Value>(spans: readonly Span<Value>[], at: Instant): Place<Value> => {
  const next = firstIndex(spans, (span) => span.start > at);
  const previous = spans[next - 1];
  if (previous && at < previous.end) return previous;
  return { start: previous?.end ?? Number.NEGATIVE_INFINITY, end: spans[next]?.start ?? Number.POSITIVE_INFINITY };
};

const firstIndex = <Item>(items: readonly Item[], holds: (item: Item) => boolean): number => {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
};
