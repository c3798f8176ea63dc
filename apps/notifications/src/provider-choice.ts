import { LONGEST_ROOM_WAIT_MS, ProviderHealth, providersToAsk, routeOf, whenAborted } from '@tocsin/channels';
import type { Channel, Destination, MethodRoutes, Room, SendOutcome } from '@tocsin/channels';
import { Clock } from '@tocsin/domain';
import type { NotificationMethod, OpenNotification } from '@tocsin/domain';
import type { Metrics } from '@tocsin/platform';

export interface ProviderChoiceParts {
  readonly clock: Clock;
  /** In the order in which they are asked where no route says otherwise. */
  channelsFor(method: NotificationMethod): readonly Channel[];
  readonly routes?: MethodRoutes;
  readonly metrics?: Metrics;
}

/** Whoever could go to another provider waits for this one as long as a call may take. */
const WITH_ANOTHER_MS = 15_000;

/** Undefined: nobody is left who could ever take it. */
interface Chosen {
  readonly channel: Channel | undefined;
  readonly room: Room | undefined;
}

/** Whom a message is given to next: by its route, by who failed with it, and by who fails with others. */
export class ProviderChoice {
  private readonly health: ProviderHealth;
  /** Aborted when a provider is found to be down. */
  private readonly down = new Map<string, AbortController>();
  private readonly waiting = new Map<string, number>();

  constructor(private readonly parts: ProviderChoiceParts) {
    this.health = new ProviderHealth(parts.clock);
    parts.metrics?.gauge(
      { name: 'tocsin_provider_waiting', help: 'Messages that wait until their provider takes more.', labels: ['provider'] },
      () => [...this.waiting].map(([provider, value]) => ({ labels: { provider }, value })),
    );
  }

  /** First choice first; empty when nobody is left who could ever take it. */
  toAsk({ plan, failedInRound, refusedBy }: OpenNotification, target: string): readonly Channel[] {
    const { channelsFor, routes } = this.parts;
    return providersToAsk(channelsFor(plan.method), {
      route: routeOf(routes?.[plan.method], target),
      failedInRound,
      refusedBy,
      isDown: (provider) => this.health.isDown(provider),
    });
  }

  /** The first one that has room for it, in one time for all of them; undefined when none has. Nothing of the waiting is a failure of theirs. */
  async withRoom(state: OpenNotification, to: Destination, noLonger: AbortSignal): Promise<Chosen | undefined> {
    return noLongerThan(LONGEST_ROOM_WAIT_MS, [noLonger], (enough) => this.firstWithRoom(state, to, enough));
  }

  private async firstWithRoom(state: OpenNotification, to: Destination, noLonger: AbortSignal): Promise<Chosen | undefined> {
    const busy = new Set<string>();
    for (;;) {
      const left = (): readonly Channel[] => this.toAsk(state, to.target).filter(({ provider }) => !busy.has(provider));
      const [channel, ...others] = left();
      if (channel === undefined) return busy.size === 0 ? { channel, room: undefined } : undefined;
      const room = await this.counted(
        channel,
        others.length === 0 ? channel.room(to, noLonger) : this.roomOrAnother(channel, to, noLonger),
      );
      if (room === undefined) busy.add(channel.provider);
      // It may have turned out meanwhile that it is down.
      else if (left()[0]?.provider === channel.provider) return { channel, room };
      else room.leave();
    }
  }

  private async counted<T>({ provider }: Channel, waiting: Promise<T>): Promise<T> {
    const more = (by: number): unknown => this.waiting.set(provider, (this.waiting.get(provider) ?? 0) + by);
    more(1);
    try {
      return await waiting;
    } finally {
      more(-1);
    }
  }

  record(provider: string, outcome: SendOutcome): void {
    this.health.record(provider, outcome);
    if (!this.health.isDown(provider)) return;
    this.down.get(provider)?.abort();
    this.down.delete(provider);
  }

  /** Nobody who has another provider waits for one that is down. */
  private roomOrAnother(channel: Channel, to: Destination, noLonger: AbortSignal): Promise<Room | undefined> {
    const { provider } = channel;
    const isDown = this.down.get(provider) ?? new AbortController();
    this.down.set(provider, isDown);
    return noLongerThan(WITH_ANOTHER_MS, [noLonger, isDown.signal], (enough) => channel.room(to, enough));
  }
}

/** What waits as long as that at most, and not after any of the signals. */
const noLongerThan = async <Found>(
  waitMs: number,
  signals: readonly AbortSignal[],
  wait: (enough: AbortSignal) => Promise<Found>,
): Promise<Found> => {
  const enough = new AbortController();
  // With a reason, whatever it is: the one that is made otherwise notes where it was made.
  const giveUp = (): void => enough.abort(null);
  const timer = setTimeout(giveUp, waitMs);
  const forget = signals.map((signal) => whenAborted(signal, giveUp));
  try {
    return await wait(enough.signal);
  } finally {
    clearTimeout(timer);
    for (const each of forget) each();
  }
};
