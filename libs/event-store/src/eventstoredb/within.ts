import { EventStoreFault } from '../event-store';

/** The client's own deadline does not cover everything it waits for: connecting, discovery, an answer that was lost. */
export async function within<T>(ms: number, work: Promise<T>, onLate?: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      onLate?.();
      reject(new EventStoreFault('timeout', true, { cause: new Error(`no answer within ${ms} ms`) }));
    }, ms);
  });
  // Whichever comes second has nobody who waits for it.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
