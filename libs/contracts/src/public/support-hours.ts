import { toIso } from '@tocsin/domain';
import type { AlertSource, SupportDays, SupportHour, SupportHourException } from '@tocsin/domain';
import type { ResourceLookup } from './lookup';
import { publicTeamRels } from './people';
import type { PublicTeamRel } from './people';

export interface PublicSupportHourItem {
  readonly id: number;
  readonly name: string;
  readonly timezone: string;
  /** A day that is missing is closed. */
  readonly supportDays: SupportDays;
  readonly teams: readonly PublicTeamRel[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PublicSupportHour extends PublicSupportHourItem {
  readonly exceptions: readonly SupportHourException[];
}

/** Written into the source, as older clients have it; each of them finds its own word for the raising. */
export interface PublicOwnSupportHours {
  readonly timezone: string;
  readonly autoRaiseAlerts: boolean;
  readonly autoRaiseIncidents: boolean;
  readonly supportDays: SupportDays;
}

/** What a source says of its priority where support hours decide. */
export interface PublicPriorityBySupportHours {
  readonly alertPriorityRule: string;
  readonly autoRaiseAlerts?: boolean;
  readonly supportHours?: PublicSupportHour | PublicOwnSupportHours | { readonly id: number };
}

export const publicSupportHourItem = (hours: SupportHour, lookup: ResourceLookup): PublicSupportHourItem => ({
  id: hours.id,
  name: hours.name,
  timezone: hours.timezone,
  supportDays: hours.supportDays,
  teams: publicTeamRels(hours.teamIds, lookup),
  createdAt: toIso(hours.createdAt),
  updatedAt: toIso(hours.updatedAt),
});

export const publicSupportHour = (hours: SupportHour, lookup: ResourceLookup): PublicSupportHour => ({
  ...publicSupportHourItem(hours, lookup),
  exceptions: hours.exceptions,
});

export const publicPriorityRule = (
  { alertPriorityRule, supportHours }: Pick<AlertSource, 'alertPriorityRule' | 'supportHours'>,
  lookup: ResourceLookup,
): PublicPriorityBySupportHours => {
  if (supportHours === undefined) return { alertPriorityRule };
  const { during, autoRaise, hours } = supportHours;
  const rule = { alertPriorityRule: `${during}_DURING_SUPPORT_HOURS`, autoRaiseAlerts: autoRaise };
  if (hours.type === 'own') {
    const { timezone, supportDays } = hours;
    return { ...rule, supportHours: { timezone, autoRaiseAlerts: autoRaise, autoRaiseIncidents: autoRaise, supportDays } };
  }
  const named = lookup.get('supporthour', hours.id);
  return { ...rule, supportHours: named === undefined ? { id: hours.id } : publicSupportHour(named, lookup) };
};
