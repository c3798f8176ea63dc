import { topics } from '@tocsin/contracts';
import type { CallOver, NotificationReceipt } from '@tocsin/contracts';
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
    await this.publish(receipts.map((data) => ({ type: 'NotificationReceipt', data })));
  }

  /** After the receipts of the same call. @throws MessageBusFault */
  async callOver(call: CallOver): Promise<void> {
    await this.publish([{ type: 'CallOver', data: call }]);
  }

  private async publish(said: readonly { readonly type: string; readonly data: { readonly stream: string } }[]): Promise<void> {
    const time = this.clock.now();
    await this.bus.publish(
      topics.notificationCommands,
      said.map(({ type, data }) => {
        const id = newUuid();
        return { id, key: data.stream, type, schemaVersion: 1, time, correlationId: data.stream, causationId: id, data };
      }),
    );
  }
}
