import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query, Res } from '@nestjs/common';
import { publicSupportHour, publicSupportHourItem } from '@tocsin/contracts';
import type { PublicSupportHour, PublicSupportHourItem } from '@tocsin/contracts';
import { createSupportHour, refuseAskedSupportHour, refuseUsedSupportHour, rejected, replaceSupportHour } from '@tocsin/domain';
import type { Instant, SupportHour, SupportHourChange, SupportHourId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, pageParameters, readPage, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { SupportHourBody, supportHourRequest } from './support-hour-requests';

const PAGE = { usual: 50, cap: 50 };

/** When somebody is there: alert sources choose their priority by it. Seen by everybody from whom no private team hides them, made and changed by users. */
@Controller('api/support-hours')
@RequiresRole('USER')
export class SupportHoursController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
  ) {}

  @Get()
  @Describe('List support hours, without their exceptions', { query: pageParameters(PAGE), answers: ['SupportHourListItem'] })
  @RequiresRole('STAKEHOLDER')
  list(@Query() query: QueryParameters, @CurrentUser() by: Principal): readonly PublicSupportHourItem[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    const seen = this.configuration.seenBy(by);
    return seen
      .list('supporthour')
      .slice(startIndex, startIndex + maxResults)
      .map((hours) => publicSupportHourItem(hours, seen));
  }

  @Post()
  @Describe('Create a support hour', { answers: 'SupportHour' })
  async create(
    @Body() body: SupportHourBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicSupportHour> {
    const request = supportHourRequest(body);
    const hours = await this.store.create('supporthour', (id, now) => createSupportHour(id, request, this.change(now, by)), context);
    created(reply, `/api/support-hours/${hours.id}`);
    return publicSupportHour(hours, this.configuration.seenBy(by));
  }

  @Get(':id')
  @Describe('Read a support hour', { answers: 'SupportHour' })
  @RequiresRole('STAKEHOLDER')
  async get(@ResourceId('id') id: SupportHourId, @CurrentUser() by: Principal): Promise<PublicSupportHour> {
    const seen = this.configuration.seenBy(by);
    const hours = await seen.surely((): SupportHour | undefined => seen.get('supporthour', id));
    if (hours === undefined) throw rejected('not-found', `there is no support hour ${id}`);
    return publicSupportHour(hours, seen);
  }

  @Put(':id')
  @Describe('Replace a support hour', { answers: 'SupportHour' })
  async replace(
    @ResourceId('id') id: SupportHourId,
    @Body() body: SupportHourBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicSupportHour> {
    const request = supportHourRequest(body);
    const change = (current: SupportHour, now: Instant): SupportHour => replaceSupportHour(current, request, this.change(now, by, current));
    return publicSupportHour(await this.store.change('supporthour', id, change, context), this.configuration.seenBy(by));
  }

  @Delete(':id')
  @Describe('Delete a support hour that nothing uses')
  @HttpCode(204)
  async remove(@ResourceId('id') id: SupportHourId, @CurrentUser() by: Principal, @ChangeBy() context: ChangeContext): Promise<void> {
    const seen = this.configuration.seenBy(by);
    const refuseNeeded = (hours: SupportHour): void => {
      refuseUsedSupportHour(hours, this.configuration.list('source'), seen);
      refuseAskedSupportHour(hours, this.configuration.list('alertaction'), seen);
    };
    await this.store.remove('supporthour', id, refuseNeeded, context);
  }

  private change(now: Instant, by: Principal, current?: SupportHour): SupportHourChange {
    const seen = this.configuration.seenBy(by);
    return { now, configuration: current === undefined ? seen : seen.keeping('supporthour', current) };
  }
}
