import type { FastifyInstance } from 'fastify';
import { newUuid } from '../ids';

export interface EdgeHookOptions {
  readonly publicUrl: string | undefined;
}

const CORRELATION_ID = /^[\w.:/+=-]{1,128}$/;

const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** What every answer carries, whoever made it. A handler's own header wins. */
export const addEdgeHooks = (fastify: FastifyInstance, { publicUrl }: EdgeHookOptions): void => {
  const overHttps = publicUrl?.startsWith('https:') === true;

  fastify.addHook('onRequest', (request, reply, done) => {
    // The caller's word is given back for their tracing, but never becomes an id of ours: it may come twice.
    const theirs = request.headers['x-correlation-id'] ?? request.headers['correlation-id'];
    void reply.header('correlation-id', typeof theirs === 'string' && CORRELATION_ID.test(theirs) ? theirs : request.id);
    done();
  });

  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const type = String(reply.getHeader('content-type') ?? '');
    // One client compares the header with exactly this, and reads no JSON from anything else.
    if (/^application\/json *;/i.test(type)) void reply.header('content-type', 'application/json');
    // To another one an empty body of that type is an error.
    if (type.startsWith('application/json') && (payload === '' || payload === null || payload === undefined))
      reply.removeHeader('content-type');
    const usual: Readonly<Record<string, string>> = {
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'content-security-policy': type.startsWith('text/html') ? PAGE_POLICY : DATA_POLICY,
      ...(type.startsWith('application/json') ? { 'cache-control': 'no-store' } : {}),
      ...(overHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    };
    for (const [name, value] of Object.entries(usual)) if (!reply.hasHeader(name)) void reply.header(name, value);
    if (overHttps) secureCookies(reply);
    done(null, payload);
  });
};

/** A cookie that was made for https is never sent over http, whichever handler set it. */
const secureCookies = (reply: {
  getHeader(name: string): unknown;
  removeHeader(name: string): unknown;
  header(name: string, value: unknown): unknown;
}): void => {
  const set = reply.getHeader('set-cookie');
  if (set === undefined) return;
  const cookies = [set].flat().map(String);
  // Fastify adds to this header instead of replacing it.
  reply.removeHeader('set-cookie');
  reply.header(
    'set-cookie',
    cookies.map((cookie) => (/;\s*secure\b/i.test(cookie) ? cookie : `${cookie}; Secure`)),
  );
};

/** Ids of requests are ours: they make commands idempotent, so no two requests may share one. */
export const newRequestId = (): string => newUuid();

/** Blanks and slashes that got into a pasted URL, and a question mark with nothing after it. */
export const tidyUrl = (url: string): string => {
  const [path = '', ...query] = url.split('?');
  const tidy = path.replace(/(?:%20|%09|%0A|%0D|\s)+$/gi, '');
  const rest = query.join('?');
  return rest === '' ? tidy || '/' : `${tidy || '/'}?${rest}`;
};
