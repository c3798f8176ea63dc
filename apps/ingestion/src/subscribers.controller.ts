import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { publicSubscribers } from '@tocsin/contracts';
import type { PublicSubscriber } from '@tocsin/contracts';
import { subscribe, unsubscribe } from '@tocsin/domain';
import type { AlertSourceId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { ConfigurationStore } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import {
  ChangeBy,
  CurrentUser,
  Describe,
  DescribedUnder,
  readSubscriber,
  RequiresRole,
  ResourceId,
  SubscriberBody,
  subscriberNamed,
  subscriberTypeParameter,
} from '@tocsin/platform/nest';
import type { Principal, QueryParameters } from '@tocsin/platform/nest';
import { AlertSources } from './alert-sources';

/** Who hears of the alerts of a source without being paged for them. */
@DescribedUnder('Alert Sources')
@Controller('api/alert-sources/:id/private-subscribers')
@RequiresRole('STAKEHOLDER')
export class SubscribersController {
  constructor(
    private readonly sources: AlertSources,
    private readonly configuration: ConfigurationReader,
    private readonly store: ConfigurationStore,
  ) {}

  @Get()
  @Describe('List who hears of the alerts of a source', { answers: ['Subscriber'] })
  async list(@ResourceId('id') id: AlertSourceId, @CurrentUser() by: Principal): Promise<readonly PublicSubscriber[]> {
    return publicSubscribers((await this.sources.byIdOrKey(String(id), by)).subscribers ?? [], this.configuration.seenBy(by));
  }

  @Post()
  @Describe('Have a user or a team hear of the alerts of a source', { answers: ['Subscriber'] })
  @HttpCode(200)
  async add(
    @ResourceId('id') id: AlertSourceId,
    @Body() body: SubscriberBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<readonly PublicSubscriber[]> {
    const configuration = this.configuration.seenBy(by);
    const { subscribers = [] } = await this.store.change(
      'source',
      id,
      (current, now) => subscribe(current, subscriberNamed(body), { by, now, configuration }),
      context,
    );
    return publicSubscribers(subscribers, configuration);
  }

  @Delete(':subscriber')
  @Describe('Have a user or a team hear no more of the alerts of a source', { query: [subscriberTypeParameter] })
  @HttpCode(204)
  async remove(
    @ResourceId('id') id: AlertSourceId,
    @ResourceId('subscriber') subscriber: number,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    const named = readSubscriber(query, subscriber);
    await this.store.change(
      'source',
      id,
      (current, now) => unsubscribe(current, named, { by, now, configuration: this.configuration.seenBy(by) }),
      context,
    );
  }
}
