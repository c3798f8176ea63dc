import { EventStoreFault } from '@tocsin/event-store';
import { MessageBusFault } from '@tocsin/messaging';

const TRIES = 5;
/** On a busy machine servers may be too slow for those who keep a time: asking again is no part of any story. */
export const unlessTooSlow = async <T>(ask: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++)
    try {
      return await ask();
    } catch (error) {
      const isFault = error instanceof EventStoreFault || error instanceof MessageBusFault;
      if (tries === TRIES || !isFault || !error.retriable) throw error;
    }
};
