import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { publicUpdatePreference } from '@tocsin/contracts';
import type { PublicUpdatePreference } from '@tocsin/contracts';
import type { PreferenceId } from '@tocsin/domain';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { MessagePreferences } from './message-preferences';
import { messagePreferenceRequest, UpdatePreferenceBody } from './preference-requests';

const list = 'updates';

/** Whether a person hears what others do with their alerts: off until they switch it on (B29). */
@DescribedUnder('Notification Preferences')
@Controller(`api/users/:user/notification-preferences/${list}`)
@RequiresRole('STAKEHOLDER')
export class UpdatePreferencesController {
  constructor(private readonly preferences: MessagePreferences) {}

  @Get()
  @Describe('List how a user is told what becomes of their alerts', { answers: ['UpdatePreference'] })
  async list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly PublicUpdatePreference[]> {
    return (await this.preferences.all({ list, reference, by })).map(publicUpdatePreference);
  }

  @Post()
  @Describe('Add a way in which a user is told what becomes of their alerts', { answers: 'UpdatePreference' })
  async add(
    @Param('user') reference: string,
    @Body() body: UpdatePreferenceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicUpdatePreference> {
    const added = await this.preferences.add({ list, reference, by }, messagePreferenceRequest(body), context);
    created(reply, `/api/users/${added.userId}/notification-preferences/${list}/${added.preference.id}`);
    return publicUpdatePreference(added);
  }

  @Get(':id')
  @Describe('Read a way in which a user is told what becomes of their alerts', { answers: 'UpdatePreference' })
  async get(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @CurrentUser() by: Principal,
  ): Promise<PublicUpdatePreference> {
    return publicUpdatePreference(await this.preferences.get({ list, reference, by }, id));
  }

  @Put(':id')
  @Describe('Replace a way in which a user is told what becomes of their alerts', { answers: 'UpdatePreference' })
  async replace(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @Body() body: UpdatePreferenceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicUpdatePreference> {
    return publicUpdatePreference(await this.preferences.replace({ list, reference, by }, id, messagePreferenceRequest(body), context));
  }

  @Delete(':id')
  @Describe('Delete a way in which a user is told what becomes of their alerts')
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
