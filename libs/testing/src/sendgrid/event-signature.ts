import { createSign, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface EventKeys {
  readonly privateKey: KeyObject;
  /** As SendGrid shows it: base64 of DER. */
  readonly publicKey: string;
}

export const newEventKeys = (): EventKeys => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') };
};

/** ECDSA over the time and the body as it is posted. */
export const eventSignature = (privateKey: KeyObject, timestamp: string, body: string | Buffer): string =>
  createSign('sha256').update(timestamp).update(body).sign(privateKey, 'base64');
