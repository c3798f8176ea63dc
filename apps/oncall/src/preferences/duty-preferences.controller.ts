import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { publicDutyPreference } from '@tocsin/contracts';
import type { PublicDutyPreference } from '@tocsin/contracts';
import type { PreferenceId } from '@tocsin/domain';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { MessagePreferences } from './message-preferences';
import { DutyPreferenceBody, messagePreferenceRequest } from './preference-requests';

const list = 'duties';

/** When a person is told that a shift of theirs begins; whoever has such a rule also hears when somebody else changed their shifts. */
@DescribedUnder('Notification Preferences')
@Controller(`api/users/:user/notification-preferences/${list}`)
@RequiresRole('STAKEHOLDER')
export class DutyPreferencesController {
  constructor(private readonly preferences: MessagePreferences) {}

  @Get()
  @Describe('List how a user is told of their shifts', { answers: ['DutyPreference'] })
  async list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly PublicDutyPreference[]> {
    return (await this.preferences.all({ list, reference, by })).map(publicDutyPreference);
  }

  @Post()
  @Describe('Add a way in which a user is told of their shifts', { answers: 'DutyPreference' })
  async add(
    @Param('user') reference: string,
    @Body() body: DutyPreferenceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicDutyPreference> {
    const added = await this.preferences.add({ list, reference, by }, messagePreferenceRequest(body), context);
    created(reply, `/api/users/${added.userId}/notification-preferences/${list}/${added.preference.id}`);
    return publicDutyPreference(added);
  }

  @Get(':id')
  @Describe('Read a way in which a user is told of their shifts', { answers: 'DutyPreference' })
  async get(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @CurrentUser() by: Principal,
  ): Promise<PublicDutyPreference> {
    return publicDutyPreference(await this.preferences.get({ list, reference, by }, id));
  }

  @Put(':id')
  @Describe('Replace a way in which a user is told of their shifts', { answers: 'DutyPreference' })
  async replace(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @Body() body: DutyPreferenceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicDutyPreference> {
    return publicDutyPreference(await this.preferences.replace({ list, reference, by }, id, messagePreferenceRequest(body), context));
  }

  @Delete(':id')
  @Describe('Delete a way in which a user is told of their shifts')
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
