import type { Instant } from '../time';

/** What became of the last tries of one message: whether a provider took it, and if none did, since when that is so. */
export interface Tried {
  readonly at: Instant;
  readonly taken: boolean;
  /** The first of the tries in a row that no provider took. */
  readonly failingFrom?: Instant;
}

/** By a method nothing was taken any more, in all tries from one to the other. */
export interface MethodFailing {
  readonly from: Instant;
  readonly to: Instant;
}

/** A message that was not taken is tried again after seconds. What lasts longer than this is no hiccup. */
const FAILING_AFTER_MS = 60_000;

export const triedOnce = (before: Tried | undefined, at: Instant, taken: boolean): Tried =>
  taken ? { at, taken } : { at, taken, failingFrom: before?.failingFrom ?? at };

/**
 * Whether a method fails, by the last messages that were tried by it, newest first; undefined when it does not, or when too little
 * was tried to say so. It stays so until something is taken: nobody knows that a provider is back before it was asked.
 */
export const failingMethod = (tries: readonly Tried[]): MethodFailing | undefined => {
  const end = tries.findIndex(({ taken }) => taken);
  const untaken = end === -1 ? tries : tries.slice(0, end);
  const [newest] = untaken;
  if (newest === undefined) return undefined;
  const first = untaken.reduce((earliest, { at, failingFrom = at }) => (failingFrom < earliest ? failingFrom : earliest), newest.at);
  // A message may have been tried before the one that was taken, and after.
  const lastTaken = tries[end]?.at ?? first;
  const from = lastTaken > first ? lastTaken : first;
  return newest.at - from >= FAILING_AFTER_MS ? { from, to: newest.at } : undefined;
};
