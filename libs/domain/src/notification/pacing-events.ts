import type { AlertId, AlertSourceId } from '../ids';
import type { Instant } from '../time';

/** A page as it is told apart from others by whoever gets it (B29). */
export interface PacedPage {
  /** Its stream. */
  readonly notification: string;
  readonly notificationId: number;
  readonly alertId: AlertId;
  readonly sourceId: AlertSourceId;
  /** Stands for who was paged by what: round, pass and level are in it. 0: it is no page, but news. */
  readonly activation: number;
  /** Changes with what the alert says. */
  readonly text: number;
}

/** What became of a page whose turn it was. */
export type PacingVerdict =
  | { readonly type: 'alone' }
  /** Together with others at that time. */
  | { readonly type: 'bundled'; readonly bundle: number; readonly dueAt: Instant }
  /** The same as that one, which the person has had a moment ago. */
  | { readonly type: 'identical'; readonly notification: string };

export interface PacingWindow {
  /** Whose pages it counts; null: those of all sources. */
  readonly sourceId: AlertSourceId | null;
  readonly openedAt: Instant;
  readonly endsAt: Instant;
  readonly pages: readonly string[];
}

export interface Bundle {
  readonly id: number;
  readonly dueAt: Instant;
  readonly pages: readonly string[];
  /** From then on nothing joins it any more. */
  readonly closedAt?: Instant;
}

interface ShownPage {
  readonly notification: string;
  readonly alertId: AlertId;
  readonly activation: number;
  readonly text: number;
  readonly at: Instant;
}

/** What went to one person by one method and contact lately, and what waits. */
export interface Pacing {
  readonly windows: readonly PacingWindow[];
  readonly bundles: readonly Bundle[];
  readonly shown: readonly ShownPage[];
}

/**
 * In `pace-<user>-<method>-<contact>`. Each event carries all that still counts after it: what is older may be forgotten, and
 * nobody has to read years of pages to send the next one.
 */
export type PacingEvent =
  | {
      readonly type: 'PagePaced';
      readonly data: { readonly at: Instant; readonly notification: string; readonly verdict: PacingVerdict; readonly pacing: Pacing };
    }
  | { readonly type: 'BundleClosed'; readonly data: { readonly at: Instant; readonly bundle: number; readonly pacing: Pacing } };
