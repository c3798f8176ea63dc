import { createHmac } from 'node:crypto';

export interface Signed {
  readonly deliveryId: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** One for each secret, so that a receiver that knows any of them is satisfied while they are rotated. */
export const signatures = ({ deliveryId, timestamp, body }: Signed, secrets: readonly string[]): string =>
  secrets.map((secret) => `v1=${createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`).digest('hex')}`).join(',');
