import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Dialect } from '@tocsin/channels';

/** What is signed: the URL as it was called, then each parameter's name and value in the order of their names. */
const expected = (key: string, url: string, form: URLSearchParams): Buffer => {
  const names = [...new Set(form.keys())].sort();
  const signed = names.map((name) =>
    [...new Set(form.getAll(name))]
      .sort()
      .map((value) => `${name}${value}`)
      .join(''),
  );
  return createHmac('sha1', key)
    .update(`${url}${signed.join('')}`, 'utf8')
    .digest();
};

/**
 * The form of a call-back that was signed with one of the keys; undefined when it is not one. Such signatures have no time: what is
 * replayed changes nothing more.
 */
export const signedForm = (
  keys: readonly string[],
  { mayNamePort }: Pick<Dialect, 'mayNamePort'>,
  { url, body, signature }: { readonly url: string; readonly body: Buffer; readonly signature: string | undefined },
): URLSearchParams | undefined => {
  const given = Buffer.from(signature ?? '', 'base64');
  const form = new URLSearchParams(body.toString('utf8'));
  const urls = mayNamePort ? [url, withPort(url)] : [url];
  const isSigned = keys.flatMap((key) => urls.map((each) => isSame(expected(key, each, form), given))).includes(true);
  return isSigned ? form : undefined;
};

/** `https://host:443/…`, which is the same address. One that names its port already stays as it is. */
const withPort = (url: string): string =>
  url.replace(/^(https?):\/\/([^/?#:]+)(?=[/?#]|$)/, (_whole, scheme: string, host: string) => {
    const port = scheme === 'https' ? 443 : 80;
    return `${scheme}://${host}:${port}`;
  });

const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
