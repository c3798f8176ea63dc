import type { Correlation } from '@tocsin/channels';

/** What a channel gave a provider with a message, as the provider gives it back; undefined when it is none of ours. */
export const correlationOf = (stream: unknown, attempt: unknown): Correlation | undefined => {
  const number = Number(attempt);
  const isOurs = typeof stream === 'string' && stream.startsWith('notification-') && Number.isSafeInteger(number) && number >= 1;
  return isOurs ? { stream, attempt: number } : undefined;
};
