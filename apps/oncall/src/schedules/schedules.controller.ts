import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { peopleIn, publicSchedule, publicShift, SCHEDULE_INCLUDES, usualShiftWindow } from '@tocsin/contracts';
import type { PublicSchedule, PublicShift, ScheduleInclude } from '@tocsin/contracts';
import {
  Clock,
  createSchedule,
  peopleOnCall,
  peoplesShifts,
  plusMonths,
  refuseAskedSchedule,
  refusePagedSchedule,
  replaceSchedule,
} from '@tocsin/domain';
import type { Instant, Schedule, ScheduleChange, ScheduleId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  created,
  CurrentUser,
  Describe,
  flagParameter,
  includeParameter,
  invalidField,
  pageParameters,
  readFlag,
  readInclude,
  readPage,
  RequiresRole,
  ResourceId,
  timeParameter,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { readMomentParameter, ScheduleBody, scheduleRequest } from './schedule-requests';
import { Schedules } from './schedules';

/** What a write answers with: all that it set, and who is on call now. */
const WHOLE: ReadonlySet<ScheduleInclude> = new Set(SCHEDULE_INCLUDES.filter((include) => include !== 'past'));
const MONTHS_SHOWN = 3;
const INCLUDE = includeParameter(SCHEDULE_INCLUDES);
const ABORT_ON_GAPS = flagParameter('abort-on-gaps', 'Refuse a plan that leaves nobody on call for some time');
const SHIFT_WINDOW = [
  timeParameter('from', 'With an offset, or on the clocks of the schedule; otherwise the start of the last month'),
  timeParameter('until', 'Three months after from unless given'),
  flagParameter('exclude-overrides', 'As planned, without those who stand in'),
];

const PAGE = { usual: 20, cap: 20 };

/** Schedules: seen by everybody, made and changed by users. */
@Controller('api/schedules')
@RequiresRole('USER')
export class SchedulesController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
    private readonly schedules: Schedules,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Describe('List schedules', { query: [...pageParameters(PAGE), INCLUDE], answers: ['Schedule'] })
  @RequiresRole('STAKEHOLDER')
  list(@Query() query: QueryParameters, @CurrentUser() by: Principal): readonly PublicSchedule[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    const include = readInclude(query, SCHEDULE_INCLUDES);
    return this.configuration
      .seenBy(by)
      .list('schedule')
      .slice(startIndex, startIndex + maxResults)
      .map((schedule) => this.answer(schedule, include, by));
  }

  @Post()
  @Describe('Create a schedule', { query: [ABORT_ON_GAPS], answers: 'Schedule' })
  async create(
    @Body() body: ScheduleBody,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicSchedule> {
    const request = scheduleRequest(body, this.schedules.references(by));
    const abortOnGaps = readFlag(query, 'abort-on-gaps') ?? false;
    const schedule = await this.store.create(
      'schedule',
      (id, now) => createSchedule(id, request, this.change(now, abortOnGaps, by)),
      context,
    );
    created(reply, `/api/schedules/${schedule.id}`);
    return this.answer(schedule, WHOLE, by);
  }

  @Get('name/:name')
  @Describe('Find a schedule by its name', { query: [INCLUDE], answers: 'Schedule' })
  @RequiresRole('STAKEHOLDER')
  async named(@Param('name') name: string, @Query() query: QueryParameters, @CurrentUser() by: Principal): Promise<PublicSchedule> {
    return this.answer(await this.schedules.named(name, by), readInclude(query, SCHEDULE_INCLUDES), by);
  }

  @Get(':id')
  @Describe('Read a schedule', { query: [INCLUDE], answers: 'Schedule' })
  @RequiresRole('STAKEHOLDER')
  async get(@ResourceId('id') id: ScheduleId, @Query() query: QueryParameters, @CurrentUser() by: Principal): Promise<PublicSchedule> {
    return this.answer(await this.schedules.get(id, by), readInclude(query, SCHEDULE_INCLUDES), by);
  }

  @Put(':id')
  @Describe('Replace a schedule', { query: [ABORT_ON_GAPS], answers: 'Schedule' })
  async replace(
    @ResourceId('id') id: ScheduleId,
    @Body() body: ScheduleBody,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicSchedule> {
    const abortOnGaps = readFlag(query, 'abort-on-gaps') ?? false;
    const change = (current: Schedule, now: Instant): Schedule =>
      replaceSchedule(
        current,
        scheduleRequest(body, this.schedules.references(by, current), current),
        this.change(now, abortOnGaps, by, current),
      );
    return this.answer(await this.store.change('schedule', id, change, context), WHOLE, by);
  }

  @Delete(':id')
  @Describe('Delete a schedule that nobody is paged through')
  @HttpCode(204)
  async remove(@ResourceId('id') id: ScheduleId, @CurrentUser() by: Principal, @ChangeBy() context: ChangeContext): Promise<void> {
    const seen = this.configuration.seenBy(by);
    const refuseNeeded = (schedule: Schedule): void => {
      refusePagedSchedule(schedule, this.configuration.list('policy'), seen);
      refuseAskedSchedule(schedule, this.configuration.list('alertaction'), seen);
    };
    await this.store.remove('schedule', id, refuseNeeded, context);
  }

  /** Each shift that lies at least partly in the window, with its whole length. */
  @Get(':id/shifts')
  @Describe('List the shifts in a window', { query: SHIFT_WINDOW, answers: ['Shift'] })
  @RequiresRole('STAKEHOLDER')
  async shifts(
    @ResourceId('id') id: ScheduleId,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
  ): Promise<readonly PublicShift[]> {
    const schedule = await this.schedules.get(id, by);
    const seen = this.configuration.seenBy(by);
    const excludeOverrides = readFlag(query, 'exclude-overrides') ?? false;
    const window = readWindow(query, schedule.timezone, this.clock.now());
    const shifts = peoplesShifts(schedule, window, peopleIn(seen, this.clock.now()), { excludeOverrides });
    return shifts.map((shift) => publicShift(shift, seen));
  }

  @Get(':id/user-on-call')
  @Describe('Read who is on call now', { statuses: { 200: 'The shift', 204: 'Nobody is on call' }, answers: 'Shift' })
  @RequiresRole('STAKEHOLDER')
  async userOnCall(
    @ResourceId('id') id: ScheduleId,
    @CurrentUser() by: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicShift | undefined> {
    const seen = this.configuration.seenBy(by);
    const { current } = peopleOnCall(await this.schedules.get(id, by), peopleIn(seen, this.clock.now()));
    if (current !== undefined) return publicShift(current, seen);
    void reply.status(204);
    return undefined;
  }

  private answer(schedule: Schedule, include: ReadonlySet<ScheduleInclude>, by: Principal): PublicSchedule {
    return publicSchedule(schedule, include, this.clock.now(), this.configuration.seenBy(by));
  }

  private change(now: Instant, abortOnGaps: boolean, by: Principal, current?: Schedule): ScheduleChange {
    return { now, references: this.schedules.references(by, current), abortOnGaps };
  }
}

/** With one end only, the other is three months away. */
const readWindow = (query: QueryParameters, zone: string, now: Instant): { readonly from: Instant; readonly until: Instant } => {
  const from = readMomentParameter(query, 'from', zone);
  const until = readMomentParameter(query, 'until', zone);
  if (from === undefined && until === undefined) return usualShiftWindow(zone, now);
  const window = {
    from: from ?? plusMonths(zone, until ?? now, -MONTHS_SHOWN),
    until: until ?? plusMonths(zone, from ?? now, MONTHS_SHOWN),
  };
  if (window.until < window.from) throw invalidField('until', 'must not be before from');
  return window;
};
