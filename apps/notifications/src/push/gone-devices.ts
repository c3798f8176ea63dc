import { topics } from '@tocsin/contracts';
import type { PushDeviceGone } from '@tocsin/contracts';
import { Clock } from '@tocsin/domain';
import type { PushDeviceId, UserId } from '@tocsin/domain';
import { derivedEventId } from '@tocsin/event-store';
import { MessageBus } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';

/** Tells of devices that nothing reaches any more. Should that be lost in a crash, the next page finds them again. */
export class GoneDevices {
  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  /** @throws MessageBusFault */
  async report(userId: UserId, devices: readonly PushDeviceId[], { causationId, correlationId }: Cause): Promise<void> {
    const time = this.clock.now();
    await this.bus.publish(
      topics.contactReports,
      devices.map((deviceId) => ({
        id: derivedEventId(causationId, topics.contactReports, deviceId),
        key: `user-${userId}`,
        ...{ type: 'PushDeviceGone', schemaVersion: 1, time, correlationId, causationId },
        data: { userId, deviceId, at: time } satisfies PushDeviceGone,
      })),
    );
  }
}
