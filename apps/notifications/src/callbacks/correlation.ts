import type { Correlation } from '@tocsin/channels';
import { Bundles } from '../bundles/bundles';

/** What a channel gave a provider with a message, as the provider gives it back; undefined when it is none of ours. */
export const correlationOf = (stream: unknown, attempt: unknown): Correlation | undefined => {
  const number = Number(attempt);
  const isNamed = typeof stream === 'string' && (stream.startsWith('notification-') || Bundles.isBundle(stream));
  return isNamed && Number.isSafeInteger(number) && number >= 1 ? { stream, attempt: number } : undefined;
};
