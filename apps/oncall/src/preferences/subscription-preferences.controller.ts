import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { publicSubscriptionPreference } from '@tocsin/contracts';
import type { PublicSubscriptionPreference } from '@tocsin/contracts';
import type { PreferenceId } from '@tocsin/domain';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { MessagePreferences } from './message-preferences';
import { messagePreferenceRequest, SubscriptionPreferenceBody } from './preference-requests';

const list = 'subscriptions';

/** How a person hears of the alerts of sources to which they, or a team of theirs, have subscribed. */
@DescribedUnder('Notification Preferences')
@Controller(`api/users/:user/notification-preferences/${list}`)
@RequiresRole('STAKEHOLDER')
export class SubscriptionPreferencesController {
  constructor(private readonly preferences: MessagePreferences) {}

  @Get()
  @Describe('List how a user is told of alerts that they follow', { answers: ['SubscriptionPreference'] })
  async list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly PublicSubscriptionPreference[]> {
    return (await this.preferences.all({ list, reference, by })).map(publicSubscriptionPreference);
  }

  @Post()
  @Describe('Add a way in which a user is told of alerts that they follow', { answers: 'SubscriptionPreference' })
  async add(
    @Param('user') reference: string,
    @Body() body: SubscriptionPreferenceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicSubscriptionPreference> {
    const added = await this.preferences.add({ list, reference, by }, messagePreferenceRequest(body), context);
    created(reply, `/api/users/${added.userId}/notification-preferences/${list}/${added.preference.id}`);
    return publicSubscriptionPreference(added);
  }

  @Get(':id')
  @Describe('Read a way in which a user is told of alerts that they follow', { answers: 'SubscriptionPreference' })
  async get(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @CurrentUser() by: Principal,
  ): Promise<PublicSubscriptionPreference> {
    return publicSubscriptionPreference(await this.preferences.get({ list, reference, by }, id));
  }

  @Put(':id')
  @Describe('Replace a way in which a user is told of alerts that they follow', { answers: 'SubscriptionPreference' })
  async replace(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @Body() body: SubscriptionPreferenceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicSubscriptionPreference> {
    return publicSubscriptionPreference(
      await this.preferences.replace({ list, reference, by }, id, messagePreferenceRequest(body), context),
    );
  }

  @Delete(':id')
  @Describe('Delete a way in which a user is told of alerts that they follow')
  @HttpCode(204)
  async remove(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    await this.preferences.remove({ list, reference, by }, id, context);
  }
}
