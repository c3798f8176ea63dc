import { createECDH } from 'node:crypto';
import type { ECDH } from 'node:crypto';
import { Clock } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import { EventStore, WrongExpectedRevision } from '@tocsin/event-store';
import { newUuid, SecretBox } from '@tocsin/platform';

export interface VapidKeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** `VapidKeysMade` version 1, in `vapidkeys-1`. */
interface VapidKeysMade {
  readonly at: Instant;
  readonly publicKey: string;
  /** Encrypted. */
  readonly privateKey: string;
}

const STREAM = 'vapidkeys-1';
const PRIVATE_KEY_BYTES = 32;

/**
 * The pair of keys that names this installation to the push services of browsers. A subscription belongs to the pair it was
 * made with, so there is one for ever: made by whoever needs it first and kept in the event store, where of several replicas
 * one wins and all others read what it made.
 */
export class VapidKeys {
  private known: Promise<VapidKeyPair> | undefined;

  constructor(
    private readonly parts: { readonly eventStore: EventStore; readonly secrets: SecretBox; readonly clock: Clock },
    private readonly newKeys: () => ECDH = () => createECDH('prime256v1'),
  ) {}

  /** @throws EventStoreFault; SecretUnreadable when the key that encrypted them was taken off TOCSIN_SECRET_KEY */
  pair(): Promise<VapidKeyPair> {
    this.known ??= this.readOrMake().catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    return this.known;
  }

  private async readOrMake(): Promise<VapidKeyPair> {
    const stored = await this.read();
    if (stored !== undefined) return stored;
    await this.make();
    const made = await this.read();
    if (made === undefined) throw new Error('the keys for push were stored and are not there');
    return made;
  }

  private async read(): Promise<VapidKeyPair | undefined> {
    const [stored] = await this.parts.eventStore.readStream(STREAM);
    if (stored === undefined) return undefined;
    const { publicKey, privateKey } = stored.data as VapidKeysMade;
    return { publicKey, privateKey: this.parts.secrets.decrypt(privateKey) };
  }

  private async make(): Promise<void> {
    const { eventStore, secrets, clock } = this.parts;
    const keys = this.newKeys();
    const publicKey = keys.generateKeys('base64url');
    const secret = keys.getPrivateKey();
    // As a number it may begin with zeros, which are not given.
    const whole = Buffer.concat([Buffer.alloc(PRIVATE_KEY_BYTES - secret.length), secret]);
    const at = clock.now();
    const data: VapidKeysMade = { at, publicKey, privateKey: secrets.encrypt(whole.toString('base64url')) };
    const id = newUuid();
    const metadata = { schemaVersion: 1, time: at, actor: { type: 'system', part: 'notifications' } as const };
    try {
      await eventStore.append(STREAM, 'no_stream', [
        { id, type: 'VapidKeysMade', data, metadata: { ...metadata, correlationId: id, causationId: id } },
      ]);
    } catch (error) {
      // Another replica was faster: its keys are the ones.
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
  }
}
