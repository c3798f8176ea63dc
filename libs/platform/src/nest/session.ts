import cookie from '@fastify/cookie';
import { plusMinutes } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import type { SecretBox } from '../secrets';
import type { Principal } from './authenticator';

export const SESSION_COOKIE = 'tocsin_session';

/** Lax, so that a link in a message opens a page that knows who is there. It becomes Secure when the public URL is https. */
const attributes = { path: '/', httpOnly: true, sameSite: 'lax' } as const;

/** The value of a `set-cookie` header. */
export const sessionCookie = (key: string, expiresAt: Instant): string =>
  cookie.serialize(SESSION_COOKIE, key, { ...attributes, expires: new Date(expiresAt) });

/** Ends the session in the browser. */
export const endedSessionCookie = (): string => cookie.serialize(SESSION_COOKIE, '', { ...attributes, expires: new Date(0) });

const PURPOSE = 'csrf';
const VALID_MINUTES = 12 * 60;

/** For a form on a page of ours: in a field `_csrf`, or sent by a script in the header `x-csrf-token`. */
export const csrfToken = (secrets: SecretBox, { keyId }: Pick<Principal, 'keyId'>, now: Instant): string =>
  secrets.signToken({ purpose: PURPOSE, k: keyId }, plusMinutes(now, VALID_MINUTES));

export const isCsrfToken = (secrets: SecretBox, { keyId }: Pick<Principal, 'keyId'>, token: string, now: Instant): boolean => {
  const verified = secrets.verifyToken(PURPOSE, token, now);
  return verified.ok && verified.payload['k'] === keyId;
};
