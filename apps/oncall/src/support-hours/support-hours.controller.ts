import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query, Res } from '@nestjs/common';
import { publicSupportHour, publicSupportHourItem } from '@tocsin/contracts';
import type { PublicSupportHour, PublicSupportHourItem } from '@tocsin/contracts';
import { createSupportHour, refuseAskedSupportHour, refuseUsedSupportHour, rejected, replaceSupportHour } from '@tocsin/domain';
import type { Instant, SupportHour, SupportHourChange, SupportHourId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, Describe, pageParameters, readPage, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { SupportHourBody, supportHourRequest } from './support-hour-requests';

const PAGE = { usual: 50, cap: 50 };

/** When somebody is there: alert sources choose their priority by it. Seen by everybody, made and changed by users. */
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
  list(@Query() query: QueryParameters): readonly PublicSupportHourItem[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    return this.configuration
      .list('supporthour')
      .slice(startIndex, startIndex + maxResults)
      .map((hours) => publicSupportHourItem(hours, this.configuration));
  }

  @Post()
  @Describe('Create a support hour', { answers: 'SupportHour' })
  async create(
    @Body() body: SupportHourBody,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicSupportHour> {
    const request = supportHourRequest(body);
    const hours = await this.store.create('supporthour', (id, now) => createSupportHour(id, request, this.change(now)), context);
    created(reply, `/api/support-hours/${hours.id}`);
    return publicSupportHour(hours, this.configuration);
  }

  @Get(':id')
  @Describe('Read a support hour', { answers: 'SupportHour' })
  @RequiresRole('STAKEHOLDER')
  async get(@ResourceId('id') id: SupportHourId): Promise<PublicSupportHour> {
    const hours = await this.configuration.surely((): SupportHour | undefined => this.configuration.get('supporthour', id));
    if (hours === undefined) throw rejected('not-found', `there is no support hour ${id}`);
    return publicSupportHour(hours, this.configuration);
  }

  @Put(':id')
  @Describe('Replace a support hour', { answers: 'SupportHour' })
  async replace(
    @ResourceId('id') id: SupportHourId,
    @Body() body: SupportHourBody,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicSupportHour> {
    const request = supportHourRequest(body);
    const change = (current: SupportHour, now: Instant): SupportHour => replaceSupportHour(current, request, this.change(now));
    return publicSupportHour(await this.store.change('supporthour', id, change, context), this.configuration);
  }

  @Delete(':id')
  @Describe('Delete a support hour that nothing uses')
  @HttpCode(204)
  async remove(@ResourceId('id') id: SupportHourId, @ChangeBy() context: ChangeContext): Promise<void> {
    const refuseNeeded = (hours: SupportHour): void => {
      refuseUsedSupportHour(hours, this.configuration.list('source'));
      refuseAskedSupportHour(hours, this.configuration.list('alertaction'));
    };
    await this.store.remove('supporthour', id, refuseNeeded, context);
  }

  private change(now: Instant): SupportHourChange {
    return { now, configuration: this.configuration };
  }
}
