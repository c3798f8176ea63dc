import type { FetchFunction } from '@slack/web-api';

/** A call that got no answer of Slack's. */
export class NotAnswered extends Error {
  constructor(
    readonly reason: 'not_reached' | 'timeout' | 'connection_broken' | 'no_json' | 'too_long',
    /** It may have arrived all the same. */
    readonly uncertain: boolean,
    options?: ErrorOptions,
  ) {
    super(`Slack did not answer: ${reason}`, options);
    this.name = 'NotAnswered';
  }
}

const MOST_BYTES = 4_194_304;
const RETRY_AFTER_SEC = '30';
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** Reads the whole answer within the call's time, and no more of it than there can be. @throws NotAnswered */
export const boundedFetch: FetchFunction = async (url, init) => {
  try {
    const response = await fetch(url, init as RequestInit);
    const body = await textOf(response);
    const headers = new Headers(response.headers);
    // The library knows no other way to be told to wait.
    if (response.status === 429 && !/^\d+$/.test(headers.get('retry-after') ?? '')) headers.set('retry-after', RETRY_AFTER_SEC);
    if (response.status === 200) refuseUnlessJson(body);
    return new Response(body, { status: response.status, statusText: response.statusText, headers });
  } catch (error) {
    throw error instanceof NotAnswered ? error : notAnswered(error);
  }
};

export const notAnswered = (error: unknown): NotAnswered => {
  const codes = causesOf(error).map((cause) => (cause as { readonly code?: unknown }).code);
  if (codes.some((code) => typeof code === 'string' && NOT_CONNECTED.has(code)))
    return new NotAnswered('not_reached', false, { cause: error });
  const isTimeout = (error as { readonly name?: unknown } | null)?.name === 'TimeoutError';
  return new NotAnswered(isTimeout ? 'timeout' : 'connection_broken', true, { cause: error });
};

const textOf = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).byteLength;
    if (length > MOST_BYTES) throw new NotAnswered('too_long', true);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const refuseUnlessJson = (body: string): void => {
  try {
    JSON.parse(body);
  } catch (error) {
    throw new NotAnswered('no_json', true, { cause: error });
  }
};

const causesOf = (error: unknown): readonly object[] => {
  if (typeof error !== 'object' || error === null) return [];
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: readonly unknown[] };
  return [error, ...causesOf(cause), ...(errors ?? []).flatMap(causesOf)];
};
