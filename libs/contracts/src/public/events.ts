import type { WhyWithoutEffect } from '@tocsin/domain';

/** Taken: nothing more is known yet. */
export type PublicTakenEvent = Readonly<Record<never, never>>;

/** What plug-ins of older versions read: some the names with `incident`, newer ones those with `alert`. */
export interface PublicTakenEventV1 {
  readonly incidentKey: string | null;
  readonly incidentUrl: string;
  readonly alertKey: string | null;
  readonly alertUrl: string;
  readonly responseCode: 'ACCEPTED';
}

/** Netdata Cloud's proof that a secret is known. */
export interface PublicChallengeAnswer {
  readonly response_token: string;
}

/** What a source sent that had no effect, as the API shows it. */
export interface PublicSourceEvent {
  /** When it was received; of a count, the beginning of its hour. */
  readonly time: string;
  /** Null when many are told as one. */
  readonly eventType: string | null;
  readonly alertKey: string | null;
  readonly outcome: 'DROPPED';
  readonly reason: WhyWithoutEffect;
  readonly text: string;
  /** More than 1: so many of this reason in this hour, at least, besides those that are listed one by one. */
  readonly count: number;
}
