import { Body, Controller, Delete, Get, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { publicSubscribers } from '@tocsin/contracts';
import type { PublicSubscriber } from '@tocsin/contracts';
import type { AlertId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
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
import { alertNotFound, SeenAlertGuard } from './alert-sight';
import { AlertStreams } from './alert-streams';
import { ManualCommands, subscribersOf } from './manual-commands';

/** Who hears what becomes of one alert without being paged for it. */
@DescribedUnder('Alerts')
@Controller('api/alerts/:id/private-subscribers')
@UseGuards(SeenAlertGuard)
@RequiresRole('STAKEHOLDER')
export class AlertSubscribersController {
  constructor(
    private readonly alerts: AlertStreams,
    private readonly commands: ManualCommands,
    private readonly configuration: ConfigurationReader,
  ) {}

  @Get()
  @Describe('List who follows an alert, besides those who follow its source', { answers: ['Subscriber'] })
  async list(@ResourceId('id') id: AlertId, @CurrentUser() by: Principal): Promise<readonly PublicSubscriber[]> {
    const state = await this.alerts.state(id);
    if (state.status === 'absent') throw alertNotFound(id);
    return publicSubscribers(subscribersOf(state), this.configuration.seenBy(by));
  }

  @Post()
  @Describe('Have a user or a team hear what becomes of an alert', { answers: ['Subscriber'] })
  @HttpCode(200)
  async add(
    @ResourceId('id') id: AlertId,
    @Body() body: SubscriberBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<readonly PublicSubscriber[]> {
    return publicSubscribers(await this.commands.follow(id, subscriberNamed(body), by, context), this.configuration.seenBy(by));
  }

  @Delete(':subscriber')
  @Describe('Have a user or a team hear no more of an alert', { query: [subscriberTypeParameter] })
  @HttpCode(204)
  async remove(
    @ResourceId('id') id: AlertId,
    @ResourceId('subscriber') subscriber: number,
    @Query() query: QueryParameters,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    await this.commands.unfollow(id, readSubscriber(query, subscriber), by, context);
  }
}
