import { publicPerson, publicPolicy, publicScheduleRel, publicUserRel } from '@tocsin/contracts';
import type { PublicOnCall, ResourceLookup } from '@tocsin/contracts';
import { instantToLocal, plusMs, toIso, toWallTime } from '@tocsin/domain';
import type { Instant, OnCallDuty } from '@tocsin/domain';

export interface OnCallShown {
  readonly expand: ReadonlySet<'user' | 'escalationPolicy' | 'schedule'>;
  /** Undefined: UTC. */
  readonly zone: string | undefined;
}

export const publicOnCall = (duty: OnCallDuty, { expand, zone }: OnCallShown, lookup: ResourceLookup): PublicOnCall => {
  const policy = duty.policyId === undefined ? undefined : lookup.get('policy', duty.policyId);
  const [schedule] = duty.scheduleId === undefined ? [] : publicScheduleRel(duty.scheduleId, lookup);
  return {
    user: expand.has('user') ? publicPerson(duty.userId, lookup) : publicUserRel(duty.userId, lookup),
    ...(policy === undefined
      ? {}
      : { escalationPolicy: expand.has('escalationPolicy') ? publicPolicy(policy, lookup) : { id: policy.id, name: policy.name } }),
    ...(schedule === undefined ? {} : { schedule: expand.has('schedule') ? schedule : { id: schedule.id, name: schedule.name } }),
    ...(duty.level === undefined ? {} : { escalationLevel: duty.level }),
    ...(duty.start === undefined ? {} : { start: inZone(duty.start, zone) }),
    ...(duty.end === undefined ? {} : { end: inZone(duty.end, zone) }),
  };
};

const MINUTE_MS = 60_000;

/** Local time with its offset; in UTC with a Z. */
const inZone = (at: Instant, zone: string | undefined): string => {
  if (zone === undefined) return toIso(at);
  // Offsets of the early seventies had seconds, which no offset can be written with: the instant stays right all the same.
  const offsetMin = Math.round((toWallTime(zone, at) - at) / MINUTE_MS);
  const local = instantToLocal('UTC', plusMs(at, offsetMin * MINUTE_MS));
  const [hours, minutes] = [Math.floor(Math.abs(offsetMin) / 60), Math.abs(offsetMin) % 60].map((part) => String(part).padStart(2, '0'));
  return `${local}${offsetMin < 0 ? '-' : '+'}${hours}:${minutes}`;
};
