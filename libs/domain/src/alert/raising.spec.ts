import type { AlertPriority } from '../configuration/resources';
import type { SupportTimes } from '../oncall/support-hours';
import { accepted, alertId, ana, minute, raised, specify } from '../testing';
import { sourceId } from '../testing/alert-builders';
import { parseInstant } from '../time';
import { alertDecider } from './alert';
import { raisingDue } from './raising';
import type { WaitingAlertsRaised } from './raising';

const week = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];
const daily = (start: string, end = '17:00'): SupportTimes => ({
  timezone: 'UTC',
  supportDays: Object.fromEntries(week.map((day) => [day, { start, end }])),
  exceptions: [],
});
const at = (time: string, day = '05') => parseInstant(`2026-01-${day}T${time}:00Z`);
type Told = WaitingAlertsRaised['data'];

const look = (
  now: string,
  told?: Told,
  more: { edits?: readonly string[]; times?: SupportTimes; during?: AlertPriority; day?: string } = {},
): Told => {
  const { edits = told === undefined ? ['06:00'] : [], times = daily('08:00'), during = 'HIGH', day = '05' } = more;
  return raisingDue({ sourceId, revision: 0, during, times, told, edits: edits.map((time) => at(time)), now: at(now, day) });
};
const said = ({ before, nextAt }: Told) => [before, nextAt];

describe('raising what waits', () => {
  it('is due when the hours begin in which new alerts are HIGH', () => {
    expect(said(look('06:00'))).toEqual([null, at('08:00')]);
    expect(said(look('06:00', undefined, { during: 'LOW' }))).toEqual([null, at('17:00')]);
  });

  it('takes what was opened before them, and looks once more for what was being opened then', () => {
    const first = look('08:00', look('06:00'));
    expect(said(first)).toEqual([at('08:00'), at('08:01')]);
    const second = look('08:01', first);
    expect(said(second)).toEqual([at('08:00'), at('08:00', '06')]);
    expect(said(look('08:00', second, { day: '06' }))).toEqual([at('08:00', '06'), at('08:01', '06')]);
  });

  it('is made up for after any time in which nothing ran, for the last edge at once', () => {
    expect(look('09:30', look('06:00'), { day: '08' }).before).toEqual(at('08:00', '08'));
    expect(look('07:30', look('06:00'), { day: '08' }).before).toEqual(at('08:00', '07'));
  });

  it('comes when an edit of the hours moved it to', () => {
    const told = look('06:00');
    const later = look('07:00', told, { edits: ['07:00'], times: daily('10:00') });
    expect(said(later)).toEqual([null, at('10:00')]);
    expect(look('09:00', later, { times: daily('10:00') }).before).toBeNull();
    expect(look('10:00', later, { times: daily('10:00') }).before).toEqual(at('10:00'));
  });

  it('was due by the hours that were in force then, though they were edited before anybody looked', () => {
    const edited = { edits: ['08:30', '08:40'], times: daily('10:00') };
    expect(said(look('08:45', look('06:00'), edited))).toEqual([at('08:00'), at('08:46')]);
    expect(look('08:45', look('06:00'), { edits: ['07:30', '08:40'], times: daily('10:00') }).before).toBeNull();
  });

  it('is not due for hours that had begun when the edit came', () => {
    expect(said(look('09:00', look('06:00', undefined, { times: daily('12:00') }), { edits: ['09:00'] }))).toEqual([
      null,
      at('08:00', '06'),
    ]);
    expect(said(look('09:00', undefined, { edits: ['09:00'] }))).toEqual([null, at('08:00', '06')]);
  });

  it('still looks once more when an edit comes in between', () => {
    const first = look('08:00', look('06:00'));
    expect(said(look('08:00', first, { edits: ['08:00'], times: daily('10:00') }))).toEqual([at('08:00'), at('08:01')]);
  });

  it('is never due where no hours begin', () => {
    expect(said(look('06:00', undefined, { times: { ...daily('08:00'), supportDays: {} } }))).toEqual([null, null]);
  });
});

const given = specify(alertDecider);

describe('an alert that waits when support hours begin', () => {
  const edge = { type: 'begin', at: minute(5) } as const;
  const low = raised({ priority: 'LOW' });
  const data = { alertId, at: minute(5), by: { type: 'system', part: 'support-hours' }, status: 'PENDING', supportHours: edge } as const;

  const begins = { type: 'raiseWaiting', at: minute(5), edge } as const;

  it('is HIGH from then on', () => given(low).when(begins).then({ type: 'AlertPriorityRaised', data }));
  it('is raised once', () => given(low, { type: 'AlertPriorityRaised', data }).when(begins).thenNothing());
  it('stays LOW when somebody has accepted it', () => given(low, accepted(ana)).when(begins).thenNothing());
});
