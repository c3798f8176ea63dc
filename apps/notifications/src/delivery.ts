import { setImmediate as nextTurn } from 'node:timers/promises';
import { dialled, ProviderHealth, providersToAsk, renderMessage, routeOf } from '@tocsin/channels';
import type { Channel, MessageContent, MethodRoutes } from '@tocsin/channels';
import { Clock, isFinal, pushDevicesOf, recipientOf, stoppedBy } from '@tocsin/domain';
import type { AlertEvent, CancelReason, Instant, NotificationEvent, NotificationMethod, OpenNotification, Recipient } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { newUuid, traced } from '@tocsin/platform';
import type { Tracing } from '@tocsin/platform';
import { readAlertFromItsStream } from '@tocsin/read-models';
import type { AlertHistory } from '@tocsin/read-models';
import type { AttemptNotes, MessageComposer, Planned } from './message-composer';
import { AttemptOutcomes } from './attempt-outcomes';
import { Notifications } from './notifications';
import type { ReplyAddresses } from './mail-replies/reply-addresses';
import type { Texts } from './texting/texts';

type Attempt = Extract<NotificationEvent, { type: 'AttemptStarted' }>['data'];

const LOADED_PER_TURN = 64;

export interface DeliveryParts {
  readonly notifications: Notifications;
  readonly eventStore: EventStore;
  readonly configuration: ConfigurationReader;
  readonly composer: MessageComposer;
  readonly clock: Clock;
  readonly outcomes: AttemptOutcomes;
  readonly texts: Texts;
  /** Absent: nobody passes on answers by e-mail. */
  readonly replyAddresses?: ReplyAddresses;
  readonly tracing?: Tracing;
  /** In the order in which they are asked where no route says otherwise. */
  channelsFor(method: NotificationMethod): readonly Channel[];
  readonly routes?: MethodRoutes;
}

/**
 * Sends one notification when it is due. The attempt is recorded first, then the alert's own stream is read, then the
 * provider is called: an answer recorded before that read keeps the provider from being called (P5, B9), and a crash
 * anywhere repeats the attempt under the same key.
 */
export class Delivery {
  private readonly health: ProviderHealth;

  constructor(private readonly parts: DeliveryParts) {
    this.health = new ProviderHealth(parts.clock);
  }

  /**
   * Repeats at once the attempts that a crash ended, of notifications that are not over: those begun before this process
   * started. Only where no other process can be making them; else the next attempt waits until nobody can be.
   * @throws EventStoreFault
   */
  async repeatInterrupted(streams: readonly string[], startedAt: Instant): Promise<void> {
    const repeated: Promise<void>[] = [];
    for (const [index, stream] of streams.entries()) {
      if (index % LOADED_PER_TURN === LOADED_PER_TURN - 1) await nextTurn();
      const state = await this.parts.notifications.load(stream);
      if (state.status !== 'attempting' || state.startedAt >= startedAt) continue;
      const attempt = this.attempt(stream, startedAt);
      // It may fail while others are still looked for; a rejection that nobody waits for yet would end the process.
      attempt.catch(() => undefined);
      repeated.push(attempt);
    }
    await Promise.all(repeated);
  }

  /** Called at least once per due time. @throws EventStoreFault; MessageBusFault while it cannot be said whether the person is there */
  async attempt(stream: string, interruptedBefore?: Instant): Promise<void> {
    const { notifications, clock } = this.parts;
    const cause = { causationId: newUuid(), correlationId: stream };
    const state = await notifications.load(stream);
    if (state.status === 'handed-over') {
      await this.parts.outcomes.expireReceipt(stream, state, cause);
      return;
    }
    if (!('attempts' in state) || isFinal(state)) return;
    const { plan } = state;
    const recipient = await this.recipient(plan);
    // Nothing will be sent by it: the person's next method does not wait for its delay. That one first, as wherever a method ends.
    if ('stopped' in recipient && (recipient.stopped === 'contact-removed' || recipient.stopped === 'contact-blacklisted'))
      await this.parts.outcomes.bringNextForward(plan, 'failed', cause);
    const [channel] = this.toAsk(state, 'stopped' in recipient ? '' : recipient.target);
    const { events } = await notifications.change(
      stream,
      {
        type: 'startAttempt',
        at: clock.now(),
        provider: channel?.provider ?? 'none',
        alert: 'stopped' in recipient ? recipient : 'wanted',
        ...(interruptedBefore === undefined ? {} : { interruptedBefore }),
      },
      cause,
    );
    const started = events.find((event) => event.type === 'AttemptStarted');
    if (started === undefined || 'stopped' in recipient) return;
    const attempt = started.data as Attempt;
    const reply = await this.replyTo(stream, plan, { channel, recipient }, cause);
    const replies = this.repliesTo(stream, plan);
    const content = await this.contentFor(plan, recipient, {
      ...attempt,
      ...(reply === undefined ? {} : { reply }),
      canReplyByMail: replies.replyTo !== undefined && this.parts.replyAddresses?.isKnownToLeadHere === true,
    });
    if ('stopped' in content) {
      await notifications.change(
        stream,
        { type: 'abandonAttempt', at: clock.now(), attempt: attempt.attempt, reason: content.stopped },
        cause,
      );
      return;
    }
    if (channel === undefined) {
      const outcome = { type: 'failed', permanent: true, reason: `no provider for ${plan.method}` } as const;
      await this.parts.outcomes.record({ stream, attempt: attempt.attempt, provider: 'none', outcome }, cause);
      return;
    }
    const message = {
      target: recipient.target,
      ...(plan.method === 'PUSH' ? { devices: pushDevicesOf(recipient.user) } : {}),
      message: renderMessage(plan.method, content),
      key: attempt.key,
      ...replies,
      correlation: { stream, attempt: attempt.attempt },
    };
    const attributes = { 'tocsin.provider': channel.provider, 'tocsin.attempt': attempt.attempt };
    const outcome = await traced(this.parts.tracing, { name: `send ${plan.method}`, kind: 'client', attributes }, () =>
      channel.send(message),
    );
    this.health.record(channel.provider, outcome);
    await this.parts.outcomes.record({ stream, attempt: attempt.attempt, provider: channel.provider, outcome }, cause);
  }

  private repliesTo(stream: string, { method, alertId, purpose }: Planned): { readonly replyTo?: string } {
    const isPage = purpose === 'page' || purpose === 'fallback';
    const replyTo = method === 'EMAIL' && isPage && alertId !== undefined ? this.parts.replyAddresses?.of(stream) : undefined;
    return replyTo === undefined ? {} : { replyTo };
  }

  /** First choice first; empty when nobody is left who could ever take it. */
  private toAsk(state: OpenNotification, target: string): readonly Channel[] {
    const { channelsFor, routes } = this.parts;
    const { plan, failedInRound, refusedBy } = state;
    return providersToAsk(channelsFor(plan.method), {
      route: routeOf(routes?.[plan.method], target),
      failedInRound,
      refusedBy,
      isDown: (provider) => this.health.isDown(provider),
    });
  }

  /**
   * Under which code a text message is answered, and where to when it is not where it comes from. Before the alert is read: only
   * the provider is called after that.
   */
  private async replyTo(
    stream: string,
    { method, alertId, contactId, step }: Planned,
    { channel, recipient }: { readonly channel: Channel | undefined; readonly recipient: Recipient },
    cause: Cause,
  ): Promise<AttemptNotes['reply']> {
    if (method !== 'SMS' || alertId === undefined || contactId === undefined || channel === undefined) return undefined;
    const sender = channel.senderTo(recipient.target);
    // Any of our numbers will do: a code is one of the contact, not of the number.
    const to =
      sender === undefined
        ? this.parts
            .channelsFor(method)
            .map((other) => other.senderTo(recipient.target))
            .find(isThere)
        : undefined;
    if (sender === undefined && to === undefined) return undefined;
    const page = { contactId, notification: stream, alertId, ...(step === undefined ? {} : { step }), sender };
    const code = await this.parts.texts.codeFor(page, cause);
    return { code, ...(to === undefined ? {} : { to }) };
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

  /** What to say, unless the page is not wanted any more. */
  private async contentFor(
    plan: Planned,
    { user }: Recipient,
    notes: AttemptNotes,
  ): Promise<MessageContent | { readonly stopped: CancelReason }> {
    if (plan.alertId === undefined) return this.parts.composer.withoutAlert(plan, user);
    // Read now, after the attempt was recorded: whoever answered before this moment is not paged.
    const history = await readAlertFromItsStream(this.parts.eventStore, plan.alertId);
    if (history === undefined) return { stopped: 'resolved' };
    if (plan.purpose === 'update' || plan.purpose === 'subscription')
      return this.parts.composer.news(plan, user, history) ?? { stopped: 'expired' };
    const stopped = stoppedBy({ userId: plan.userId, alertRevision: plan.alertRevision ?? 0 }, factsOf(history));
    return stopped === undefined ? this.parts.composer.page(plan, user, history, notes) : { stopped };
  }
}

const isThere = (number: string | undefined): number is string => number !== undefined;

const factsOf = ({ events }: AlertHistory) => events.map((stored) => ({ revision: stored.revision, event: eventOf<AlertEvent>(stored) }));
