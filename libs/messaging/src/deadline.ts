import { MessageBusFault } from './message-bus';

/** What the promise answers, or a fault when it takes longer. The work itself goes on: whoever starts it sees to its end. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MessageBusFault('timeout', true)), timeoutMs);
  });
  // When it is late, nobody hears how it ends.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
