import type { SupportHourId, TeamId } from '../ids';
import type { DayOfWeek } from '../oncall/schedule';
import { parseDate } from '../oncall/support-hours';
import type { SupportDay, SupportDays, SupportHourException, SupportTimes } from '../oncall/support-hours';
import { isTimeZone } from '../oncall/time-zone';
import { DAYS_OF_WEEK, parseTimeOfWeek } from '../oncall/weekly-windows';
import type { Instant } from '../time';
import type { ConfigurationLookup } from './configuration-lookup';
import { invalidSetting, naming, refuseWhileNamed } from './refusals';
import type { AlertSource, SupportHour } from './resources';
import { checkedTeams } from './team-ownership';

export interface SupportHourRequest extends SupportTimes {
  readonly name: string;
  /** Absent leaves the assignment alone. */
  readonly teamIds?: readonly TeamId[];
}

export interface SupportHourChange {
  readonly now: Instant;
  readonly configuration: ConfigurationLookup;
}

const MOST_EXCEPTIONS = 500;

/** @throws Rejection `invalid` */
export const createSupportHour = (id: SupportHourId, request: SupportHourRequest, change: SupportHourChange): SupportHour => ({
  id,
  ...checked(request, [], change),
  createdAt: change.now,
  updatedAt: change.now,
});

/** The whole of it anew. @throws Rejection `invalid` */
export const replaceSupportHour = (current: SupportHour, request: SupportHourRequest, change: SupportHourChange): SupportHour => ({
  id: current.id,
  ...checked(request, current.teamIds, change),
  createdAt: current.createdAt,
  updatedAt: change.now,
});

/** Hours that a source names stay. @throws Rejection `still-in-use` */
export const refuseUsedSupportHour = (
  { id }: SupportHour,
  sources: readonly AlertSource[],
  seen?: Pick<ConfigurationLookup, 'hidden'>,
): void =>
  refuseWhileNamed(
    {
      named: `support hour ${id}`,
      how: 'is used by',
      by: naming(
        'source',
        'alert-source',
        sources.filter((source) => isNamedBy(id, source)),
      ),
    },
    seen,
  );

export const isNamedBy = (id: SupportHourId, { supportHours }: Pick<AlertSource, 'supportHours'>): boolean =>
  supportHours?.hours.type === 'named' && supportHours.hours.id === id;

/** The hours that decide for a source; undefined: none do, or they are gone. */
export const supportTimesOf = (
  { supportHours }: Pick<AlertSource, 'supportHours'>,
  lookup: ConfigurationLookup,
): SupportTimes | undefined =>
  supportHours?.hours.type === 'named'
    ? lookup.get('supporthour', supportHours.hours.id)
    : supportHours && { ...supportHours.hours, exceptions: [] };

/** `path` is where the hours stand in the body, e.g. `supportHours.`. @throws Rejection `invalid` */
export const checkedWeek = (
  { timezone, supportDays }: Pick<SupportTimes, 'timezone' | 'supportDays'>,
  path = '',
): Pick<SupportTimes, 'timezone' | 'supportDays'> => {
  if (!isTimeZone(timezone)) throw invalidSetting(`${path}timezone`, 'must be a time zone of the IANA database, like Europe/Berlin');
  const days = DAYS_OF_WEEK.flatMap((day): [DayOfWeek, SupportDay][] => {
    const hours = supportDays[day];
    return hours === undefined ? [] : [[day, checkedDay(hours, `${path}supportDays.${day}`)]];
  });
  return { timezone, supportDays: Object.fromEntries(days) as SupportDays };
};

const checked = (
  { name, teamIds, exceptions, ...week }: SupportHourRequest,
  teamsBefore: readonly TeamId[],
  { configuration }: SupportHourChange,
): Omit<SupportHour, 'id' | 'createdAt' | 'updatedAt'> => {
  if (exceptions.length > MOST_EXCEPTIONS) throw invalidSetting('exceptions', `must have at most ${MOST_EXCEPTIONS} entries`);
  return {
    name,
    ...checkedWeek(week),
    exceptions: exceptions.map((exception, index) => checkedException(exception, `exceptions[${index}]`)),
    teamIds: teamIds === undefined ? teamsBefore : checkedTeams(teamIds, configuration),
  };
};

const checkedDay = ({ start, end }: SupportDay, path: string): SupportDay => {
  const [from, to] = [minutesOf(start), minutesOf(end)];
  if (from === undefined) throw invalidSetting(`${path}.start`, 'must be a time like 08:00');
  if (to === undefined) throw invalidSetting(`${path}.end`, 'must be a time like 17:00; 24:00 is the end of the day');
  if (to <= from) throw invalidSetting(`${path}.end`, 'must be later than start: hours over midnight are two days, the first until 24:00');
  return { start: start.slice(0, 5), end: end.slice(0, 5) };
};

const minutesOf = (time: string): number | undefined => parseTimeOfWeek({ dayOfWeek: 'MONDAY', time });

const checkedException = (exception: SupportHourException, path: string): SupportHourException => {
  const [first, last] = [parseDate(exception.start), parseDate(exception.end)];
  if (first === undefined) throw invalidSetting(`${path}.start`, 'must be a day like 2026-12-24');
  if (last === undefined) throw invalidSetting(`${path}.end`, 'must be a day like 2026-12-26');
  if (last < first) throw invalidSetting(`${path}.end`, 'must not be before start: it is the last day');
  return exception;
};
