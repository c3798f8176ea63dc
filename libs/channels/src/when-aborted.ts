const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when the signal is aborted, at once when it is already. The signal has one listener, however many wait for it: it looks
 * through all of them to find one that goes, and a signal made of others for each who waits costs far more.
 * @returns what calls it off
 */
export const whenAborted = (signal: AbortSignal, callBack: () => void): (() => void) => {
  if (signal.aborted) {
    callBack();
    return () => undefined;
  }
  const all = waiting.get(signal) ?? listeningTo(signal);
  all.add(callBack);
  return () => all.delete(callBack);
};

const listeningTo = (signal: AbortSignal): Set<() => void> => {
  const all = new Set<() => void>();
  waiting.set(signal, all);
  signal.addEventListener('abort', () => all.forEach((callBack) => callBack()), { once: true });
  return all;
};
