import { withCarrierStatus } from '@tocsin/domain';
import type { ContactId, UserId } from '@tocsin/domain';
import { newUuid } from '@tocsin/platform';
import type { ConfigurationStore } from '@tocsin/platform';

/** Contacts that the carrier takes no messages for any more, or takes them for again. */
export class CarrierStatus {
  constructor(private readonly store: ConfigurationStore) {}

  /** Again changes nothing. @throws EventStoreFault, MessageBusFault, Rejection when the person is gone */
  async set(userId: UserId, contactId: ContactId, status: 'OK' | 'BLACKLISTED'): Promise<void> {
    await this.store.change('user', userId, (user, now) => withCarrierStatus(user, contactId, status, now), {
      requestId: newUuid(),
      actor: { type: 'system', part: 'notifications' },
    });
  }
}
