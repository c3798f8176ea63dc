import { Controller, Get, Query } from '@nestjs/common';
import { peopleIn } from '@tocsin/contracts';
import type { PublicOnCall } from '@tocsin/contracts';
import { Clock, onCallsBetween, plusMonths, plusMs } from '@tocsin/domain';
import type { EscalationPolicyId, Instant, OnCallFilter, ScheduleId, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { SeenConfiguration } from '@tocsin/messaging';
import {
  CurrentUser,
  Describe,
  idsParameter,
  invalidField,
  manyParameter,
  pageParameters,
  readIds,
  readMany,
  readManyOf,
  readPage,
  readText,
  RequiresRole,
  textParameter,
  timeParameter,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import { readMomentParameter, readZone } from '../schedules/schedule-requests';
import { publicOnCall } from './public-on-call';

const LONGEST_SPAN_MONTHS = 3;
/** Three months of one zone can be hours longer than those of another. */
const SPAN_TOLERANCE_MS = 86_400_000;
const NOBODY = -1 as UserId;
const NOWHERE = -1 as ScheduleId;

const PAGE = { usual: 50, cap: 250 };
const EXPANDED = ['user', 'escalationPolicy', 'schedule'] as const;
const PARAMETERS = [
  ...pageParameters(PAGE),
  idsParameter('policies', 'Only these escalation policies'),
  textParameter('policy-levels', 'Only these levels, from 1, by policy id: {"12":[1,2]}'),
  idsParameter('schedules', 'Only these schedules'),
  manyParameter('users', 'Only these users, by id or username'),
  manyParameter('expand', 'What is shown whole instead of by its id', EXPANDED),
  timeParameter('from', 'Now unless given'),
  timeParameter('until', 'The same moment as from unless given; at most three months later'),
  textParameter('timezone', 'The time zone of the times in the answer, and of from and until without an offset'),
];

/**
 * Who is on call: now, or between `from` and `until`. Without filters the policies that an alert source uses count; whatever
 * is named, by `policies`, `policy-levels` or `schedules`, is answered even if no source uses it.
 */
@Controller('api/on-calls')
export class OnCallsController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Describe('List who is on call, by escalation policy and level', { query: PARAMETERS, answers: ['OnCall'] })
  @RequiresRole('STAKEHOLDER')
  list(@Query() query: QueryParameters, @CurrentUser() by: Principal): readonly PublicOnCall[] {
    const seen = this.configuration.seenBy(by);
    const { startIndex, maxResults } = readPage(query, PAGE);
    const zone = readZone(query, 'timezone');
    const expand = new Set(readManyOf(query, ['expand'], EXPANDED));
    const duties = onCallsBetween({
      ...readSpan(query, zone ?? 'UTC', this.clock.now()),
      filter: readFilter(query, seen),
      people: peopleIn(seen, this.clock.now()),
      policies: seen.list('policy'),
      // Whoever could be paged is on call, seen or not: shifts that lead to people of whom nobody is told whose they are are told.
      sources: this.configuration.list('source'),
      getSchedule: (id) => this.configuration.get('schedule', id),
      getTeam: (id) => seen.get('team', id),
    });
    return duties.slice(startIndex, startIndex + maxResults).map((duty) => publicOnCall(duty, { expand, zone }, seen));
  }
}

/** One end alone is an instant; `until` alone begins now. */
const readSpan = (query: QueryParameters, zone: string, now: Instant): { readonly from: Instant; readonly until: Instant } => {
  const from = readMomentParameter(query, 'from', zone) ?? now;
  const until = readMomentParameter(query, 'until', zone) ?? from;
  if (until < from) throw invalidField('until', 'must not be before from');
  if (until > plusMs(plusMonths(zone, from, LONGEST_SPAN_MONTHS), SPAN_TOLERANCE_MS))
    throw invalidField('until', `must be at most ${LONGEST_SPAN_MONTHS} months after from`);
  return { from, until };
};

const readFilter = (query: QueryParameters, seen: SeenConfiguration): OnCallFilter => ({
  policies: readIds<EscalationPolicyId>(query, 'policies'),
  levels: readLevels(query),
  schedules: readIds<ScheduleId>(query, 'schedules').map((id) => (seen.hidden('schedule', id) === undefined ? id : NOWHERE)),
  users: readMany(query, 'users').map((name) => userNamed(name, seen)),
});

/** By id or by username (B4); somebody nobody knows is nowhere on call. */
const userNamed = (name: string, seen: SeenConfiguration): UserId => {
  if (!/^\d+$/.test(name)) return seen.find('user', 'username', name)?.id ?? NOBODY;
  return seen.hidden('user', Number(name)) === undefined ? (Number(name) as UserId) : NOBODY;
};

/** `{"12":[1,2]}` or `{"12":1}`, levels from 1. */
const readLevels = (query: QueryParameters): OnCallFilter['levels'] => {
  const text = readText(query, 'policy-levels');
  if (text === undefined) return new Map();
  const map = parsed(text);
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw wrongLevels();
  return new Map(
    Object.entries(map).map(([policy, levels]) => {
      const list: readonly unknown[] = [levels].flat();
      if (!/^[1-9]\d{0,14}$/.test(policy) || !list.every((level) => Number.isSafeInteger(level) && Number(level) >= 1)) throw wrongLevels();
      return [Number(policy) as EscalationPolicyId, list.map(Number)];
    }),
  );
};

const wrongLevels = () => invalidField('policy-levels', 'must be a JSON object of levels, from 1, by policy id, like {"12":[1,2]}');

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw wrongLevels();
    throw error;
  }
};
