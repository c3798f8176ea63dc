import { verify } from 'node:crypto';
import { sendgridEventKey } from '@tocsin/channels';
import type { Instant } from '@tocsin/domain';

export interface SignedPost {
  readonly body: Buffer;
  /** Seconds since 1970. */
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

export interface Believed {
  readonly keys: readonly string[];
  /** From its time on, and before it. */
  readonly validMs: number;
}

/** Whether it is ECDSA by one of the keys, over the time and then the body as it came. */
export const isSignedBySendGrid = ({ body, timestamp, signature }: SignedPost, { keys, validMs }: Believed, now: Instant): boolean => {
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * 1_000) > validMs) return false;
  const signed = Buffer.concat([Buffer.from(timestamp), body]);
  const given = Buffer.from(signature, 'base64');
  return keys.some((text) => {
    const key = sendgridEventKey(text);
    return key !== undefined && verify('sha256', signed, key, given);
  });
};
