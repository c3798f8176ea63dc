import { minute, sourceId } from '../testing/alert-builders';
import { specify } from '../testing/specify';
import { plusMinutes, type Instant } from '../time';
import type { SourceLogEvent } from './source-log-events';
import { DROPPED_RECORDED_PER_HOUR, hourOf, isExpiredSourceLog, sourceLogDecider, sourceLogStream, sourceLogStreams } from './source-log';

const given = specify(sourceLogDecider);
const start = hourOf(minute(0));
const dropped = (at: Instant): Extract<SourceLogEvent, { type: 'ToolEventDropped' }> => ({
  type: 'ToolEventDropped',
  data: { sourceId, at, eventType: 'RESOLVE', alertKey: 'disk', reason: 'no-open-alert' },
});
const drop = (at: Instant) => ({ type: 'drop', event: dropped(at).data }) as const;
const full = Array.from({ length: DROPPED_RECORDED_PER_HOUR }, () => dropped(start));

describe('an event without effect', () => {
  it('is on record with its reason', () => given().when(drop(start)).then(dropped(start)));
  it('is on record as the hundredth of its hour', () =>
    given(...full.slice(1))
      .when(drop(start))
      .then(dropped(start)));
  it('is not on record after a hundred of its hour', () =>
    given(...full)
      .when(drop(plusMinutes(start, 59)))
      .thenNothing());
  it('is on record again in the next hour', () =>
    given(...full)
      .when(drop(plusMinutes(start, 60)))
      .then(dropped(plusMinutes(start, 60))));
});

describe('events without effect that were counted', () => {
  it('are on record by reason, and do not make their hour fuller', () => {
    const counted = { sourceId, at: start, counts: { 'no-open-alert': 412, 'key-required': 3 } };
    const event = { type: 'ToolEventsDropped', data: counted } as const;
    given(...full.slice(1))
      .when({ type: 'count', counted })
      .then(event);
    given(...full.slice(1), event)
      .when(drop(start))
      .then(dropped(start));
  });
});

describe('the event log of a source', () => {
  it('has a stream a day, of the day on which the event was received', () => {
    expect(sourceLogStream(sourceId, start)).toBe(`sourcelog-${sourceId}-2026-03-02`);
  });
  it('is kept for thirty days', () => {
    const streams = sourceLogStreams(sourceId, start);
    expect(streams.at(0)).toBe(`sourcelog-${sourceId}-2026-03-02`);
    expect(streams.at(-1)).toBe(`sourcelog-${sourceId}-2026-01-31`);
    expect(isExpiredSourceLog(streams.at(-1) ?? '', start)).toBe(false);
    expect(isExpiredSourceLog(`sourcelog-${sourceId}-2026-01-30`, start)).toBe(true);
  });
});
