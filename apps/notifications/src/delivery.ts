import { setImmediate as nextTurn } from 'node:timers/promises';
import { renderMessage } from '@tocsin/channels';
import type { Channel, MessageContent, SendOutcome } from '@tocsin/channels';
import { Clock, isFinal, recipientOf, stoppedBy } from '@tocsin/domain';
import type { AlertEvent, CancelReason, Instant, NotificationEvent, NotificationMethod, Recipient } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { newUuid, traced } from '@tocsin/platform';
import type { Logger, Tracing } from '@tocsin/platform';
import { readAlertFromStreams } from '@tocsin/read-models';
import type { AlertHistory } from '@tocsin/read-models';
import type { MessageComposer, Planned } from './message-composer';
import { Notifications } from './notifications';

type Attempt = Extract<NotificationEvent, { type: 'AttemptStarted' }>['data'];

const LOADED_PER_TURN = 64;

export interface DeliveryParts {
  readonly notifications: Notifications;
  readonly eventStore: EventStore;
  readonly configuration: ConfigurationReader;
  readonly composer: MessageComposer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracing?: Tracing;
  /** From 0 to below 1. */
  readonly random: () => number;
  channelFor(method: NotificationMethod): Channel | undefined;
}

/**
 * Sends one notification when it is due. The attempt is recorded first, then the alert's own stream is read, then the
 * provider is called: an answer recorded before that read keeps the provider from being called (P5, B9), and a crash
 * anywhere repeats the attempt under the same key.
 */
export class Delivery {
  constructor(private readonly parts: DeliveryParts) {}

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
      await notifications.change(stream, { type: 'expireReceipt', at: clock.now() }, cause);
      return;
    }
    if (state.status === 'absent' || isFinal(state)) return;
    const { plan } = state;
    const recipient = await this.recipient(plan);
    const channel = this.parts.channelFor(plan.method);
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
    const content = await this.contentFor(plan, recipient, attempt);
    if ('stopped' in content) {
      await notifications.change(
        stream,
        { type: 'abandonAttempt', at: clock.now(), attempt: attempt.attempt, reason: content.stopped },
        cause,
      );
      return;
    }
    if (channel === undefined) {
      await this.record(
        stream,
        attempt.attempt,
        'none',
        { type: 'failed', permanent: true, reason: `no provider for ${plan.method}` },
        cause,
      );
      return;
    }
    const message = { target: recipient.target, message: renderMessage(plan.method, content), key: attempt.key };
    const attributes = { 'tocsin.provider': channel.provider, 'tocsin.attempt': attempt.attempt };
    const outcome = await traced(this.parts.tracing, { name: `send ${plan.method}`, kind: 'client', attributes }, () =>
      channel.send(message),
    );
    await this.record(stream, attempt.attempt, channel.provider, outcome, cause);
  }

  /** Whoever cannot be reached by what this process knows may have been made, or changed, a moment ago elsewhere. */
  private async recipient(plan: Planned): Promise<Recipient | { readonly stopped: CancelReason }> {
    const { configuration, clock } = this.parts;
    const look = () => recipientOf(plan, configuration.get('user', plan.userId), clock.now());
    const reachable = await configuration.surely(() => {
      const found = look();
      return 'stopped' in found ? undefined : found;
    });
    return reachable ?? look();
  }

  /** What to say, unless the page is not wanted any more. */
  private async contentFor(
    plan: Planned,
    { user }: Recipient,
    { lateMs, possiblyDuplicate }: Attempt,
  ): Promise<MessageContent | { readonly stopped: CancelReason }> {
    if (plan.purpose === 'test') return this.parts.composer.test(user);
    if (plan.alertId === undefined) return { stopped: 'resolved' };
    // Read now, after the attempt was recorded: whoever answered before this moment is not paged.
    const history = await readAlertFromStreams(this.parts.eventStore, plan.alertId);
    if (history === undefined) return { stopped: 'resolved' };
    const stopped = stoppedBy({ userId: plan.userId, alertRevision: plan.alertRevision ?? 0 }, factsOf(history));
    return stopped === undefined ? this.parts.composer.page(plan, user, history, { lateMs, possiblyDuplicate }) : { stopped };
  }

  private async record(stream: string, attempt: number, provider: string, outcome: SendOutcome, cause: Cause): Promise<void> {
    const at: Instant = this.parts.clock.now();
    this.parts.log.info({ stream, attempt, provider, outcome: outcome.type }, 'notification attempted');
    if (outcome.type === 'handed-over') {
      const { receiptExpected, reference } = outcome;
      await this.parts.notifications.change(
        stream,
        { type: 'recordHandedOver', at, attempt, provider, receiptExpected, ...(reference === undefined ? {} : { reference }) },
        cause,
      );
      return;
    }
    const permanent = outcome.type === 'failed' && outcome.permanent;
    await this.parts.notifications.change(
      stream,
      {
        type: 'recordFailed',
        at,
        attempt,
        provider,
        reason: outcome.reason,
        retriable: !permanent,
        uncertain: outcome.type === 'unknown',
        jitter: this.parts.random(),
        otherProviderLeft: false,
      },
      cause,
    );
  }
}

const factsOf = ({ events }: AlertHistory) => events.map((stored) => ({ revision: stored.revision, event: eventOf<AlertEvent>(stored) }));
