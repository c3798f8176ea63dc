import type { Actor } from '../actor';
import type { UserId } from '../ids';
import type { Instant } from '../time';
import type { ConfigurationKind } from './resources';

export interface FieldChange {
  readonly field: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Who changed which setting from what to what, or decided about a parked message; without secrets and without anybody's personal data. */
export interface AuditEntry {
  /** The event's position: comparable, newest last. */
  readonly id: string;
  readonly time: number;
  readonly actor: Actor;
  readonly action: 'created' | 'changed' | 'deleted' | 'replayed' | 'discarded';
  readonly resource:
    | { readonly type: ConfigurationKind; readonly id: number; readonly name?: string }
    | { readonly type: 'parked-message'; readonly id: string; readonly name: string };
  readonly changes: readonly FieldChange[];
  readonly correlationId: string;
  readonly remoteAddress?: string;
}

/**
 * A person's stream is about to be removed. What the audit log has of it goes on here, so that it is the same made anew (P9);
 * the addresses that the person used themselves are left out.
 */
export interface ErasureEvent {
  readonly type: 'UserErased';
  readonly data: { readonly userId: UserId; readonly at: Instant; readonly history: readonly AuditEntry[] };
}

export const erasureStream = (userId: UserId): string => `erasure-${userId}`;
