import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A key of the Bot Connector: what signs, and what is published of it. */
export interface ConnectorKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly published: Readonly<Record<string, unknown>>;
}

export const newConnectorKey = (endorsements: readonly string[] = ['msteams']): ConnectorKey => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const id = randomUUID();
  return { id, privateKey, published: { ...publicKey.export({ format: 'jwk' }), kid: id, use: 'sig', alg: 'RS256', endorsements } };
};

/** A JWT, with whatever is said in it. */
export const signedToken = (
  { id, privateKey }: Pick<ConnectorKey, 'id' | 'privateKey'>,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): string => {
  const encoded = [{ typ: 'JWT', alg: 'RS256', kid: id, ...header }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signed = encoded.join('.');
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
};
