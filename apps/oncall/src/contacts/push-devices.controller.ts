import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { PublicPushDevice } from '@tocsin/contracts';
import type { PushDeviceId } from '@tocsin/domain';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { checkedSubscription, PushDeviceBody } from './push-device-requests';
import { PushDevices } from './push-devices';

/** Additive: where ilert's own app registers itself in private, a browser does it here. */
@DescribedUnder('Contacts')
@Controller('api/users/:user/contacts/push-devices')
@RequiresRole('STAKEHOLDER')
export class PushDevicesController {
  constructor(private readonly devices: PushDevices) {}

  @Get()
  @Describe('List the devices of a user that pages are pushed to, and why others were removed', { answers: ['PushDevice'] })
  list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly PublicPushDevice[]> {
    return this.devices.list({ reference, by });
  }

  @Post()
  @Describe('Add a device that pages are pushed to', { answers: 'PushDevice' })
  async add(
    @Param('user') reference: string,
    @Body() body: PushDeviceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicPushDevice> {
    const subscription = checkedSubscription(body);
    const { type, name, onHomeScreen } = body;
    const { device, userId } = await this.devices.add(
      {
        ...{ type, name, identity: subscription.endpoint, address: JSON.stringify(subscription) },
        ...(onHomeScreen === undefined ? {} : { onHomeScreen }),
      },
      { reference, by },
      context,
    );
    created(reply, `/api/users/${userId}/contacts/push-devices/${device.id}`);
    return device;
  }

  @Get(':id')
  @Describe('Read a device that pages are pushed to', { answers: 'PushDevice' })
  get(@Param('user') reference: string, @ResourceId('id') id: PushDeviceId, @CurrentUser() by: Principal): Promise<PublicPushDevice> {
    return this.devices.get(id, { reference, by });
  }

  @Delete(':id')
  @Describe('Remove a device that pages are pushed to')
  @HttpCode(204)
  remove(
    @Param('user') reference: string,
    @ResourceId('id') id: PushDeviceId,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
  ): Promise<void> {
    return this.devices.remove(id, { reference, by }, context);
  }
}
