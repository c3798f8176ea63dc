import { backOffMs, isWorthRetrying, PARKED_TOPIC, pause } from '@tocsin/messaging';
import type { CompactedFollower, MessageBus, ParkedMessage, Pause } from '@tocsin/messaging';
import type { BackgroundPart } from '../background';
import type { Logger } from '../logging';
import type { Metrics } from '../metrics';

type Origin = Pick<ParkedMessage, 'topic' | 'group'>;

/** Knows how many messages are parked, over all groups and replicas. Waits for the bus for as long as it takes. */
export class ParkedCount implements BackgroundPart {
  private readonly parked = new Map<string, Origin>();
  private follower: CompactedFollower | undefined;
  private following: Promise<void> | undefined;
  private wait: Pause | undefined;
  private stopped = false;

  constructor(
    private readonly bus: MessageBus,
    private readonly random: () => number,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.following = this.follow();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wait?.end();
    await this.following;
    await this.follower?.close();
    this.follower = undefined;
  }

  settled(): boolean {
    return true;
  }

  /** Where those that are parked now come from; undefined while that is not known. */
  origins(): readonly Origin[] | undefined {
    return this.follower === undefined ? undefined : [...this.parked.values()];
  }

  /** Resolves when everything parked before the call counts. @throws MessageBusFault */
  async upToDate(timeoutMs: number): Promise<void> {
    await this.following;
    await this.follower?.upToDate(timeoutMs);
  }

  private async follow(): Promise<void> {
    for (let tries = 1; !this.stopped; tries++) {
      try {
        this.follower = await this.bus.followCompacted(PARKED_TOPIC.name, ({ key, data }) => {
          if (key === null) return;
          if (data === null) this.parked.delete(key);
          else this.parked.set(key, originOf(data as ParkedMessage));
        });
        return;
      } catch (error) {
        if (!isWorthRetrying(error)) throw error;
        this.log.warn({ err: error }, 'parked messages are not counted');
        this.wait = pause(backOffMs(tries, this.random));
        await this.wait.over;
      }
    }
  }
}

const originOf = ({ topic, group }: ParkedMessage): Origin => ({ topic, group });

/** Messages that wait for somebody to replay or discard them; `count` gives what counts them here now. */
export const measureParked = (metrics: Metrics, count: () => ParkedCount | undefined): void => {
  const labels = ['topic', 'group'] as const;
  metrics.gauge(
    { name: 'tocsin_parked_messages', help: 'Messages that are parked, by their topic and the group that gave them up.', labels },
    () => {
      const numbers = new Map<string, { readonly labels: Origin; value: number }>();
      for (const origin of count()?.origins() ?? []) {
        const key = `${origin.topic} ${origin.group}`;
        const number = numbers.get(key) ?? { labels: origin, value: 0 };
        numbers.set(key, { ...number, value: number.value + 1 });
      }
      return [...numbers.values()];
    },
  );
};
