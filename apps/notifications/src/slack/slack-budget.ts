import type { Instant, SlackAct } from '@tocsin/domain';
import { instant } from '@tocsin/domain';

/** So many at once, then one each `everyMs`. */
interface Rate {
  readonly burst: number;
  readonly everyMs: number;
}

export interface SlackRates {
  readonly channel: Rate;
  readonly workspace: Rate;
}

/** Channels are counted apart from what is written in them, and pages apart from everything else. */
type Counted = SlackAct | 'create';
type Rates = Readonly<Record<Counted, SlackRates>> & { readonly page: Rate };

/**
 * Slack takes about one message a second in a channel and some hundreds a minute in a workspace; edits it counts apart. Pages to
 * people have a share of that for themselves, and so have new alerts: what threads tell, and edits, never take from either, however
 * much there is to tell. Together they stay below 300 messages a minute.
 */
const RATES: Rates = {
  page: { burst: 60, everyMs: 600 },
  post: { channel: { burst: 6, everyMs: 1_250 }, workspace: { burst: 60, everyMs: 400 } },
  update: { channel: { burst: 3, everyMs: 5_000 }, workspace: { burst: 20, everyMs: 1_500 } },
  edit: { channel: { burst: 10, everyMs: 1_250 }, workspace: { burst: 40, everyMs: 1_300 } },
  create: { channel: { burst: 10, everyMs: 4_000 }, workspace: { burst: 10, everyMs: 4_000 } },
};

const MOST_KNOWN = 10_000;
/** Whoever has not come by then does not come any more: what it waited with was called off. */
const KEPT_MS = 600_000;

/**
 * When something may be sent to Slack: a place in line for each, which it keeps until it is used. Kept in memory: only one
 * process sends, and what it forgets in a restart is at most a moment too early, which Slack says by itself.
 */
export class SlackBudget {
  private readonly free = new Map<string, number>();
  private readonly places = new Map<string, Instant>();

  constructor(private readonly rates: Rates = RATES) {}

  /**
   * Of one sender, by its name; the same one until it is used. First in its channel; the workspace is asked for when that one
   * has come, so that whoever waits in a busy channel takes nothing from the others.
   */
  placeFor(name: string, act: Counted, channelId: string, now: Instant): Instant {
    const { channel, workspace } = this.rates[act];
    const inChannel = this.place(`${name} in its channel`, `${act} ${channelId}`, channel, now);
    return inChannel > now ? inChannel : this.place(name, act, workspace, now);
  }

  /** When a page may be sent by direct message; undefined, and nothing is taken, when that is later than in so much time. */
  pageWithin(longestMs: number, now: Instant): Instant | undefined {
    const { page } = this.rates;
    const place = instant(Math.ceil(Math.max(now, this.next('page', page, now))));
    if (place > now + longestMs) return undefined;
    this.take('page', page, place);
    return place;
  }

  used(name: string): void {
    this.places.delete(name);
    this.places.delete(`${name} in its channel`);
  }

  private place(name: string, bucket: string, rate: Rate, now: Instant): Instant {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const place = instant(Math.ceil(Math.max(now, this.next(bucket, rate, now))));
    this.take(bucket, rate, place);
    this.places.set(name, place);
    this.forgetOver(now);
    return place;
  }

  /** Those that were given first; what is called off never says so. */
  private forgetOver(now: Instant): void {
    for (const [name, place] of this.places) {
      if (place + KEPT_MS >= now) return;
      this.places.delete(name);
    }
  }

  /** As with a bucket that leaks: `free` is when it is empty again, and it holds `burst`. */
  private next(bucket: string, { burst, everyMs }: Rate, now: Instant): number {
    const emptyAt = this.free.get(bucket) ?? now;
    return emptyAt - (burst - 1) * everyMs;
  }

  private take(bucket: string, { everyMs }: Rate, at: Instant): void {
    const emptyAt = Math.max(this.free.get(bucket) ?? at, at) + everyMs;
    this.free.delete(bucket);
    this.free.set(bucket, emptyAt);
    if (this.free.size <= MOST_KNOWN) return;
    const [oldest] = this.free.keys();
    if (oldest !== undefined) this.free.delete(oldest);
  }
}
