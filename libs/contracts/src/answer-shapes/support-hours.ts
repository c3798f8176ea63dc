import type { SupportDay, SupportDays, SupportHourException } from '@tocsin/domain';
import type { PublicOwnSupportHours, PublicSupportHour, PublicSupportHourItem } from '../public/support-hours';
import { TeamRel } from './people';
import { flag, id, listOf, maybe, named, object, text, time, words } from './shape';

const day = maybe(object<SupportDay>({ start: text, end: text }));
const weekend = { SATURDAY: day, SUNDAY: day };
const supportDays = object<SupportDays>({ MONDAY: day, TUESDAY: day, WEDNESDAY: day, THURSDAY: day, FRIDAY: day, ...weekend });
const itemFields = { id, name: text, timezone: text, supportDays, teams: listOf(TeamRel), createdAt: time, updatedAt: time };

export const SupportHourListItem = named('SupportHourListItem', object<PublicSupportHourItem>(itemFields));

export const SupportHour = named(
  'SupportHour',
  object<PublicSupportHour>({
    ...itemFields,
    exceptions: listOf(
      object<SupportHourException>({ name: text, start: text, end: text, supportStatus: words('DURING', 'OUTSIDE', 'NONE') }),
    ),
  }),
);

export const OwnSupportHours = named(
  'OwnSupportHours',
  object<PublicOwnSupportHours>({ timezone: text, autoRaiseAlerts: flag, autoRaiseIncidents: flag, supportDays }),
);
