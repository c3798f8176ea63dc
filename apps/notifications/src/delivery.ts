import { setImmediate as nextTurn } from 'node:timers/promises';
import { dialled, renderMessage } from '@tocsin/channels';
import type { Channel, Destination, MethodRoutes, Room, SendOutcome } from '@tocsin/channels';
import { Clock, isAttemptDue, isFinal, isNews, PROVIDER_BUSY, pushDevicesOf, recipientOf, roomAskedAgainAt } from '@tocsin/domain';
import type {
  CallId,
  CancelReason,
  Instant,
  Notification,
  NotificationCommand,
  NotificationMethod,
  OpenNotification,
  Recipient,
} from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { newUuid, traced } from '@tocsin/platform';
import type { Metrics, Tracing } from '@tocsin/platform';
import type { Firing } from '@tocsin/read-models';
import { TurnsPerTarget } from './turns-per-target';
import { AttemptOutcomes } from './attempt-outcomes';
import type { BundleAttempt, Bundles } from './bundles/bundles';
import type { PagePace } from './bundles/page-pace';
import type { AttemptNotes, MessageComposer, Planned } from './message-composer';
import type { CallTurns } from './calling/call-turns';
import { Notifications } from './notifications';
import { ProviderChoice } from './provider-choice';
import type { ReplyAddresses } from './mail-replies/reply-addresses';
import type { Texts } from './texting/texts';
import { WantedPages } from './wanted-pages';
import type { Page } from './wanted-pages';
import { WaysToReply } from './ways-to-reply';

const LOADED_PER_TURN = 64;

/** By no timer: it waits where it is, for as long as it takes. */
const inPlace: Firing = { aside: (waiting) => waiting, ended: new AbortController().signal, assertOpen: () => undefined };

export interface DeliveryParts {
  readonly notifications: Notifications;
  readonly eventStore: EventStore;
  readonly configuration: ConfigurationReader;
  readonly composer: MessageComposer;
  readonly clock: Clock;
  readonly outcomes: AttemptOutcomes;
  readonly texts: Texts;
  readonly callTurns: CallTurns;
  readonly pace: PagePace;
  readonly bundles: Bundles;
  /** Absent: nobody passes on answers by e-mail. */
  readonly replyAddresses?: ReplyAddresses;
  readonly tracing?: Tracing;
  /** In the order in which they are asked where no route says otherwise. */
  channelsFor(method: NotificationMethod): readonly Channel[];
  readonly routes?: MethodRoutes;
  readonly metrics?: Metrics;
}

interface StartOf {
  readonly provider: string;
  readonly alert: 'wanted' | { readonly stopped: CancelReason };
  readonly interruptedBefore: Instant | undefined;
}

/** To whom several pages, or one, go. */
interface Sending {
  /** Of the first of them. */
  readonly state: OpenNotification;
  readonly recipient: Recipient;
  readonly interruptedBefore: Instant | undefined;
  readonly bundle?: number;
  readonly firing: Firing;
  /** Asked when there is room: what it takes is not kept from others for as long as that is waited for. */
  mayBegin?(): Promise<boolean>;
}

/** Who sends it, and what is true of it at that moment. */
interface Begun {
  readonly channel: Channel | undefined;
  readonly pages: readonly [Page, ...Page[]];
  readonly recipient: Recipient;
  readonly room: Room | undefined;
}

/**
 * Sends one notification when it is due, alone or in one message with others. It waits until its provider has room; then the
 * attempt is recorded, then the alert's own stream is read, then the provider is called: an answer recorded before that read keeps
 * the provider from being called (P5, B9), and a crash anywhere repeats the attempt under the same key.
 */
export class Delivery {
  private readonly providers: ProviderChoice;
  private readonly waysToReply: WaysToReply;
  private readonly wanted: WantedPages;
  private readonly turns = new TurnsPerTarget(1);

  constructor(private readonly parts: DeliveryParts) {
    this.providers = new ProviderChoice(parts);
    this.waysToReply = new WaysToReply(parts);
    this.wanted = new WantedPages({ ...parts, waysToReply: this.waysToReply });
  }

  /**
   * Repeats at once the attempts that a crash ended, of notifications that are not over: those begun before this process
   * started. Only where no other process can be making them; else the next attempt waits until nobody can be.
   * @throws EventStoreFault
   */
  async repeatInterrupted(streams: readonly string[], startedAt: Instant, firing: Firing = inPlace): Promise<void> {
    const repeated: Promise<void>[] = [];
    for (const [index, stream] of streams.entries()) {
      if (firing.ended.aborted) break;
      if (index % LOADED_PER_TURN === LOADED_PER_TURN - 1) await nextTurn();
      const state = await this.parts.notifications.load(stream);
      if (state.status !== 'attempting' || state.startedAt >= startedAt) continue;
      const attempt = this.attempt(stream, firing, startedAt);
      // It may fail while others are still looked for; a rejection that nobody waits for yet would end the process.
      attempt.catch(() => undefined);
      repeated.push(attempt);
    }
    await Promise.all(repeated);
  }

  /** Called at least once per due time. @throws EventStoreFault; MessageBusFault while it cannot be said whether the person is there */
  async attempt(stream: string, firing: Firing = inPlace, interruptedBefore?: Instant): Promise<void> {
    const { notifications, outcomes, pace } = this.parts;
    const cause = { causationId: newUuid(), correlationId: stream };
    const state = await notifications.load(stream);
    if (state.status === 'handed-over') return outcomes.expireReceipt(stream, state, cause);
    if (!('attempts' in state) || isFinal(state)) return;
    const recipient = await this.recipient(state.plan);
    if ('stopped' in recipient) return this.stop(stream, state.plan, { stopped: recipient.stopped, interruptedBefore }, cause);
    const [channel] = this.providers.toAsk(state, recipient.target);
    const turn =
      channel === undefined ? ({ type: 'alone' } as const) : await pace.turnOf(stream, state, { channel, interruptedBefore }, cause);
    if (turn.type === 'waits') return;
    const sending = { state, recipient, interruptedBefore, firing };
    if (turn.type === 'alone') {
      if (state.plan.method === 'VOICE') return this.call(stream, [stream], sending, cause);
      return void (await this.send([stream], sending, cause));
    }
    await firing.aside(this.turns.run(String(turn.bundle), () => this.sendBundle(stream, turn, sending, cause)));
  }

  /** Each of its pages comes here when it is due: the first one sends them all, and the others find that it is done. */
  private async sendBundle(
    stream: string,
    { bundle, pages }: { readonly bundle: number; readonly pages: readonly string[] },
    sending: Sending,
    cause: Cause,
  ): Promise<void> {
    const state = await this.parts.notifications.load(stream);
    if (!this.isDue(state, sending)) return;
    const inTurn = { ...sending, state, firing: { ...sending.firing, aside: inPlace.aside }, bundle };
    await (state.plan.method === 'VOICE' ? this.call(stream, pages, inTurn, cause) : this.send(pages, inTurn, cause));
  }

  /** When it is its turn: a telephone takes one call at a time (B25). */
  private async call(stream: string, pages: readonly string[], sending: Sending, cause: Cause): Promise<void> {
    const { callTurns } = this.parts;
    const { state } = sending;
    const call = { notification: stream, attempt: state.attempts + 1 };
    let isNext = false;
    const mayBegin = async (): Promise<boolean> => {
      isNext = await callTurns.isNext(call, state, cause);
      // Of those that are told together, each has found the line taken by itself.
      if (isNext) for (const other of pages) if (other !== stream) await callTurns.wake(other, cause);
      return isNext;
    };
    const outcome = await this.send(pages, { ...sending, mayBegin }, cause);
    if (!isNext) return;
    // What may be ringing now keeps its turn. Of what has no receipt nobody would hear that it is over.
    const isRinging =
      outcome === 'not-begun'
        ? await this.isMadeByAnother(call)
        : outcome?.type === 'unknown' || (outcome?.type === 'handed-over' && outcome.receiptExpected);
    if (!isRinging) await callTurns.over({ stream, attempt: call.attempt }, cause);
  }

  /** A replica that loses its timers while it looks finds that the next owner was faster: that one says when the call is over. */
  private async isMadeByAnother({ notification, attempt }: CallId): Promise<boolean> {
    const state = await this.parts.notifications.load(notification);
    if (state.status === 'cancelled') return state.possiblyHandedOver;
    return state.status === 'delivered' || ('attempts' in state && state.attempts >= attempt);
  }

  private async stop(
    stream: string,
    plan: Planned,
    { stopped, interruptedBefore }: { readonly stopped: CancelReason; readonly interruptedBefore: Instant | undefined },
    cause: Cause,
  ): Promise<void> {
    const { notifications, outcomes } = this.parts;
    // Nothing will be sent by it: the person's next method does not wait for its delay. That one first, as wherever a method ends.
    if (stopped === 'contact-removed' || stopped === 'contact-blacklisted') await outcomes.bringNextForward(plan, 'failed', cause);
    await notifications.change(stream, this.startOf({ provider: 'none', alert: { stopped }, interruptedBefore }), cause);
  }

  /**
   * One message with one page, or with several of the same person at the same place; undefined when nobody was asked to send it,
   * `not-begun` when there is no attempt of it here that is on record.
   */
  private async send(streams: readonly string[], sending: Sending, cause: Cause): Promise<SendOutcome | 'not-begun' | undefined> {
    const { aside, ended, assertOpen } = sending.firing;
    if (!this.isDue(sending.state, sending)) return 'not-begun';
    const chosen = await aside(
      this.providers.withRoom(sending.state, { ...destinationOf(sending), isUrgent: !isNews(sending.state.plan.purpose) }, ended),
    );
    try {
      assertOpen();
      if (chosen === undefined) return await this.holdBack(streams, cause);
      if ((await sending.mayBegin?.()) === false) return 'not-begun';
      const begun = await this.begin(streams, { ...sending, ...chosen }, cause);
      return begun === undefined ? 'not-begun' : await this.sendBegun(begun, sending, cause);
    } finally {
      chosen?.room?.leave();
    }
  }

  private async sendBegun({ channel, pages, recipient, room }: Begun, sending: Sending, cause: Cause): Promise<SendOutcome | undefined> {
    if (channel === undefined) {
      const reason = `no provider for ${pages[0].plan.method}`;
      await this.parts.outcomes.record(pages, { provider: 'none', outcome: { type: 'failed', permanent: true, reason } }, cause);
      return undefined;
    }
    // A code each, before any alert is read: only the provider is called after that.
    const texted: (Page & { readonly reply?: AttemptNotes['reply'] })[] = [];
    for (const page of pages) {
      const reply = await this.waysToReply.byText(page.stream, page.plan, { channel, recipient });
      texted.push({ ...page, ...(reply === undefined ? {} : { reply }) });
    }
    const bundle = sending.bundle === undefined || pages.length === 1 ? undefined : await this.bundle(sending.bundle, pages, cause);
    const wanted = await this.wanted.of(texted, recipient, cause);
    const [first, ...more] = wanted;
    if (first === undefined) return undefined;
    const { plan, stream, attempt, content } = first;
    const together = bundle === undefined || more.length === 0 ? undefined : this.parts.composer.bundle(wanted, recipient.user, bundle);
    // A call is known by all that it was to tell, since the line is taken in the name of one of them.
    const asOne = together === undefined && plan.method !== 'VOICE' ? undefined : bundle;
    const message = {
      ...destinationOf({ recipient, state: { plan } }),
      message: renderMessage(plan.method, together ?? content),
      key: attempt.key,
      // Whose answer would it be?
      ...(together === undefined ? this.waysToReply.byMail(stream, plan) : {}),
      // One that is left over is a page like any other.
      correlation: asOne ?? { stream, attempt: attempt.attempt },
    };
    const attributes = { 'tocsin.provider': channel.provider, 'tocsin.attempt': attempt.attempt, 'tocsin.pages': wanted.length };
    const outcome = await traced(this.parts.tracing, { name: `send ${plan.method}`, kind: 'client', attributes }, () =>
      channel.send(message, room),
    );
    this.providers.record(channel.provider, outcome);
    await this.parts.outcomes.record(wanted, { provider: channel.provider, outcome, target: recipient.target }, cause);
    return outcome;
  }

  /** Nobody has room for it: that is on record, and the person's next method does not wait for it. */
  private async holdBack(streams: readonly string[], cause: Cause): Promise<'not-begun'> {
    const { notifications, outcomes, clock } = this.parts;
    const at = clock.now();
    for (const stream of streams) {
      const state = await notifications.load(stream);
      if (!isAttemptDue(state, { at })) continue;
      await outcomes.bringNextForward(state.plan, PROVIDER_BUSY, cause);
      const until = roomAskedAgainAt(state.plan, at);
      await notifications.change(stream, { type: 'hold', at, reason: PROVIDER_BUSY, until }, cause);
    }
    return 'not-begun';
  }

  /** Records the attempt of each page that it is time for; undefined when it is time for none. */
  private async begin(
    streams: readonly string[],
    { channel: chosen, room, interruptedBefore, bundle }: Sending & Pick<Begun, 'channel' | 'room'>,
    cause: Cause,
  ): Promise<Begun | undefined> {
    const { notifications } = this.parts;
    const start = this.startOf({ provider: 'none', alert: 'wanted', interruptedBefore });
    const loaded = await Promise.all(streams.map(async (stream) => ({ stream, state: await notifications.recall(stream) })));
    const due = loaded.flatMap(({ stream, state }) => (isAttemptDue(state, start) ? [{ stream, state }] : []));
    const [first] = due;
    if (first === undefined) return undefined;
    // While it waited for room the person may have changed where they are reached.
    const recipient = await this.recipient(first.state.plan);
    if ('stopped' in recipient) {
      const stopped = { stopped: recipient.stopped, interruptedBefore };
      for (const { stream, state } of due) await this.stop(stream, state.plan, stopped, cause);
      return undefined;
    }
    const left = this.providers.toAsk(first.state, recipient.target);
    const channel = left.find(({ provider }) => provider === chosen?.provider) ?? left[0];
    const together = bundle === undefined || due.length === 1 ? {} : { bundle: { id: bundle, size: due.length } };
    const begun = await Promise.all(
      due.map(async ({ stream, state: { plan } }) => {
        const { events } = await notifications.change(stream, { ...start, ...together, provider: channel?.provider ?? 'none' }, cause);
        const started = events.find((event) => event.type === 'AttemptStarted');
        return started === undefined ? [] : [{ stream, plan, attempt: started.data as Page['attempt'] }];
      }),
    );
    const [page, ...others] = begun.flat();
    // Another provider's room is of no use to it; it then waits where it is sent.
    return page === undefined ? undefined : { channel, pages: [page, ...others], recipient, room: channel === chosen ? room : undefined };
  }

  private isDue(state: Notification, { interruptedBefore }: Pick<Sending, 'interruptedBefore'>): state is OpenNotification {
    return isAttemptDue(state, this.startOf({ provider: 'none', alert: 'wanted', interruptedBefore }));
  }

  private startOf({ interruptedBefore, ...start }: StartOf): Extract<NotificationCommand, { type: 'startAttempt' }> {
    const at = this.parts.clock.now();
    return { type: 'startAttempt', at, ...start, ...(interruptedBefore === undefined ? {} : { interruptedBefore }) };
  }

  private async bundle(id: number, pages: readonly [Page, ...Page[]], cause: Cause): Promise<BundleAttempt & { readonly id: number }> {
    const bundled = pages.flatMap(({ stream, plan: { alertId, step }, attempt }) =>
      alertId === undefined ? [] : [{ notification: stream, attempt: attempt.attempt, alertId, ...(step === undefined ? {} : { step }) }],
    );
    return { id, ...(await this.parts.bundles.record(id, pages[0].plan.userId, bundled, cause)) };
  }

  /** Whoever cannot be reached by what this process knows may have been made, or changed, a moment ago elsewhere. */
  private async recipient(plan: Planned): Promise<Recipient | { readonly stopped: CancelReason }> {
    const { configuration, clock } = this.parts;
    const look = () => recipientOf(plan, configuration.get('user', plan.userId), clock.now());
    const found =
      (await configuration.surely(() => {
        const reachable = look();
        return 'stopped' in reachable ? undefined : reachable;
      })) ?? look();
    return 'stopped' in found || found.regionCode === undefined ? found : { ...found, target: dialled(found.target, found.regionCode) };
  }
}

const destinationOf = ({
  recipient,
  state,
}: {
  readonly recipient: Recipient;
  readonly state: Pick<OpenNotification, 'plan'>;
}): Destination => ({
  target: recipient.target,
  ...(state.plan.method === 'PUSH' ? { devices: pushDevicesOf(recipient.user) } : {}),
});
