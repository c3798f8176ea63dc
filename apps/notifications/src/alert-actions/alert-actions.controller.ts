import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { publicAlertAction } from '@tocsin/contracts';
import type { PublicAlertAction } from '@tocsin/contracts';
import { createAlertAction, rejected, replaceAlertAction } from '@tocsin/domain';
import type { AlertAction, AlertActionChange, AlertActionId, AlertActionRequest, AlertSourceId, Instant } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { SeenConfiguration } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  created,
  CurrentUser,
  Describe,
  hasRole,
  idParameter,
  includeParameter,
  pageParameters,
  readId,
  readInclude,
  readPage,
  readText,
  RequiresRole,
  textParameter,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { AlertActionBody, alertActionRequest } from './alert-action-requests';
import { Kinds } from './kinds';
import { StoredParams } from './stored-params';
import { TextId } from './text-ids';

const PAGE = { usual: 100, cap: 100 };
/** Clients ask for them; they are always answered. */
const INCLUDES = ['conditions'] as const;
const INCLUDE = includeParameter(INCLUDES);
const FILTER = [
  idParameter('source', 'Those that act for this alert source by name'),
  textParameter('connector', 'Those that work with the connector of this id'),
];

const NOWHERE = -1 as AlertSourceId;

/** What is done in other systems when something happens to an alert. */
@Controller('api/alert-actions')
@RequiresRole('USER')
export class AlertActionsController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
    private readonly kinds: Kinds,
    private readonly stored: StoredParams,
  ) {}

  @Get()
  @Describe('List alert actions', { query: [...FILTER, ...pageParameters(PAGE)], answers: ['AlertAction'] })
  @RequiresRole('STAKEHOLDER')
  list(@Query() query: QueryParameters, @CurrentUser() principal: Principal): readonly PublicAlertAction[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    const seen = this.configuration.seenBy(principal);
    const asked = readId<AlertSourceId>(query, 'source');
    const source = asked !== undefined && seen.hidden('source', asked) !== undefined ? NOWHERE : asked;
    const connector = readText(query, 'connector');
    return seen
      .list('alertaction')
      .filter(({ sourceIds, connectorId }) => {
        const isOfSource = source === undefined || sourceIds.includes(source);
        return isOfSource && (connector === undefined || String(connectorId) === connector);
      })
      .slice(startIndex, startIndex + maxResults)
      .map((action) => this.answer(action, principal));
  }

  @Post()
  @Describe('Create an alert action', { answers: 'AlertAction' })
  async create(
    @Body() body: AlertActionBody,
    @CurrentUser() principal: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicAlertAction> {
    const request = await this.request(body);
    const action = await this.store.create(
      'alertaction',
      (id, now) => createAlertAction(id, request, this.change(now, principal)),
      context,
    );
    created(reply, `/api/alert-actions/${action.id}`);
    return this.answer(action, principal);
  }

  @Get('name/:name')
  @Describe('Find an alert action by its name', { query: [INCLUDE], answers: 'AlertAction' })
  @RequiresRole('STAKEHOLDER')
  async named(
    @Param('name') name: string,
    @Query() query: QueryParameters,
    @CurrentUser() principal: Principal,
  ): Promise<PublicAlertAction> {
    readInclude(query, INCLUDES);
    return this.answer(await this.found(principal, (seen) => seen.find('alertaction', 'name', name), `"${name}"`), principal);
  }

  @Get(':id')
  @Describe('Read an alert action', { query: [INCLUDE], answers: 'AlertAction' })
  @RequiresRole('STAKEHOLDER')
  async get(
    @TextId('alert action') id: AlertActionId,
    @Query() query: QueryParameters,
    @CurrentUser() principal: Principal,
  ): Promise<PublicAlertAction> {
    readInclude(query, INCLUDES);
    return this.answer(await this.byId(id, principal), principal);
  }

  @Put(':id')
  @Describe('Replace an alert action', { answers: 'AlertAction' })
  async replace(
    @TextId('alert action') id: AlertActionId,
    @Body() body: AlertActionBody,
    @CurrentUser() principal: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicAlertAction> {
    const before = await this.byId(id, principal);
    const request = await this.request(body, before);
    const action = await this.store.change(
      'alertaction',
      id,
      (current, now) => {
        // The request was completed from what was there a moment ago.
        if (current.secretParams !== before.secretParams) throw rejected('too-many-conflicts', 'somebody else changed it; try again');
        return replaceAlertAction(current, request, this.change(now, principal, current));
      },
      context,
    );
    return this.answer(action, principal);
  }

  /** What it was still to do is not done any more. */
  @Delete(':id')
  @Describe('Delete an alert action')
  @HttpCode(204)
  async remove(@TextId('alert action') id: AlertActionId, @ChangeBy() context: ChangeContext): Promise<void> {
    await this.store.remove('alertaction', id, () => undefined, context);
  }

  private async request(body: AlertActionBody, before?: AlertAction): Promise<AlertActionRequest> {
    const kind = this.kinds.named(body.connectorType);
    const isSameType = before?.type === kind.type;
    return {
      ...alertActionRequest(body),
      type: kind.type,
      connectorType: kind.connector?.type,
      ...(await this.stored.checked(kind.params, body.params, isSameType ? before : undefined)),
    };
  }

  private answer(action: AlertAction, principal: Principal): PublicAlertAction {
    const params = hasRole(principal.role, 'USER') ? this.stored.opened(action) : action.params;
    return publicAlertAction(action, params, this.configuration.seenBy(principal));
  }

  private byId(id: AlertActionId, by: Principal): Promise<AlertAction> {
    return this.found(by, (seen) => seen.get('alertaction', id), String(id));
  }

  /** Perhaps it was made a moment ago, elsewhere: everything configured up to now is read before saying no. */
  private async found(by: Principal, lookUp: (seen: SeenConfiguration) => AlertAction | undefined, which: string): Promise<AlertAction> {
    const seen = this.configuration.seenBy(by);
    const action = await seen.surely(() => lookUp(seen));
    if (action === undefined) throw rejected('not-found', `there is no alert action ${which}`);
    return action;
  }

  private change(now: Instant, by: Principal, current?: AlertAction): AlertActionChange {
    const seen = this.configuration.seenBy(by);
    return { now, configuration: current === undefined ? seen : seen.keeping('alertaction', current) };
  }
}
