import { setTimeout as delay } from 'node:timers/promises';

/** What comes of it, or `late` in its place: a driver's own time-outs do not cover everything that it waits for. */
export const inTime = async <Outcome>(work: Promise<Outcome>, withinMs: number, late: Outcome): Promise<Outcome> => {
  const stopped = new AbortController();
  const over = delay(withinMs, late, { signal: stopped.signal }).catch(() => late);
  try {
    return await Promise.race([work, over]);
  } finally {
    stopped.abort();
  }
};
