const WITHIN_MS = 10_000;

/**
 * Asks for a URL, once and in bounded time; nothing is read of the answer but its status, and nobody is followed elsewhere.
 * Resolves with undefined when it went well, else with why not: never with anything of the URL, which is a secret.
 */
export const ping = async (url: string, aborted: AbortSignal, withinMs: number = WITHIN_MS): Promise<string | undefined> => {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([aborted, AbortSignal.timeout(withinMs)]),
      headers: { 'user-agent': 'tocsin' },
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    return response.status >= 300 && response.status < 400 ? `redirect (${response.status})` : `status ${response.status}`;
  } catch (error) {
    if (aborted.aborted) return 'stopped';
    if (error instanceof DOMException && error.name === 'TimeoutError') return 'timeout';
    return codeOf(error);
  }
};

/** `ECONNREFUSED` and the like; messages of the network may hold addresses. */
const codeOf = (error: unknown): string => {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } | null };
  const named = typeof cause?.code === 'string' ? cause.code : code;
  return typeof named === 'string' ? named : 'unreachable';
};
