import type { AlertSourceId, SupportHourId, TeamId } from '../ids';
import { Rejection } from '../rejection';
import { instant } from '../time';
import type { AlertSource, ConfigurationKind, ConfigurationResources } from './resources';
import { createSupportHour, refuseUsedSupportHour, replaceSupportHour, supportTimesOf } from './support-hour-rules';
import type { SupportHourChange, SupportHourRequest } from './support-hour-rules';

const there: Readonly<Record<string, true>> = { 'team-3': true, 'team-5': true };
const change = (now: number): SupportHourChange => ({
  now: instant(now),
  configuration: {
    get: <K extends ConfigurationKind>(kind: K, id: number) =>
      there[`${kind}-${id}`] === true ? ({ id } as unknown as ConfigurationResources[K]) : undefined,
  },
});
const id = 7 as SupportHourId;
const request = (more: Partial<SupportHourRequest> = {}): SupportHourRequest => ({
  name: 'Office',
  timezone: 'Europe/Berlin',
  supportDays: { MONDAY: { start: '08:00', end: '17:00' } },
  exceptions: [],
  ...more,
});
const created = (more: Partial<SupportHourRequest> = {}) => createSupportHour(id, request(more), change(1));
const christmas = (start: string, end: string) => ({ name: 'Christmas', start, end, supportStatus: 'OUTSIDE' }) as const;
const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error instanceof Rejection ? [error.code, error.details[0]?.field ?? error.details[0]?.resource] : error;
  }
};

describe('a support hour', () => {
  it('keeps id, creation and unmentioned teams when it is replaced, and nothing else', () => {
    const before = created({ teamIds: [5, 3, 5] as TeamId[], exceptions: [christmas('2026-12-24', '2026-12-26')] });
    const after = replaceSupportHour(before, request({ name: 'New' }), change(9));
    expect(after).toEqual({ id: 7, ...request({ name: 'New' }), teamIds: [3, 5], createdAt: 1, updatedAt: 9 });
  });

  it.each([
    ['ends when it begins', { supportDays: { MONDAY: { start: '08:00', end: '08:00' } } }, 'supportDays.MONDAY.end'],
    ['ends before it begins', { supportDays: { SUNDAY: { start: '22:00', end: '06:00' } } }, 'supportDays.SUNDAY.end'],
    ['begins at no time', { supportDays: { MONDAY: { start: '25:00', end: '26:00' } } }, 'supportDays.MONDAY.start'],
    ['ends after the day', { supportDays: { MONDAY: { start: '08:00', end: '24:01' } } }, 'supportDays.MONDAY.end'],
    ['is nowhere', { timezone: '+01:00' }, 'timezone'],
    ['has an exception on no day', { exceptions: [christmas('2026-02-30', '2026-03-01')] }, 'exceptions[0].start'],
    ['has one that ends before it begins', { exceptions: [christmas('2026-12-26', '2026-12-24')] }, 'exceptions[0].end'],
    ['is an unknown team`s', { teamIds: [4 as TeamId] }, 'teams[0].id'],
  ])('is refused when it %s (B31)', (_what, more, field) => {
    expect(refusal(() => created(more as Partial<SupportHourRequest>))).toEqual(['invalid', field]);
  });

  it('takes an exception of one day', () =>
    expect(created({ exceptions: [christmas('2026-12-24', '2026-12-24')] }).exceptions).toHaveLength(1));

  it('stays while a source names it', () => {
    const source = (of: number) =>
      ({
        id: 2 as AlertSourceId,
        name: 'Shop',
        supportHours: { during: 'HIGH', autoRaise: false, hours: { type: 'named', id: of } },
      }) as AlertSource;
    expect(refusal(() => refuseUsedSupportHour(created(), [source(8), source(7)]))).toEqual([
      'still-in-use',
      { type: 'alert-source', id: 2, name: 'Shop' },
    ]);
    expect(refusal(() => refuseUsedSupportHour(created(), [source(8), { id: 3, name: 'x' } as AlertSource]))).toBeUndefined();
  });
});

describe('the hours of a source', () => {
  it('are those that it names, its own, or none', () => {
    const lookup = { get: () => created() } as never;
    const own = { type: 'own', timezone: 'UTC', supportDays: {} } as const;
    expect(supportTimesOf({ supportHours: { during: 'LOW', autoRaise: true, hours: { type: 'named', id } } }, lookup)).toEqual(created());
    expect(supportTimesOf({ supportHours: { during: 'LOW', autoRaise: true, hours: own } }, lookup)).toMatchObject({
      timezone: 'UTC',
      exceptions: [],
    });
    expect(supportTimesOf({}, lookup)).toBeUndefined();
  });
});
