import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import type { ECDH } from 'node:crypto';

/** What was pushed, as the page's worker reads it. */
export interface ReceivedPush {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly url?: string;
  readonly actions: readonly { readonly action: string; readonly title: string; readonly url: string }[];
}

const SALT_BYTES = 16;
const KEY_ID_LENGTH_AT = 20;
const TAG_BYTES = 16;

/** A browser that has subscribed: it alone can read what is pushed to it (RFC 8291 over RFC 8188, one record). */
export class PushDevice {
  readonly received: ReceivedPush[] = [];
  private readonly keys: ECDH = createECDH('prime256v1');
  private readonly auth = randomBytes(16);
  private readonly publicKey = this.keys.generateKeys();

  constructor(readonly endpoint: string) {}

  /** As `PushSubscription.toJSON` has it. */
  get subscription() {
    return {
      endpoint: this.endpoint,
      expirationTime: null,
      keys: { p256dh: this.publicKey.toString('base64url'), auth: this.auth.toString('base64url') },
    };
  }

  /** The text of an encrypted body. @throws when it was not made for this device */
  decrypt(body: Buffer): string {
    const salt = body.subarray(0, SALT_BYTES);
    const keyIdLength = body[KEY_ID_LENGTH_AT] ?? 0;
    const recordAt = KEY_ID_LENGTH_AT + 1 + keyIdLength;
    const senderKey = body.subarray(KEY_ID_LENGTH_AT + 1, recordAt);
    const shared = this.keys.computeSecret(senderKey);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.publicKey, senderKey]);
    const material = Buffer.from(hkdfSync('sha256', shared, this.auth, info, 32));
    const derive = (use: string, size: number) =>
      Buffer.from(hkdfSync('sha256', material, salt, Buffer.from(`Content-Encoding: ${use}\0`), size));
    const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
    const record = body.subarray(recordAt);
    decipher.setAuthTag(record.subarray(-TAG_BYTES));
    const padded = Buffer.concat([decipher.update(record.subarray(0, -TAG_BYTES)), decipher.final()]);
    // The last byte that is not zero ends the text.
    return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8');
  }
}
