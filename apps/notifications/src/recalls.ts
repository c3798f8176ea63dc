import type { Channel } from '@tocsin/channels';
import type { CancelReason, NotificationMethod } from '@tocsin/domain';
import type { Cause } from '@tocsin/messaging';
import { Notifications } from './notifications';

/** Ends pages that are not wanted any more, and takes back what a provider has and may still keep from the person (B9). */
export class Recalls {
  constructor(
    private readonly notifications: Notifications,
    private readonly channelsFor: (method: NotificationMethod) => readonly Channel[],
  ) {}

  /** @throws EventStoreFault */
  async cancel(stream: string, reason: CancelReason, cause: Cause): Promise<void> {
    const state = await this.notifications.cancel(stream, reason, cause);
    // What it is to tell besides is still wanted.
    const isAlone = state.status === 'handed-over' && state.bundle === undefined;
    if (isAlone && state.receiptExpected) await this.takeBack(state.plan.method, state);
  }

  async takeBack(
    method: NotificationMethod,
    { provider, reference }: { readonly provider: string; readonly reference?: string },
  ): Promise<void> {
    const channel = this.channelsFor(method).find((each) => each.provider === provider);
    if (reference !== undefined) await channel?.takeBack(reference);
  }
}
