import { checked, integerSetting, optional, urlSetting } from '../settings';
import type { Settings } from '../settings';

/** What is set when somebody elsewhere is to notice that pages no longer leave. */
export interface HeartbeatSettings {
  readonly url: string;
  readonly intervalMs: number;
  /** More than one where a topic has many partitions and a service many replicas. */
  readonly probesPerRound: number;
}

/** The same for all services: one sends the probes, all hand them on, one pings. */
export const heartbeatSchema = {
  heartbeatUrl: optional(
    checked(
      urlSetting('TOCSIN_HEARTBEAT_URL', {
        about: 'pinged while an event that comes in would lead to a page; without it nothing is',
        secret: true,
        asGiven: true,
      }),
      (url) => (/^https?:\/\/[^/?#]*@/.test(url) ? 'must not hold a user or a password' : undefined),
    ),
  ),
  heartbeatIntervalSec: integerSetting('TOCSIN_HEARTBEAT_INTERVAL_SEC', {
    about: 'how often the heartbeat is sent, in seconds',
    usual: 60,
    min: 10,
    max: 3_600,
  }),
} as const;

export const heartbeatOf = (
  { heartbeatUrl, heartbeatIntervalSec }: Settings<typeof heartbeatSchema>,
  probesPerRound: number,
): HeartbeatSettings | undefined =>
  heartbeatUrl === undefined ? undefined : { url: heartbeatUrl, intervalMs: heartbeatIntervalSec * 1_000, probesPerRound };
