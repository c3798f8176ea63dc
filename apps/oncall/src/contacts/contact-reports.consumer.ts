import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { PushDeviceGone } from '@tocsin/contracts';
import { Rejection } from '@tocsin/domain';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { PushDevices } from './push-devices';

/** What providers say of where people are reached, found out when a page was sent there. */
@Controller()
export class ContactReportsConsumer {
  constructor(private readonly devices: PushDevices) {}

  @Consumes(topics.contactReports, 'oncall', { types: ['PushDeviceGone'] })
  async pushDeviceGone(message: Message): Promise<void> {
    const { userId, deviceId } = message.data as PushDeviceGone;
    try {
      await this.devices.lose(userId, deviceId, 'gone', { requestId: message.id, actor: { type: 'system', part: 'notifications' } });
    } catch (error) {
      // A person who was deleted meanwhile has no devices either.
      if (!(error instanceof Rejection) || error.code !== 'not-found') throw error;
    }
  }
}
