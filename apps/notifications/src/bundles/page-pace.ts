import type { Channel } from '@tocsin/channels';
import {
  bundleWith,
  Clock,
  identicalPages,
  isAttemptDue,
  isPaced,
  notificationStatus,
  pacingDecider,
  pacingStream,
  stoppedBy,
  verdictOn,
} from '@tocsin/domain';
import type {
  AlertEvent,
  Instant,
  NotificationMethod,
  OpenNotification,
  PacedPage,
  Pacing,
  PacingCommand,
  PacingEvent,
} from '@tocsin/domain';
import { CommandHandler, eventOf, EventStore } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';
import { readAlertFromItsStream } from '@tocsin/read-models';
import type { Counter, Metrics } from '@tocsin/platform';
import { Notifications } from '../notifications';

/** How a page goes out whose time has come. */
export type Turn =
  | { readonly type: 'alone' }
  /** Not now: that and why is on record. */
  | { readonly type: 'waits' }
  | { readonly type: 'together'; readonly bundle: number; readonly pages: readonly string[] };

const alone: Turn = { type: 'alone' };
/** What is older than the newest event of a stream counts no more; it is forgotten now and then. */
const FORGET_EVERY = 50;

/** Who only looks at what would have been sent is not disturbed by it. */
const disturbsNobody = ({ provider }: Channel): boolean => provider === 'outbox';

interface Together {
  readonly place: string;
  readonly bundle: number;
}

/**
 * Decides with which others a page goes out (B29). What was decided is on record before anything is done about it: a page asks
 * again after a crash and is told the same.
 */
export class PagePace {
  private readonly handler: CommandHandler<PacingCommand, Pacing, PacingEvent>;
  private readonly paced: Counter<'method' | 'verdict'>;

  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly notifications: Notifications;
      readonly clock: Clock;
      readonly metrics: Metrics;
      readonly isOn: boolean;
    },
  ) {
    this.paced = parts.metrics.counter({
      name: 'tocsin_pages_paced_total',
      help: 'Pages whose turn came, by how they go out.',
      labels: ['method', 'verdict'],
    });
    this.handler = new CommandHandler({ store: parts.eventStore, decider: pacingDecider });
  }

  /** @throws EventStoreFault */
  async turnOf(
    stream: string,
    state: OpenNotification,
    { channel, interruptedBefore }: { readonly channel: Channel; readonly interruptedBefore: Instant | undefined },
    cause: Cause,
  ): Promise<Turn> {
    const { plan, attempts, bundle } = state;
    const at = this.parts.clock.now();
    const isDue = isAttemptDue(state, { at, ...(interruptedBefore === undefined ? {} : { interruptedBefore }) });
    if (!this.parts.isOn || !isPaced(plan.purpose) || !isDue || disturbsNobody(channel)) return alone;
    const place = pacingStream(plan);
    if (bundle !== undefined) return this.together(stream, { place, bundle }, cause);
    return attempts > 0 ? alone : this.first(stream, place, state, cause);
  }

  private async first(stream: string, place: string, { plan }: OpenNotification, cause: Cause): Promise<Turn> {
    const { notifications, clock } = this.parts;
    const page = await this.pageOf(stream, plan);
    // Whatever comes of it, it is no page any more.
    if (page === undefined) return alone;
    const verdict = await this.verdictOn(page, place, plan.method, cause);
    switch (verdict?.type) {
      case 'bundled': {
        const { bundle, dueAt } = verdict;
        if (dueAt <= clock.now()) return this.together(stream, { place, bundle }, cause);
        await notifications.change(stream, { type: 'hold', at: clock.now(), reason: 'bundled', until: dueAt, bundle }, cause);
        return { type: 'waits' };
      }
      case 'identical':
        await notifications.change(stream, { type: 'hold', at: clock.now(), reason: 'identical' }, cause);
        return { type: 'waits' };
      default:
        return alone;
    }
  }

  private async verdictOn(page: PacedPage, place: string, method: NotificationMethod, cause: Cause) {
    const { clock } = this.parts;
    const { state: before } = await this.handler.load(place);
    const known = verdictOn(before, page.notification);
    if (known !== undefined) return known;
    const arrived = await this.arrived(identicalPages(before, method, page, clock.now()));
    const { events } = await this.change(place, { type: 'pace', at: clock.now(), method, page, arrived }, cause);
    const paced = events.find(({ type }) => type === 'PagePaced')?.data as Extract<PacingEvent, { type: 'PagePaced' }>['data'] | undefined;
    if (paced !== undefined) this.paced.inc({ method, verdict: paced.verdict.type });
    return paced?.verdict ?? verdictOn((await this.handler.load(place)).state, page.notification);
  }

  /** Nothing joins it any more; all that are in it go out now. */
  private async together(stream: string, { place, bundle }: Together, cause: Cause): Promise<Turn> {
    const { state } = await this.change(place, { type: 'close', at: this.parts.clock.now(), bundle }, cause);
    const pages = bundleWith(state, stream)?.pages ?? [];
    return pages.length > 1 ? { type: 'together', bundle, pages } : alone;
  }

  /** Of these pages, those that have reached the person for certain: what says the same as one that failed is sent. */
  private async arrived(streams: readonly string[]): Promise<readonly string[]> {
    const found = await Promise.all(
      streams.map(async (stream) => {
        const state = await this.parts.notifications.load(stream);
        return state.status !== 'absent' && notificationStatus(state).status === 'SUCCESS';
      }),
    );
    return streams.filter((_, index) => found[index]);
  }

  /** Undefined when it is not wanted any more. */
  private async pageOf(notification: string, plan: OpenNotification['plan']): Promise<PacedPage | undefined> {
    const { alertId, activation, notificationId, userId, alertRevision = 0 } = plan;
    if (alertId === undefined) return undefined;
    const history = await readAlertFromItsStream(this.parts.eventStore, alertId);
    if (history === undefined) return undefined;
    const facts = history.events.map((stored) => ({ revision: stored.revision, event: eventOf<AlertEvent>(stored) }));
    const known = { notification, notificationId, alertId, sourceId: history.document.sourceId };
    // News is told of each fact, and of each once.
    if (activation === undefined) return { ...known, activation: 0, text: alertRevision };
    if (stoppedBy({ userId, alertRevision }, facts) !== undefined) return undefined;
    const text = facts.findLast(({ event }) => saysSomethingElse.includes(event.type))?.revision ?? 0;
    return { ...known, activation, text };
  }

  private async change(place: string, command: PacingCommand, cause: Cause) {
    const handled = await this.handler.handle(place, command, {
      commandId: `${cause.causationId}:${command.type}`,
      ...cause,
      actor: { type: 'system', part: 'notifications' },
      time: this.parts.clock.now(),
    });
    if (handled.events.length > 0 && handled.revision % FORGET_EVERY === 0) await this.parts.eventStore.keepOnlyLast(place);
    return handled;
  }
}

const saysSomethingElse: readonly AlertEvent['type'][] = ['AlertRaised', 'AlertSummaryChanged', 'AlertPriorityRaised'];
