import type { Message } from './message-bus';

/** What became of one try to handle a message; the word is also the metric label. */
export type Outcome = {
  readonly message: Message;
  readonly group: string;
  /** Tries so far, this one included; 0 when no handler was called. */
  readonly tries: number;
  readonly durationMs: number;
} & (
  | { readonly outcome: 'handled' }
  /** Seen before, or meant for another group: acknowledged without calling the handler. */
  | { readonly outcome: 'repeated' | 'not-for-this-group' }
  /** The rules said no: acknowledged. */
  | { readonly outcome: 'refused'; readonly error: Error }
  /** A fault, a bug's first tries, or a parking topic out of reach: tried again after `waitMs`. */
  | { readonly outcome: 'retrying'; readonly error: unknown; readonly waitMs: number }
  /** Given up after bounded tries, kept with its error for a replay: acknowledged. */
  | { readonly outcome: 'parked'; readonly error: unknown }
);
