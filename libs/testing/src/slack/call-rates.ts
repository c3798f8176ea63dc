/** Calls of a method that a workspace may make in a minute; Slack's tiers. */
const PER_MINUTE: Readonly<Record<string, number>> = {
  'chat.update': 50,
  'chat.postEphemeral': 100,
  'views.open': 100,
  'users.info': 100,
  'users.lookupByEmail': 50,
  'conversations.open': 50,
  'conversations.create': 20,
  'conversations.invite': 50,
  'conversations.setTopic': 20,
  'conversations.archive': 20,
  'users.conversations': 50,
  'conversations.history': 50,
  'conversations.replies': 50,
};

export interface SlackRates {
  /** Messages to one channel, after so many at once. */
  readonly postsPerChannelPerSec: number;
  readonly postBurst: number;
  /** Messages of the workspace in a minute. */
  readonly postsPerMinute: number;
}

export const usualRates: SlackRates = { postsPerChannelPerSec: 1, postBurst: 10, postsPerMinute: 300 };

interface Bucket {
  level: number;
  at: number;
}

/** How often a method may be called: each call leaks away at its own speed, and one that does not fit is to come again later. */
export class CallRates {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly rates: SlackRates,
    private readonly now: () => number,
  ) {}

  /** Whole seconds until the call would be taken; 0 takes it. */
  take(method: string, channel: string | undefined): number {
    if (method !== 'chat.postMessage') {
      const most = PER_MINUTE[method];
      return most === undefined ? 0 : this.fill(method, most, most / 60);
    }
    const { postsPerChannelPerSec, postBurst, postsPerMinute } = this.rates;
    const inChannel = this.fill(`${method} ${channel ?? ''}`, postBurst, postsPerChannelPerSec);
    return inChannel > 0 ? inChannel : this.fill(method, postsPerMinute, postsPerMinute / 60);
  }

  private fill(name: string, most: number, perSec: number): number {
    const now = this.now();
    const bucket = this.buckets.get(name) ?? { level: 0, at: now };
    const level = Math.max(0, bucket.level - ((now - bucket.at) / 1_000) * perSec);
    const isFull = level + 1 > most;
    this.buckets.set(name, { level: isFull ? level : level + 1, at: now });
    return isFull ? Math.max(1, Math.ceil((level + 1 - most) / perSec)) : 0;
  }
}
