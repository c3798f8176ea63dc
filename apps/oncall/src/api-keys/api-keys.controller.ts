import { Body, Controller, Delete, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { publicApiKey } from '@tocsin/contracts';
import type { PublicApiKey, PublicNewApiKey } from '@tocsin/contracts';
import { createApiKey, refuseHiddenKey, rejected } from '@tocsin/domain';
import type { ApiKey, ApiKeyId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore, hashSecret, newApiKey } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  created,
  CurrentUser,
  Describe,
  includeParameter,
  invalidField,
  pageParameters,
  readInclude,
  readPage,
  RequiresRole,
  ResourceId,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { ApiKeyBody, apiKeyRequest } from './api-key-requests';

const PAGE = { usual: 50, cap: 100 };

/** Keys to the API: each person's own, and all of them for administrators. The key itself is in the answer that makes it and nowhere else. */
@Controller('api/api-keys')
@RequiresRole('STAKEHOLDER')
export class ApiKeysController {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
  ) {}

  /** Sessions of browsers only with `include=sessions`. */
  @Get()
  @Describe('List API keys: your own, or all for administrators', {
    query: [...pageParameters(PAGE), includeParameter(['sessions'])],
    answers: ['ApiKey'],
  })
  list(@Query() query: QueryParameters, @CurrentUser() by: Principal): readonly PublicApiKey[] {
    const { startIndex, maxResults } = readPage(query, PAGE);
    const withSessions = readInclude(query, ['sessions']).has('sessions');
    return this.configuration
      .list('apikey')
      .filter(({ userId, use }) => (by.role === 'ADMIN' || userId === by.userId) && (withSessions || use === 'api'))
      .slice(startIndex, startIndex + maxResults)
      .map((key) => publicApiKey(key, this.configuration));
  }

  @Post()
  @Describe('Create an API key; the key itself is in this answer only', { answers: 'NewApiKey' })
  async create(
    @Body() body: ApiKeyBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicNewApiKey> {
    const request = apiKeyRequest(body);
    const userId = body.user?.id ?? by.userId;
    const secret = newApiKey();
    const make = (id: ApiKeyId, now: ApiKey['createdAt']): ApiKey => {
      const user = this.configuration.seenBy(by).get('user', userId);
      if (user === undefined) throw invalidField('user.id', `there is no user ${userId}`);
      return createApiKey(request, { id, hash: hashSecret(secret), user, by, now });
    };
    const key = await this.store.create('apikey', make, context);
    created(reply, `/api/api-keys/${key.id}`);
    return { ...publicApiKey(key, this.configuration), key: secret };
  }

  @Get(':id')
  @Describe('Read an API key', { answers: 'ApiKey' })
  async get(@ResourceId('id') id: ApiKeyId, @CurrentUser() by: Principal): Promise<PublicApiKey> {
    const key = await this.configuration.surely(() => this.configuration.get('apikey', id));
    if (key === undefined) throw rejected('not-found', `there is no apikey ${id}`);
    refuseHiddenKey(key, by);
    return publicApiKey(key, this.configuration);
  }

  /** Of no use from the moment this answers. */
  @Delete(':id')
  @Describe('Delete an API key')
  @HttpCode(204)
  async remove(@ResourceId('id') id: ApiKeyId, @CurrentUser() by: Principal, @ChangeBy() context: ChangeContext): Promise<void> {
    await this.store.remove('apikey', id, (key) => refuseHiddenKey(key, by), context);
  }
}
