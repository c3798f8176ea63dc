import { randomBytes } from 'node:crypto';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { chats } from '@tocsin/channels';
import type { PublicNewPushDevice, PublicPushDevice } from '@tocsin/contracts';
import { withoutEffect } from '@tocsin/domain';
import type { PushDeviceId } from '@tocsin/domain';
import type { ChangeContext } from '@tocsin/platform';
import { ChangeBy, created, CurrentUser, Describe, DescribedUnder, RequiresRole, ResourceId } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import type { FastifyReply } from 'fastify';
import { checkedRoom, checkedSubscription, PushDeviceBody } from './push-device-requests';
import { PushDevices } from './push-devices';
import type { PushDeviceDraft } from './push-devices';

/** Whoever knows a topic can read it. */
const TOPIC_BYTES = 24;

/** What can be pushed to here besides browsers. Above the controller, whose decorators name it. */
export abstract class PushTargets {
  abstract readonly ntfyUrl: string | undefined;
}

/** Additive: where ilert's own app registers itself in private, a browser does it here. */
@DescribedUnder('Contacts')
@Controller('api/users/:user/contacts/push-devices')
@RequiresRole('STAKEHOLDER')
export class PushDevicesController {
  constructor(
    private readonly devices: PushDevices,
    private readonly pushTo: PushTargets,
  ) {}

  @Get()
  @Describe('List the devices of a user that pages are pushed to, and why others were removed', { answers: ['PushDevice'] })
  list(@Param('user') reference: string, @CurrentUser() by: Principal): Promise<readonly PublicPushDevice[]> {
    return this.devices.list({ reference, by });
  }

  @Post()
  @Describe('Add a device that pages are pushed to; an ntfy app listens to the topic that is answered', { answers: 'NewPushDevice' })
  async add(
    @Param('user') reference: string,
    @Body() body: PushDeviceBody,
    @CurrentUser() by: Principal,
    @ChangeBy() context: ChangeContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicNewPushDevice> {
    const { device, userId } = await this.devices.add(this.draftOf(body), { reference, by }, context);
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

  private draftOf(body: PushDeviceBody): PushDeviceDraft {
    const { type, name, onHomeScreen } = body;
    if (type === 'NTFY') {
      if (this.pushTo.ntfyUrl === undefined) throw withoutEffect('type', 'no ntfy server is set up: NTFY_URL is not set');
      const topic = `tocsin-${randomBytes(TOPIC_BYTES).toString('base64url')}`;
      return { type, name, identity: topic, address: topic, subscribe: { topic, url: `${this.pushTo.ntfyUrl}/${topic}` } };
    }
    if (type !== 'WEB_PUSH') {
      const address = checkedRoom(body, type === 'DISCORD' ? chats.discord : chats.mattermost);
      return { type, name, identity: address, address };
    }
    const subscription = checkedSubscription(body);
    const told = { type, name, identity: subscription.endpoint, address: JSON.stringify(subscription) };
    return { ...told, ...(onHomeScreen === undefined ? {} : { onHomeScreen }) };
  }
}
