import type { UserId } from '../ids';
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
  /** Whose messages these were, each once. */
  readonly people: readonly UserId[];
}

/** Of one message: whose it is, and what became of it. */
export interface TriedFor {
  readonly userId: UserId;
  readonly tried: Tried;
}

/** A message that was not taken is tried again after seconds. What lasts longer than this is no hiccup. */
const FAILING_AFTER_MS = 60_000;

export const triedOnce = (before: Tried | undefined, at: Instant, taken: boolean): Tried =>
  taken ? { at, taken } : { at, taken, failingFrom: before?.failingFrom ?? at };

/**
 * Whether a method fails, by the last messages that were tried by it, newest first; undefined when it does not, or when too little
 * was tried to say so. It stays so until something is taken: nobody knows that a provider is back before it was asked.
 */
export const failingMethod = (tries: readonly TriedFor[]): MethodFailing | undefined => {
  const end = tries.findIndex(({ tried }) => tried.taken);
  const untaken = end === -1 ? tries : tries.slice(0, end);
  const [newest] = untaken;
  if (newest === undefined) return undefined;
  const to = newest.tried.at;
  const first = untaken.reduce((earliest, { tried: { at, failingFrom = at } }) => (failingFrom < earliest ? failingFrom : earliest), to);
  // A message may have been tried before the one that was taken, and after.
  const lastTaken = tries[end]?.tried.at ?? first;
  const from = lastTaken > first ? lastTaken : first;
  return to - from >= FAILING_AFTER_MS ? { from, to, people: [...new Set(untaken.map(({ userId }) => userId))] } : undefined;
};

/** What one person's messages meet with may be about their mailbox or their device; what those of two do is about the method. */
export const failsFor = ({ people }: MethodFailing, userId: UserId): boolean => people.length > 1 || people.includes(userId);
