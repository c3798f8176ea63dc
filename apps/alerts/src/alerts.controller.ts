import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query, Res } from '@nestjs/common';
import type { AlertId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { Views } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, readInclude, readInteger, readMany, readPage, readText, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { QueryParameters } from '@tocsin/platform/nest';
import { ALERTS_VIEW, ReadStore } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import type { FastifyReply } from 'fastify';
import { readAlertFilter } from './alert-list';
import { AddResponderRequest, ManualAlertRequest } from './alert-requests';
import { ManualCommands } from './manual-commands';
import { publicAlert } from './public-alert';
import { sourceStatusesOf } from './source-statuses';
import { Timeline } from './timeline/timeline';

const NEWEST_FIRST = [
  { field: 'reportTime', descending: true },
  { field: 'id', descending: true },
];

/** Alerts: what people read, and what they do with them. */
@Controller('api/alerts')
export class AlertsController {
  constructor(
    private readonly readStore: ReadStore,
    private readonly views: Views,
    private readonly configuration: ConfigurationReader,
    private readonly commands: ManualCommands,
    private readonly timeline: Timeline,
  ) {}

  @Get()
  async list(@Query() query: QueryParameters): Promise<readonly object[]> {
    const { startIndex, maxResults } = readPage(query, { usual: 50, cap: 100 });
    const alerts = await this.readStore.find<AlertDocument>(ALERTS_VIEW, {
      ...readAlertFilter(query, this.configuration),
      sort: NEWEST_FIRST,
      skip: startIndex,
      limit: maxResults,
    });
    const statuses = await sourceStatusesOf(this.readStore, alerts);
    return alerts.map((alert) => publicAlert(alert, this.configuration, statuses, { customDetails: false }));
  }

  @Get('count')
  async count(@Query() query: QueryParameters): Promise<{ readonly count: number }> {
    return { count: await this.readStore.count(ALERTS_VIEW, readAlertFilter({ ...query, policies: undefined }, this.configuration)) };
  }

  @Post()
  @RequiresRole('RESPONDER')
  async create(
    @Body() body: ManualAlertRequest,
    @ChangeBy() by: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const alert = await this.commands.create(body, by);
    created(reply, `/api/alerts/${alert.id}`);
    return this.answer(alert);
  }

  @Get(':id')
  async get(@ResourceId('id') id: AlertId, @Query() query: QueryParameters): Promise<object> {
    return this.answer(await this.commands.find(id), readInclude(query, ['customDetails']).has('customDetails'));
  }

  @Put(':id/accept')
  @RequiresRole('RESPONDER')
  async accept(@ResourceId('id') id: AlertId, @ChangeBy() by: ChangeContext): Promise<object> {
    return this.answer(await this.commands.accept(id, by));
  }

  @Put(':id/resolve')
  @RequiresRole('RESPONDER')
  async resolve(@ResourceId('id') id: AlertId, @ChangeBy() by: ChangeContext): Promise<object> {
    return this.answer(await this.commands.resolve(id, by));
  }

  @Put(':id/assign')
  @RequiresRole('RESPONDER')
  async assign(@ResourceId('id') id: AlertId, @Query() query: QueryParameters, @ChangeBy() by: ChangeContext): Promise<object> {
    const to = {
      user: readText(query, 'user', 'user-id'),
      policy: readText(query, 'policy', 'policy-id'),
      schedule: readText(query, 'schedule', 'schedule-id'),
    };
    return this.answer(await this.commands.assign(id, to, by));
  }

  /** Additive: to the next level, or to `level`, counted from 1 as the timeline names levels. */
  @Put(':id/escalate')
  @RequiresRole('RESPONDER')
  async escalate(@ResourceId('id') id: AlertId, @Query() query: QueryParameters, @ChangeBy() by: ChangeContext): Promise<object> {
    return this.answer(await this.commands.escalate(id, readInteger(query, 'level', { min: 1 }), by));
  }

  /** Additive: LOW becomes HIGH. */
  @Put(':id/raise')
  @RequiresRole('RESPONDER')
  async raise(@ResourceId('id') id: AlertId, @ChangeBy() by: ChangeContext): Promise<object> {
    return this.answer(await this.commands.raise(id, by));
  }

  @Post(':id/responders')
  @RequiresRole('RESPONDER')
  @HttpCode(201)
  async addResponder(
    @ResourceId('id') id: AlertId,
    @Query() query: QueryParameters,
    @Body() body: AddResponderRequest | undefined,
    @ChangeBy() by: ChangeContext,
  ): Promise<object> {
    const named = readText(query, 'user', 'user-id') ?? body?.user?.id ?? body?.id;
    return this.commands.addResponder(id, named === undefined ? undefined : String(named), by);
  }

  @Delete(':id/responders/:user')
  @RequiresRole('RESPONDER')
  @HttpCode(204)
  async removeResponder(@ResourceId('id') id: AlertId, @ResourceId('user') user: number, @ChangeBy() by: ChangeContext): Promise<void> {
    await this.commands.removeResponder(id, String(user), by);
  }

  @Get(':id/log-entries')
  async logEntries(@ResourceId('id') id: AlertId, @Query() query: QueryParameters): Promise<readonly object[]> {
    const { startIndex, maxResults } = readPage(query, { usual: 50, cap: 100 });
    const language = readText(query, 'lang') === 'de' ? 'de' : 'en';
    return this.timeline.entries(id, { language, filterTypes: readMany(query, 'filter-types'), skip: startIndex, limit: maxResults });
  }

  private async answer(alert: AlertDocument, customDetails = false): Promise<object> {
    return publicAlert(alert, this.configuration, await sourceStatusesOf(this.readStore, [alert]), { customDetails });
  }
}
