import { createHmac, timingSafeEqual } from 'node:crypto';

/** What Twilio signs: the URL as it called it, then each parameter's name and value in the order of their names. */
const expected = (authToken: string, url: string, form: URLSearchParams): Buffer => {
  const names = [...new Set(form.keys())].sort();
  const signed = names.map((name) =>
    [...new Set(form.getAll(name))]
      .sort()
      .map((value) => `${name}${value}`)
      .join(''),
  );
  return createHmac('sha1', authToken)
    .update(`${url}${signed.join('')}`, 'utf8')
    .digest();
};

/**
 * The form of a call-back that Twilio signed with one of the tokens; undefined when it is not one. Twilio's signatures have no
 * time: what is replayed changes nothing more.
 */
export const signedForm = (
  authTokens: readonly string[],
  { url, body, signature }: { readonly url: string; readonly body: Buffer; readonly signature: string | undefined },
): URLSearchParams | undefined => {
  const given = Buffer.from(signature ?? '', 'base64');
  const form = new URLSearchParams(body.toString('utf8'));
  const isSigned = authTokens.map((token) => isSame(expected(token, url, form), given)).includes(true);
  return isSigned ? form : undefined;
};

const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
