export interface PublicAuditEntry {
  readonly id: string;
  readonly time: string;
  readonly actor: { readonly type: 'user' | 'source' | 'system'; readonly id: number | string };
  readonly action: 'created' | 'changed' | 'deleted' | 'replayed' | 'discarded';
  /** A parked message has no number: its id is a UUID. */
  readonly resource: { readonly type: string; readonly id: number | string; readonly name?: string };
  /** Absent `before`: it was not there; absent `after`: it is not there any more. */
  readonly changes: readonly { readonly field: string; readonly before?: unknown; readonly after?: unknown }[];
  readonly correlationId: string;
  readonly remoteAddress?: string;
}

export interface PublicSignInLink {
  readonly url: string;
}

/** A message that a service could not handle after bounded tries. */
export interface PublicParkedMessage {
  readonly id: string;
  readonly parkedAt: string;
  readonly topic: string;
  /** The consumer group that gave up; it alone gets the message again. */
  readonly group: string;
  readonly error: { readonly name: string; readonly message: string };
  /** What it said could not be kept, so it cannot be replayed. */
  readonly tooLarge: boolean;
  readonly messageId: string;
  readonly messageType: string;
  readonly messageTime: string;
  readonly correlationId: string;
}

export interface PublicParkedMessageInFull extends PublicParkedMessage {
  /** As it was on the bus. */
  readonly message: Readonly<Record<string, unknown>>;
}

export interface PublicReplayedMessages {
  readonly replayed: number;
  /** Those that were asked for and are parked still: too large, or more than go at once. */
  readonly left: number;
}
