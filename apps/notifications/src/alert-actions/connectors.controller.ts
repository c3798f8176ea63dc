import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { publicConnector } from '@tocsin/contracts';
import type { PublicConnector } from '@tocsin/contracts';
import { createConnector, refuseUsedConnector, rejected, replaceConnector } from '@tocsin/domain';
import type { Connector, ConnectorId, ConnectorRequest } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, hasRole, pageParameters, readPage, RequiresRole } from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { ConnectorBody } from './connector-requests';
import { Kinds } from './kinds';
import { StoredParams } from './stored-params';
import { TextId } from './text-ids';

const PAGE = { usual: 50, cap: 100 };

/** Accounts in other systems. Administrators set them up, and they alone see what opens them. */
@Controller('api/connectors')
@RequiresRole('ADMIN')
export class ConnectorsController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
    private readonly kinds: Kinds,
    private readonly stored: StoredParams,
  ) {}

  @Get()
  @Describe('List connectors', { query: pageParameters(PAGE), answers: ['Connector'] })
  @RequiresRole('STAKEHOLDER')
  list(@Query() query: QueryParameters, @CurrentUser() principal: Principal): readonly PublicConnector[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    return this.configuration
      .list('connector')
      .slice(startIndex, startIndex + maxResults)
      .map((connector) => this.answer(connector, principal));
  }

  @Post()
  @Describe('Create a connector', { answers: 'Connector' })
  async create(
    @Body() body: ConnectorBody,
    @CurrentUser() principal: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicConnector> {
    const request = await this.request(body);
    const connector = await this.store.create('connector', (id, now) => createConnector(id, request, { now }), context);
    created(reply, `/api/connectors/${connector.id}`);
    return this.answer(connector, principal);
  }

  @Get('name/:name')
  @Describe('Find a connector by its name', { answers: 'Connector' })
  @RequiresRole('STAKEHOLDER')
  async named(@Param('name') name: string, @CurrentUser() principal: Principal): Promise<PublicConnector> {
    return this.answer(await this.found(() => this.configuration.find('connector', 'name', name), `"${name}"`), principal);
  }

  @Get(':id')
  @Describe('Read a connector', { answers: 'Connector' })
  @RequiresRole('STAKEHOLDER')
  async get(@TextId('connector') id: ConnectorId, @CurrentUser() principal: Principal): Promise<PublicConnector> {
    return this.answer(await this.byId(id), principal);
  }

  @Put(':id')
  @Describe('Replace a connector', { answers: 'Connector' })
  async replace(
    @TextId('connector') id: ConnectorId,
    @Body() body: ConnectorBody,
    @CurrentUser() principal: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicConnector> {
    const request = await this.request(body, await this.byId(id));
    return this.answer(
      await this.store.change('connector', id, (current, now) => replaceConnector(current, request, { now }), context),
      principal,
    );
  }

  @Delete(':id')
  @Describe('Delete a connector that no alert action uses')
  @HttpCode(204)
  async remove(@TextId('connector') id: ConnectorId, @ChangeBy() context: ChangeContext): Promise<void> {
    await this.store.remove(
      'connector',
      id,
      (connector) => refuseUsedConnector(connector, this.configuration.list('alertaction')),
      context,
    );
  }

  private async request({ name, type, params }: ConnectorBody, before?: Connector): Promise<ConnectorRequest> {
    const kind = this.kinds.connectorNamed(type);
    const isSameType = before?.type === kind.type;
    return { name, type: kind.type, ...(await this.stored.checked(kind.params, params, isSameType ? before : undefined)) };
  }

  private answer(connector: Connector, { role }: Principal): PublicConnector {
    return publicConnector(connector, hasRole(role, 'ADMIN') ? this.stored.opened(connector) : connector.params);
  }

  private byId(id: ConnectorId): Promise<Connector> {
    return this.found(() => this.configuration.get('connector', id), String(id));
  }

  /** Perhaps it was made a moment ago, elsewhere: everything configured up to now is read before saying no. */
  private async found(lookUp: () => Connector | undefined, which: string): Promise<Connector> {
    const connector = await this.configuration.surely(lookUp);
    if (connector === undefined) throw rejected('not-found', `there is no connector ${which}`);
    return connector;
  }
}
