import type { AlertSourceId } from '../ids';
import type { Position } from './alert-events';

/**
 * What makes two alert keys the same: no blanks around, no difference of case, and one spelling of composed characters, so
 * that `É` typed on a phone and on a server match. Undefined when nothing is left: that is an event without a key.
 */
export const normaliseAlertKey = (alertKey: string | undefined): string | undefined => {
  const normalised = alertKey?.normalize('NFC').trim().toLowerCase().normalize('NFC');
  return normalised === undefined || normalised === '' ? undefined : normalised;
};

/** A key that is open on an alert, and the episode of it where the tool tells episodes apart (B18). */
export interface OpenKey {
  /** Normalised. */
  readonly key: string;
  readonly episode?: string;
}

/** The stream that guards "one open alert": of one key, of a whole source, or of one key-less event. */
export type AlertGuardScope =
  { readonly type: 'key'; readonly key: string } | { readonly type: 'source' } | { readonly type: 'event'; readonly eventId: string };

/** `sha256` gives the lower-case hex digest; hashing is the caller's because the domain has no crypto. */
export const alertGuardStream = (sourceId: AlertSourceId, scope: AlertGuardScope, sha256: (text: string) => string): string => {
  switch (scope.type) {
    case 'key':
      return `alertkey-${sourceId}-${sha256(scope.key)}`;
    case 'source':
      return `alertkey-${sourceId}-source`;
    case 'event':
      return `alertkey-${sourceId}-event-${scope.eventId}`;
  }
};

/** The tool events that were applied here, remembered as far as a redelivery can reach. */
export interface AppliedToolEvents {
  /** Newest last, at most `REMEMBERED_IDS`. */
  readonly ids: readonly string[];
  /** The highest offset of each (epoch, partition). */
  readonly positions: readonly Position[];
}

const REMEMBERED_IDS = 200;
const REMEMBERED_PARTITIONS = 8;

export const noToolEvents: AppliedToolEvents = { ids: [], positions: [] };

const sameLog = (a: Position, b: Position): boolean => a.epoch === b.epoch && a.partition === b.partition;

/** Events of one key come in order, so that an offset at or below the last one applied is a redelivery (P4). */
export const wasApplied = (applied: AppliedToolEvents, eventId: string, position: Position): boolean =>
  applied.ids.includes(eventId) || applied.positions.some((last) => sameLog(last, position) && position.offset <= last.offset);

export const withApplied = (applied: AppliedToolEvents, eventId: string, position: Position): AppliedToolEvents => {
  const last = applied.positions.find((known) => sameLog(known, position));
  const newest = last !== undefined && last.offset > position.offset ? last : position;
  return {
    ids: applied.ids.includes(eventId) ? applied.ids : [...applied.ids, eventId].slice(-REMEMBERED_IDS),
    positions: [...applied.positions.filter((known) => !sameLog(known, position)), newest].slice(-REMEMBERED_PARTITIONS),
  };
};
