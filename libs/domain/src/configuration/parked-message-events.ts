/** What a parked message is, as far as the audit log tells of it: nothing of what it says. */
interface ParkedMessageNamed {
  readonly id: string;
  readonly topic: string;
  /** Whose it is: the consumer group that gave up. */
  readonly group: string;
  readonly messageType: string;
}

/** What somebody decided about a parked message; recorded before it is done. */
export type ParkedMessageEvent =
  | { readonly type: 'ParkedMessageReplayed'; readonly data: ParkedMessageNamed }
  | { readonly type: 'ParkedMessageDiscarded'; readonly data: ParkedMessageNamed & { readonly reason: string } };

export const parkedMessageStream = (id: string): string => `parked-${id}`;
