import { topics } from '@tocsin/contracts';
import type { SendSignInLink } from '@tocsin/contracts';
import { Clock, rejected } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import { MessageBus } from '@tocsin/messaging';
import { newUuid, SecretBox } from '@tocsin/platform';

/** From one place in a minute. Many people may sit behind it; somebody who tries addresses out needs more. */
const MOST_FROM_ONE_PLACE = 20;
const WITHIN_MS = 60_000;
const MOST_PLACES = 10_000;

/**
 * Takes wishes for a sign-in link by mail. Nobody is looked up here: the wish is made durable, encrypted, and the notification
 * service finds out whether it leads to anybody, so that neither the answer nor its time says so.
 */
export class SignInMails {
  /** Each process counts what it gets itself: it is only so that nobody fills the bus. How many mails a person gets is on record. */
  private readonly asked = new Map<string, readonly Instant[]>();

  constructor(
    private readonly parts: {
      readonly bus: MessageBus;
      readonly secrets: SecretBox;
      readonly clock: Clock;
    },
  ) {}

  /** Durable when this says so. @throws Rejection `too-many-requests`; MessageBusFault */
  async ask(address: string, from: string): Promise<void> {
    const { bus, secrets, clock } = this.parts;
    const at = clock.now();
    this.count(from, at);
    const [id, nonce] = [newUuid(), newUuid()];
    await bus.publish(topics.notificationCommands, [
      {
        id,
        key: `sign-in-${nonce}`,
        ...{ type: 'SendSignInLink', schemaVersion: 1, time: at, correlationId: id, causationId: id },
        data: { address: secrets.encrypt(address), nonce, at } satisfies SendSignInLink,
      },
    ]);
  }

  private count(from: string, at: Instant): void {
    const recent = (this.asked.get(from) ?? []).filter((before) => before > at - WITHIN_MS);
    if (recent.length >= MOST_FROM_ONE_PLACE)
      throw rejected('too-many-requests', 'too many sign-in links were asked for; try again in a minute');
    if (this.asked.size >= MOST_PLACES && !this.asked.has(from)) this.asked.clear();
    this.asked.set(from, [...recent, at]);
  }
}
