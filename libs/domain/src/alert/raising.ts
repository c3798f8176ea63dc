import type { AlertPriority } from '../configuration/resources';
import type { AlertSourceId } from '../ids';
import { nextSupportEdge, type SupportTimes } from '../oncall/support-hours';
import { instant, plusMs, type Instant } from '../time';

/** Alerts that were opened before this were to be raised; they are looked for once more at `at`. */
export interface LookAgain {
  readonly before: Instant;
  readonly at: Instant;
}

/** The alerts that waited with LOW were raised, in `raising-<source id>`; and when that is next. */
export interface WaitingAlertsRaised {
  readonly type: 'WaitingAlertsRaised';
  readonly data: {
    readonly sourceId: AlertSourceId;
    /** Of the source, as it was looked at. */
    readonly revision: number;
    /** Everything that was due until then is done. */
    readonly at: Instant;
    /** Alerts that were opened earlier than this were raised; null: nothing was due, this only says what is next. */
    readonly before: Instant | null;
    /** When new alerts are HIGH again, by the hours as they were; null: never. */
    readonly edgeAt: Instant | null;
    readonly again: LookAgain | null;
    /** When there is something to do next; null: not before somebody edits the source or its hours. */
    readonly nextAt: Instant | null;
  };
}

export const raisingStream = (sourceId: AlertSourceId | ''): string => `raising-${sourceId}`;

export interface RaisingQuestion {
  readonly sourceId: AlertSourceId;
  readonly revision: number;
  readonly during: AlertPriority;
  readonly times: SupportTimes;
  /** The last of the stream, unless the source has gone without raising since. */
  readonly told: WaitingAlertsRaised['data'] | undefined;
  /** When source or hours were edited since then, in order; where there is nothing before, at least the edit that set the raising. */
  readonly edits: readonly Instant[];
  readonly now: Instant;
}

/** An alert that was being opened when the others were raised is on record by then. */
const LOOK_AGAIN_MS = 60_000;

/**
 * What is due now, and next. An edge counts by the hours that were in force when it came: one that was due before an edit is
 * made up for, one that an edit moves comes when it says, and one that had passed when an edit brought it raises nothing.
 */
export const raisingDue = ({ sourceId, revision, during, times, told, edits, now }: RaisingQuestion): WaitingAlertsRaised['data'] => {
  // Support hours begin for whoever is HIGH in them, and end for whoever is LOW.
  const edgeAfter = (after: Instant): Instant | undefined => nextSupportEdge(times, after, during === 'HIGH');
  const [firstEdit, lastEdit] = [edits[0], edits.at(-1)];
  const due = told?.again === null || told === undefined ? [] : [told.again.before];
  if (told?.edgeAt != null && told.edgeAt <= now && firstEdit !== undefined && told.edgeAt <= firstEdit) due.push(told.edgeAt);
  const since = instant(Math.max(told?.at ?? 0, lastEdit ?? 0));
  for (let edge = edgeAfter(since); edge !== undefined && edge <= now; edge = edgeAfter(edge)) due.push(edge);
  const before = due.length === 0 ? null : instant(Math.max(...due));
  const edgeAt = edgeAfter(now) ?? null;
  const again = before === null ? null : lookAgain(before, told?.again ?? null, now);
  const next = [edgeAt, again?.at].filter((at) => at != null);
  return { sourceId, revision, at: now, before, edgeAt, again, nextAt: next.length === 0 ? null : instant(Math.min(...next)) };
};

const lookAgain = (before: Instant, planned: LookAgain | null, now: Instant): LookAgain | null => {
  if (planned?.before !== before) return { before, at: plusMs(now, LOOK_AGAIN_MS) };
  return planned.at > now ? planned : null;
};
