import type { Correlation } from '../channel';
import type { Dialect } from './dialect';

/**
 * Where a provider tells what became of an attempt. Which one it was stands in the URL, which is signed: it needs no index, and may
 * be asked before we have the answer to our request.
 */
export const callbackUrl = (
  { provider }: Dialect,
  publicUrl: string,
  path: 'status' | 'voice',
  correlation: Correlation | undefined,
): string => {
  const url = `${publicUrl}/api/callbacks/${provider}/${path}`;
  if (correlation === undefined) return url;
  return `${url}?${new URLSearchParams({ stream: correlation.stream, attempt: String(correlation.attempt) }).toString()}`;
};
