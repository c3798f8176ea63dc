import type { SendSignInLink } from '@tocsin/contracts';
import { ownerOfAddress, signInMailStream } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { IdAllocator, SecretBox } from '@tocsin/platform';
import { Notifications } from './notifications';

/** Plans the mail with a sign-in link for the one person whose login address it is; for any other address nothing at all. */
export class SignInMailPlanner {
  constructor(
    private readonly parts: {
      readonly configuration: ConfigurationReader;
      readonly notifications: Notifications;
      readonly ids: IdAllocator;
      readonly secrets: SecretBox;
    },
  ) {}

  /** Again, or again within a short while, plans nothing more. @throws EventStoreFault; MessageBusFault while nobody can say who there is */
  async plan({ address, nonce, at }: SendSignInLink, cause: Cause): Promise<void> {
    const { configuration, notifications, ids, secrets } = this.parts;
    // A person who was made, or an address that was taken away, a moment ago elsewhere.
    await configuration.upToDate();
    const owner = ownerOfAddress(configuration.list('user'), secrets.decrypt(address));
    if (owner === undefined) return;
    const planned = { purpose: 'sign-in', method: 'EMAIL', challenge: nonce, at, dueAt: at, ...owner } as const;
    await notifications.plan(
      signInMailStream(owner.userId, at),
      async () => ({ notificationId: await ids.next('notification'), ...planned }),
      cause,
    );
  }
}
