import { createPublicKey } from 'node:crypto';

/** As SendGrid shows it: base64 of DER, without the lines of PEM. Undefined when it is no key of that kind. */
export const eventKeyIn = (text: string): ReturnType<typeof createPublicKey> | undefined => {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    // Whatever OpenSSL says of it: it is not one.
    return undefined;
  }
};
