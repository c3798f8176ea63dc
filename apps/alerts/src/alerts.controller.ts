import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query, Res, UseGuards } from '@nestjs/common';
import { LOG_FILTER_TYPES } from '@tocsin/contracts';
import type { PublicAlert, PublicCount, PublicLogEntry, PublicResponder } from '@tocsin/contracts';
import type { AlertId, UserId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { Views } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  created,
  CurrentUser,
  Describe,
  idParameter,
  idsParameter,
  includeParameter,
  languageParameter,
  ListInParts,
  manyParameter,
  olderName,
  pageParameters,
  readInclude,
  readInteger,
  readLanguage,
  readManyOf,
  readPage,
  readText,
  RequiresRole,
  ResourceId,
  textParameter,
  timeParameter,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameter, QueryParameters } from '@tocsin/platform/nest';
import { ALERTS_VIEW, ReadStore } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import type { FastifyReply } from 'fastify';
import { ALERT_STATES, readAlertFilter } from './alert-list';
import { AlertSight, SeenAlertGuard } from './alert-sight';
import { AddResponderRequest, ManualAlertRequest } from './alert-requests';
import { ManualCommands } from './manual-commands';
import { publicAlert } from './public-alert';
import { sourceStatusesOf } from './source-statuses';
import { Timeline } from './timeline/timeline';

const NEWEST_FIRST = [
  { field: 'reportTime', descending: true },
  { field: 'id', descending: true },
];

const PAGE = { usual: 50, cap: 100 };
/** Always answered (B3): clients ask for them all the same. */
const WITH_EACH = ['escalationRules', 'nextEscalationUser'] as const;
const WITH_ONE = [...WITH_EACH, 'customDetails'] as const;
const STATES = manyParameter('states', 'Only alerts in one of these states', ALERT_STATES);
const SOURCES = idsParameter('sources', 'Only alerts of these alert sources');
const RESPONDERS = manyParameter('responders', 'Only alerts of these users, by id or username');
const FILTER = [
  ...[STATES, SOURCES, RESPONDERS],
  timeParameter('from', 'Reported at this time or later'),
  timeParameter('until', 'Reported at this time or earlier'),
  ...[olderName('state', STATES), olderName('alert-source', SOURCES), olderName('assigned-to', RESPONDERS)],
];
const USER = textParameter('user', 'A user, by id or username');
const POLICY = idParameter('policy', 'An escalation policy');
const SCHEDULE = idParameter('schedule', 'A schedule');
const ASSIGNMENT = [
  ...[USER, POLICY, SCHEDULE],
  ...[olderName('user-id', USER), olderName('policy-id', POLICY), olderName('schedule-id', SCHEDULE)],
];
const LEVEL: QueryParameter = { name: 'level', schema: { type: 'integer', minimum: 1 }, description: 'The next one unless given' };
const LOG_ENTRIES = [
  ...pageParameters(PAGE),
  languageParameter('Of the sentences'),
  includeParameter(['vars']),
  manyParameter('filter-types', 'Only entries of these types', LOG_FILTER_TYPES),
];

/** Alerts: what people read, and what they do with them. */
@Controller('api/alerts')
@UseGuards(SeenAlertGuard)
export class AlertsController {
  constructor(
    private readonly readStore: ReadStore,
    private readonly views: Views,
    private readonly configuration: ConfigurationReader,
    private readonly commands: ManualCommands,
    private readonly timeline: Timeline,
    private readonly sight: AlertSight,
  ) {}

  @Get()
  @Describe('List alerts, newest first', {
    query: [
      ...pageParameters(PAGE),
      ...FILTER,
      idsParameter('policies', 'Only alerts of these escalation policies'),
      includeParameter(WITH_EACH),
    ],
    answers: ['Alert'],
  })
  list(@Query() query: QueryParameters, @CurrentUser() by: Principal): ListInParts<PublicAlert> {
    const { startIndex, maxResults } = readPage(query, PAGE);
    readInclude(query, WITH_EACH);
    const alerts = this.readStore.walk<AlertDocument>(ALERTS_VIEW, {
      ...readAlertFilter(query, this.configuration.seenBy(by), { byPolicy: true }),
      ...this.sight.filterFor(by),
      sort: NEWEST_FIRST,
      skip: startIndex,
      limit: maxResults,
    });
    return new ListInParts(this.listed(alerts, by));
  }

  @Get('count')
  @Describe('Count alerts', { query: FILTER, answers: 'Count' })
  async count(@Query() query: QueryParameters, @CurrentUser() by: Principal): Promise<PublicCount> {
    const filter = { ...readAlertFilter(query, this.configuration.seenBy(by)), ...this.sight.filterFor(by) };
    return { count: await this.readStore.count(ALERTS_VIEW, filter) };
  }

  @Post()
  @Describe('Raise an alert by hand', { answers: 'Alert' })
  @RequiresRole('RESPONDER')
  async create(
    @Body() body: ManualAlertRequest,
    @CurrentUser() person: Principal,
    @ChangeBy() by: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicAlert> {
    const alert = await this.commands.create(body, person, by);
    created(reply, `/api/alerts/${alert.id}`);
    return this.answer(alert, person);
  }

  @Get(':id')
  @Describe('Read an alert', { query: [includeParameter(WITH_ONE)], answers: 'Alert' })
  async get(@ResourceId('id') id: AlertId, @Query() query: QueryParameters, @CurrentUser() by: Principal): Promise<PublicAlert> {
    return this.answer(await this.commands.find(id), by, readInclude(query, WITH_ONE).has('customDetails'));
  }

  @Put(':id/accept')
  @Describe('Accept an alert', { answers: 'Alert' })
  @RequiresRole('RESPONDER')
  async accept(@ResourceId('id') id: AlertId, @CurrentUser() person: Principal, @ChangeBy() by: ChangeContext): Promise<PublicAlert> {
    return this.answer(await this.commands.accept(id, by), person);
  }

  @Put(':id/resolve')
  @Describe('Resolve an alert', { answers: 'Alert' })
  @RequiresRole('RESPONDER')
  async resolve(@ResourceId('id') id: AlertId, @CurrentUser() person: Principal, @ChangeBy() by: ChangeContext): Promise<PublicAlert> {
    return this.answer(await this.commands.resolve(id, by), person);
  }

  @Put(':id/assign')
  @Describe('Assign an alert to a user, an escalation policy or a schedule', { query: ASSIGNMENT, answers: 'Alert' })
  @RequiresRole('RESPONDER')
  async assign(
    @ResourceId('id') id: AlertId,
    @Query() query: QueryParameters,
    @CurrentUser() person: Principal,
    @ChangeBy() by: ChangeContext,
  ): Promise<PublicAlert> {
    const to = {
      user: readText(query, 'user', 'user-id'),
      policy: readText(query, 'policy', 'policy-id'),
      schedule: readText(query, 'schedule', 'schedule-id'),
    };
    return this.answer(await this.commands.assign(id, to, person, by), person);
  }

  /** Additive: to the next level, or to `level`, counted from 1 as the timeline names levels. */
  @Put(':id/escalate')
  @Describe('Escalate an alert to a level, counted from 1', { query: [LEVEL], answers: 'Alert' })
  @RequiresRole('RESPONDER')
  async escalate(
    @ResourceId('id') id: AlertId,
    @Query() query: QueryParameters,
    @CurrentUser() person: Principal,
    @ChangeBy() by: ChangeContext,
  ): Promise<PublicAlert> {
    return this.answer(await this.commands.escalate(id, readInteger(query, 'level', { min: 1 }), by), person);
  }

  /** Additive: LOW becomes HIGH. */
  @Put(':id/raise')
  @Describe('Give an alert of low priority a high one', { answers: 'Alert' })
  @RequiresRole('RESPONDER')
  async raise(@ResourceId('id') id: AlertId, @CurrentUser() person: Principal, @ChangeBy() by: ChangeContext): Promise<PublicAlert> {
    return this.answer(await this.commands.raise(id, by), person);
  }

  @Post(':id/responders')
  @Describe('Add a responder: whoever asks unless somebody is named', {
    query: [USER, olderName('user-id', USER)],
    bodyOptional: true,
    answers: 'Responder',
  })
  @RequiresRole('RESPONDER')
  @HttpCode(201)
  async addResponder(
    @ResourceId('id') id: AlertId,
    @Query() query: QueryParameters,
    @CurrentUser() person: Principal,
    @ChangeBy() by: ChangeContext,
    @Body() body?: AddResponderRequest,
  ): Promise<PublicResponder> {
    const named = readText(query, 'user', 'user-id') ?? body?.user?.id ?? body?.id;
    return this.commands.addResponder(id, named === undefined ? undefined : String(named), person, by);
  }

  @Delete(':id/responders/:user')
  @Describe('Remove a responder')
  @RequiresRole('RESPONDER')
  @HttpCode(204)
  async removeResponder(
    @ResourceId('id') id: AlertId,
    @ResourceId('user') user: UserId,
    @CurrentUser() person: Principal,
    @ChangeBy() by: ChangeContext,
  ): Promise<void> {
    await this.commands.removeResponder(id, user, person, by);
  }

  @Get(':id/log-entries')
  @Describe('List what happened to an alert, newest first', { query: LOG_ENTRIES, answers: ['LogEntry'] })
  async logEntries(
    @ResourceId('id') id: AlertId,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
  ): Promise<readonly PublicLogEntry[]> {
    const { startIndex, maxResults } = readPage(query, PAGE);
    readInclude(query, ['vars']);
    const filterTypes = readManyOf(query, ['filter-types'], LOG_FILTER_TYPES);
    const seen = this.sight.lookupFor(await this.commands.find(id), by);
    return this.timeline.entries(id, { language: readLanguage(query), filterTypes, skip: startIndex, limit: maxResults }, seen);
  }

  private async *listed(alerts: AsyncIterable<readonly AlertDocument[]>, by: Principal): AsyncGenerator<readonly PublicAlert[]> {
    for await (const part of alerts) {
      const statuses = await sourceStatusesOf(this.readStore, part);
      yield part.map((alert) => publicAlert(alert, this.sight.lookupFor(alert, by), statuses, { customDetails: false }));
    }
  }

  private async answer(alert: AlertDocument, by: Principal, customDetails = false): Promise<PublicAlert> {
    return publicAlert(alert, this.sight.lookupFor(alert, by), await sourceStatusesOf(this.readStore, [alert]), { customDetails });
  }
}
