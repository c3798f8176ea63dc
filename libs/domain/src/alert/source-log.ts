import type { Decider } from '../decider';
import type { AlertSourceId } from '../ids';
import { instant, toIso, type Instant } from '../time';
import type { SourceLogEvent, WhyWithoutEffect } from './source-log-events';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long what had no effect can be looked up. */
export const SOURCE_LOG_DAYS = 30;
/** Up to here each is on record in an hour; what comes after that is counted, so that a flood cannot fill the store. */
export const DROPPED_RECORDED_PER_HOUR = 100;

export type DroppedCounts = Readonly<Partial<Record<WhyWithoutEffect, number>>>;

export type SourceLogCommand =
  | { readonly type: 'drop'; readonly event: Extract<SourceLogEvent, { type: 'ToolEventDropped' }>['data'] }
  /** What somebody counted in an hour that was full. */
  | { readonly type: 'count'; readonly counted: Extract<SourceLogEvent, { type: 'ToolEventsDropped' }>['data'] };

/** Per hour of the day, how many are on record. */
export type SourceLog = ReadonlyMap<Instant, number>;

export const hourOf = (at: Instant): Instant => instant(Math.floor(at / HOUR_MS) * HOUR_MS);

/** The day is that of the event, not of its handling: handled again it belongs to the same stream. */
export const sourceLogStream = (sourceId: AlertSourceId, at: Instant): string => `sourcelog-${sourceId}-${toIso(at).slice(0, 10)}`;

/** Newest first: the days whose events can still be looked up. */
export const sourceLogStreams = (sourceId: AlertSourceId, now: Instant): readonly string[] =>
  Array.from({ length: SOURCE_LOG_DAYS + 1 }, (_, days) => sourceLogStream(sourceId, instant(now - days * DAY_MS)));

export const isExpiredSourceLog = (stream: string, now: Instant): boolean =>
  stream.slice(-10) < toIso(instant(now - SOURCE_LOG_DAYS * DAY_MS)).slice(0, 10);

export const isFullHour = (log: SourceLog, at: Instant): boolean => (log.get(hourOf(at)) ?? 0) >= DROPPED_RECORDED_PER_HOUR;

/** One by one up to a hundred an hour; the rest of the hour as counts, which whoever counts brings along later. */
export const sourceLogDecider: Decider<SourceLogCommand, SourceLog, SourceLogEvent> = {
  initial: new Map(),
  decide: (command, log) => {
    if (command.type === 'count') return [{ type: 'ToolEventsDropped', data: command.counted }];
    return isFullHour(log, command.event.at) ? [] : [{ type: 'ToolEventDropped', data: command.event }];
  },
  evolve: (log, event) =>
    event.type === 'ToolEventDropped' ? new Map(log).set(hourOf(event.data.at), (log.get(hourOf(event.data.at)) ?? 0) + 1) : log,
};
