import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { publicAlertPreference } from '@tocsin/contracts';
import type { PublicAlertPreference } from '@tocsin/contracts';
import { addPreference, preferenceOf, removePreference, replacePreference } from '@tocsin/domain';
import type { PreferenceId, User } from '@tocsin/domain';
import { ConfigurationStore, IdAllocator } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { People } from '../users/people';
import { AlertPreferenceBody, alertPreferenceRequest } from './preference-requests';

/** How a person is paged: after how long, by what, at which contact. */
@DescribedUnder('Notification Preferences')
@Controller('api/users/:user/notification-preferences/alerts')
@RequiresRole('STAKEHOLDER')
export class AlertPreferencesController {
  constructor(
    private readonly people: People,
    private readonly store: ConfigurationStore,
    private readonly ids: IdAllocator,
  ) {}

  @Get()
  @Describe('List how a user is paged', { answers: ['AlertPreference'] })
  async list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly PublicAlertPreference[]> {
    const { alertPreferences, contacts } = await this.people.findOwn(reference, by);
    return alertPreferences.map((preference) => publicAlertPreference(preference, contacts));
  }

  @Post()
  @Describe('Add a way in which a user is paged', { answers: 'AlertPreference' })
  async add(
    @Param('user') reference: string,
    @Body() body: AlertPreferenceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicAlertPreference> {
    const { id: userId } = await this.people.findOwn(reference, by);
    const id = (await this.ids.next('preference')) as PreferenceId;
    const user = await this.store.change(
      'user',
      userId,
      (current, now) => addPreference(current, id, alertPreferenceRequest(body), { by, now }),
      context,
    );
    created(reply, `/api/users/${userId}/notification-preferences/alerts/${id}`);
    return shown(user, id);
  }

  @Get(':id')
  @Describe('Read a way in which a user is paged', { answers: 'AlertPreference' })
  async get(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @CurrentUser() by: Principal,
  ): Promise<PublicAlertPreference> {
    return shown(await this.people.findOwn(reference, by), id);
  }

  @Put(':id')
  @Describe('Replace a way in which a user is paged', { answers: 'AlertPreference' })
  async replace(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @Body() body: AlertPreferenceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<PublicAlertPreference> {
    const { id: userId } = await this.people.findOwn(reference, by);
    return shown(
      await this.store.change(
        'user',
        userId,
        (current, now) => replacePreference(current, id, alertPreferenceRequest(body), { by, now }),
        context,
      ),
      id,
    );
  }

  @Delete(':id')
  @Describe('Delete a way in which a user is paged')
  @HttpCode(204)
  async remove(
    @Param('user') reference: string,
    @ResourceId('id') id: PreferenceId,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    const { id: userId } = await this.people.findOwn(reference, by);
    await this.store.change('user', userId, (current, now) => removePreference(current, id, { by, now }), context);
  }
}

const shown = (user: User, id: PreferenceId): PublicAlertPreference => publicAlertPreference(preferenceOf(user, id), user.contacts);
