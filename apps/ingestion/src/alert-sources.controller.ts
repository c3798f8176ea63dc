import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import type { PublicAlertSource, PublicSourceEvent } from '@tocsin/contracts';
import { createAlertSource, refuseUsedSource, replaceAlertSource } from '@tocsin/domain';
import type { AlertSource, AlertSourceChange, AlertSourceId, Instant } from '@tocsin/domain';
import { integrations } from '@tocsin/integrations';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  created,
  CurrentUser,
  Describe,
  includeParameter,
  pageParameters,
  readInclude,
  readPage,
  RequiresRole,
  ResourceId,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { AlertSourceBody, alertSourceRequest } from './alert-source-requests';
import { AlertSources } from './alert-sources';
import { IntegrationKeys } from './integration-keys';
import { SourceEvents } from './source-events';

type Sent = Readonly<Record<string, unknown>>;

const PAGE = { usual: 50, cap: 50 };
const EVENTS_PAGE = { usual: 50, cap: 100 };
/** Clients ask for all of these at once and read what comes back; none has an effect yet, so that none is answered. */
const INCLUDES = [
  ...(['summaryTemplate', 'detailsTemplate', 'routingTemplate', 'textTemplate', 'linkTemplates', 'priorityTemplate'] as const),
  ...(['severityTemplate', 'servicesTemplate', 'alertKeyTemplate', 'eventFilter'] as const),
  ...(['eventTypeFilterCreate', 'eventTypeFilterAccept', 'eventTypeFilterResolve'] as const),
] as const;
const INCLUDE = includeParameter(INCLUDES);

/** Where events come from. Everybody may see the sources that no private team hides; their keys are shown to those who may change them. */
@Controller('api/alert-sources')
@RequiresRole('USER')
export class AlertSourcesController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
    private readonly keys: IntegrationKeys,
    private readonly sources: AlertSources,
    private readonly events: SourceEvents,
  ) {}

  @Get()
  @Describe('List alert sources', { query: pageParameters(PAGE), answers: ['AlertSource'] })
  @RequiresRole('STAKEHOLDER')
  list(@Query() query: QueryParameters, @CurrentUser() principal: Principal): Promise<readonly PublicAlertSource[]> {
    const { startIndex, maxResults } = readPage(query, PAGE);
    return this.sources.list(
      this.configuration
        .seenBy(principal)
        .list('source')
        .slice(startIndex, startIndex + maxResults),
      principal,
    );
  }

  @Post()
  @Describe('Create an alert source', { query: [INCLUDE], answers: 'AlertSource' })
  async create(
    @Body() body: AlertSourceBody,
    @Body() sent: Sent,
    @Query() query: QueryParameters,
    @CurrentUser() principal: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicAlertSource> {
    readInclude(query, INCLUDES);
    const request = alertSourceRequest(body, sent);
    const source = await this.store.create(
      'source',
      (id, now) => {
        const key = this.keys.forNew(request.integrationType, body.integrationKey, principal);
        return createAlertSource(id, key, request, this.change(now, principal));
      },
      context,
    );
    created(reply, `/api/alert-sources/${source.id}`);
    return this.sources.showNew(source, principal);
  }

  @Get('name/:name')
  @Describe('Find an alert source by its name', { query: [INCLUDE], answers: 'AlertSource' })
  @RequiresRole('STAKEHOLDER')
  async named(
    @Param('name') name: string,
    @Query() query: QueryParameters,
    @CurrentUser() principal: Principal,
  ): Promise<PublicAlertSource> {
    readInclude(query, INCLUDES);
    return this.sources.show(await this.sources.named(name, principal), principal);
  }

  @Get(':id')
  @Describe('Read an alert source, by id or integration key', { query: [INCLUDE], answers: 'AlertSource' })
  @RequiresRole('STAKEHOLDER')
  async get(
    @Param('id') idOrKey: string,
    @Query() query: QueryParameters,
    @CurrentUser() principal: Principal,
  ): Promise<PublicAlertSource> {
    readInclude(query, INCLUDES);
    return this.sources.show(await this.sources.byIdOrKey(idOrKey, principal), principal);
  }

  /** What was answered 202 and changed nothing, with the reason. */
  @Get(':id/events')
  @Describe('List what a source sent that had no effect, newest first', { query: pageParameters(EVENTS_PAGE), answers: ['SourceEvent'] })
  @RequiresRole('STAKEHOLDER')
  async eventsOf(
    @Param('id') idOrKey: string,
    @Query() query: QueryParameters,
    @CurrentUser() principal: Principal,
  ): Promise<readonly PublicSourceEvent[]> {
    const page = readPage(query, EVENTS_PAGE);
    return this.events.list((await this.sources.byIdOrKey(idOrKey, principal)).id, page);
  }

  @Put(':id')
  @Describe('Replace an alert source', { query: [INCLUDE], answers: 'AlertSource' })
  async replace(
    @ResourceId('id') id: AlertSourceId,
    @Body() body: AlertSourceBody,
    @Body() sent: Sent,
    @Query() query: QueryParameters,
    @CurrentUser() principal: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicAlertSource> {
    readInclude(query, INCLUDES);
    const request = alertSourceRequest(body, sent);
    const source = await this.store.change(
      'source',
      id,
      (current, now) => {
        this.keys.refuseOther(current, body.integrationKey);
        return replaceAlertSource(current, request, this.change(now, principal, current));
      },
      context,
    );
    return this.sources.show(source, principal);
  }

  /** Its open alerts go on and are answered by people; only its tool can say nothing any more. */
  @Delete(':id')
  @Describe('Delete an alert source that no alert action names')
  @HttpCode(204)
  async remove(
    @ResourceId('id') id: AlertSourceId,
    @CurrentUser() principal: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    const seen = this.configuration.seenBy(principal);
    await this.store.remove('source', id, (source) => refuseUsedSource(source, this.configuration.list('alertaction'), seen), context);
  }

  private change(now: Instant, by: Principal, current?: AlertSource): AlertSourceChange {
    const seen = this.configuration.seenBy(by);
    const configuration = current === undefined ? seen : seen.keeping('source', current);
    return { now, configuration, integrationTypes: integrations.map(({ type }) => type) };
  }
}
