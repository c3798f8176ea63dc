import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '@tocsin/domain';
import type { SlackCallback } from '../slack-workspace';

const VALID_MS = 300_000;
const VERSION = 'v0';

/** `v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body as it came>`, in hex. Several secrets while they are rotated. */
export const isSignedBySlack = (
  { body, timestamp, signature }: Pick<SlackCallback, 'body' | 'timestamp' | 'signature'>,
  secrets: readonly string[],
  now: Instant,
): boolean => {
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * 1_000) > VALID_MS) return false;
  const given = Buffer.from(signature);
  let isSigned = false;
  // All of them, so that the time taken does not tell which one it was.
  for (const secret of secrets) {
    const expected = Buffer.from(`${VERSION}=${createHmac('sha256', secret).update(`${VERSION}:${timestamp}:${body}`).digest('hex')}`);
    isSigned = (given.length === expected.length && timingSafeEqual(given, expected)) || isSigned;
  }
  return isSigned;
};
