import type { Instant } from '../time';

/** A call: an attempt of a notification, which has its stream for a name. */
export interface CallId {
  readonly notification: string;
  readonly attempt: number;
}

/**
 * Calls to one contact, one at a time over all replicas, in `calls-<contact>` (B25). Neither the number nor anything that was said
 * is in it.
 */
export type CallLineEvent =
  /** A call is about to be made. Nobody else calls there until then, or until it is over. */
  | { readonly type: 'CallPlaced'; readonly data: CallId & { readonly at: Instant; readonly until: Instant } }
  /** Another page is to be told by telephone, and waits for its turn. */
  | { readonly type: 'CallAwaited'; readonly data: { readonly at: Instant; readonly notification: string } }
  /** Somebody or something picked up: the line is taken for longer. */
  | { readonly type: 'CallAnswered'; readonly data: CallId & { readonly at: Instant; readonly until: Instant } }
  | { readonly type: 'CallEnded'; readonly data: CallId & { readonly at: Instant } };
