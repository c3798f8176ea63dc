import { setTimeout as delay } from 'node:timers/promises';
import type { SendOutcome } from './channel';

/** What comes of it, or `late` in its place: a driver's own time-outs do not cover everything that it waits for. */
export const inTime = async (work: Promise<SendOutcome>, withinMs: number, late: SendOutcome): Promise<SendOutcome> => {
  const stopped = new AbortController();
  const over = delay(withinMs, late, { signal: stopped.signal }).catch(() => late);
  try {
    return await Promise.race([work, over]);
  } finally {
    stopped.abort();
  }
};
