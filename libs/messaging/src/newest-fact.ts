import { upcasting, upcasts } from '@tocsin/event-store';
import type { Upcasts } from '@tocsin/event-store';
import type { Message } from './message-bus';

/**
 * A fact in its newest shape. The relay says facts in that of its own version, which during an upgrade may be the one before
 * (P12); and on a compacted topic lies what was said years ago. Other messages are left as they are: no stream has them.
 */
export const newestFact = (steps: Upcasts = upcasts): ((message: Message) => Message) => {
  const toNewest = upcasting(steps);
  return (message) => (message.fact === undefined || message.data === null ? message : toNewest(message));
};
