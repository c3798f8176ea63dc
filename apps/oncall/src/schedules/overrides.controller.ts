import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { publicOverride, publicSchedule } from '@tocsin/contracts';
import type { PublicAddedOverride, PublicOverride, PublicScheduleWithOverride } from '@tocsin/contracts';
import { addOverride, Clock, deleteOverride, refuseOverrideOf } from '@tocsin/domain';
import type { Instant, OverrideId, Schedule, ScheduleId, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore, IdAllocator } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  CurrentUser,
  Describe,
  DescribedUnder,
  includeParameter,
  readInclude,
  RequiresRole,
  ResourceId,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import { readMoment, ShiftBody } from './schedule-requests';
import { Schedules } from './schedules';

/** Who stands in for whom. Responders take over shifts themselves, users put anybody on call. */
@DescribedUnder('Schedules')
@Controller('api/schedules/:id/overrides')
@RequiresRole('RESPONDER')
export class OverridesController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
    private readonly schedules: Schedules,
    private readonly ids: IdAllocator,
    private readonly clock: Clock,
  ) {}

  /** In the order in which they were made: a later one beats an earlier one. Those that are over only with `include=past`. */
  @Get()
  @Describe('List overrides', { query: [includeParameter(['past'])], answers: ['Override'] })
  @RequiresRole('STAKEHOLDER')
  async list(
    @ResourceId('id') id: ScheduleId,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
  ): Promise<readonly PublicOverride[]> {
    const { overrides } = await this.schedules.get(id, by);
    const past = readInclude(query, ['past']).has('past');
    const seen = this.configuration.seenBy(by);
    return overrides.filter(({ end }) => past || end > this.clock.now()).map((override) => publicOverride(override, seen));
  }

  @Put()
  @Describe('Add an override', { answers: 'AddedOverride' })
  async put(
    @ResourceId('id') id: ScheduleId,
    @Body() body: ShiftBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicAddedOverride> {
    const { schedule, override } = await this.add(id, body, by, context);
    return { id: schedule.id, name: schedule.name, type: schedule.type, override };
  }

  /** The same for clients that post it and read a schedule. */
  @Post()
  @Describe('Add an override, and read the schedule', { answers: 'ScheduleWithOverride' })
  @HttpCode(200)
  async post(
    @ResourceId('id') id: ScheduleId,
    @Body() body: ShiftBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicScheduleWithOverride> {
    const { schedule, override } = await this.add(id, body, by, context);
    return {
      ...publicSchedule(schedule, new Set(['currentShift', 'nextShift']), this.clock.now(), this.configuration.seenBy(by)),
      override,
    };
  }

  @Delete(':override')
  @Describe('Delete an override')
  @HttpCode(204)
  async remove(
    @ResourceId('id') id: ScheduleId,
    @ResourceId('override') overrideId: OverrideId,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    const change = (schedule: Schedule, now: Instant): Schedule => {
      const override = schedule.overrides.find((candidate) => candidate.id === overrideId);
      if (override !== undefined) refuseOverrideOf(override.userId, by);
      return deleteOverride(schedule, overrideId, now);
    };
    await this.store.change('schedule', id, change, context);
  }

  private async add(id: ScheduleId, body: ShiftBody, by: Principal, context: ChangeContext) {
    const userId = body.user.id as UserId;
    refuseOverrideOf(userId, by);
    const { timezone } = await this.schedules.get(id, by);
    const [start, end] = [readMoment('start', body.start, timezone), readMoment('end', body.end, timezone)];
    const overrideId = (await this.ids.next('override')) as OverrideId;
    const request = { id: overrideId, userId, start, end };
    const references = this.schedules.references(by);
    const schedule = await this.store.change('schedule', id, (current, now) => addOverride(current, request, { now, references }), context);
    const made = schedule.overrides.find((override) => override.id === overrideId) ?? request;
    return { schedule, override: publicOverride(made, this.configuration.seenBy(by)) };
  }
}
