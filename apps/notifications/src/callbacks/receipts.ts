import { topics } from '@tocsin/contracts';
import type { NotificationReceipt } from '@tocsin/contracts';
import { Clock } from '@tocsin/domain';
import { MessageBus } from '@tocsin/messaging';
import { newUuid } from '@tocsin/platform';

/** Receipts that providers send: durable on the bus before a call-back is answered, also while the event store is away. */
export class Receipts {
  constructor(
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  /** @throws MessageBusFault */
  async take(receipts: readonly NotificationReceipt[]): Promise<void> {
    const time = this.clock.now();
    await this.bus.publish(
      topics.notificationCommands,
      receipts.map((receipt) => {
        const id = newUuid();
        return {
          id,
          key: receipt.stream,
          type: 'NotificationReceipt',
          schemaVersion: 1,
          time,
          correlationId: receipt.stream,
          causationId: id,
          data: receipt,
        };
      }),
    );
  }
}
