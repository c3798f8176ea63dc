import { isOtherLeft } from '@tocsin/channels';
import type { Channel, SendOutcome } from '@tocsin/channels';
import type { NotificationReceipt, ReceiptOutcome } from '@tocsin/contracts';
import { Clock, isAccountMethod, movesOn, notificationDecider, notificationStream, successorOf } from '@tocsin/domain';
import type {
  BroughtForwardReason,
  Instant,
  NotificationCommand,
  NotificationMethod,
  OpenNotification,
  PageOf,
  PushDeviceId,
} from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import type { Counter, Logger, Metrics } from '@tocsin/platform';
import { Bundles } from './bundles/bundles';
import type { ChatPeople } from './chat/chat-people';
import type { Planned } from './message-composer';
import { Notifications } from './notifications';
import { GoneDevices } from './push/gone-devices';
import { Recalls } from './recalls';
import { CarrierStatus } from './texting/carrier-status';

interface Outcome<Of> {
  readonly stream: string;
  readonly attempt: number;
  readonly provider: string;
  readonly outcome: Of;
  /** Where the message went; a receipt does not say so. */
  readonly target?: string;
}

export interface AttemptedPage {
  readonly stream: string;
  readonly attempt: { readonly attempt: number };
}

type Failure = Exclude<SendOutcome, { type: 'handed-over' }> & Pick<Extract<ReceiptOutcome, { type: 'failed' }>, 'isUnreached'>;
type EndingCommand = Extract<NotificationCommand, { type: 'recordFailed' | 'expireReceipt' }>;

/** Records what came of attempts: at once, by a receipt later, or nothing at all. */
export class AttemptOutcomes {
  private readonly attempts: Counter<'provider' | 'outcome'>;

  constructor(
    private readonly parts: {
      readonly notifications: Notifications;
      readonly bundles: Bundles;
      readonly configuration: ConfigurationReader;
      readonly carrier: CarrierStatus;
      readonly chatPeople: ChatPeople;
      readonly clock: Clock;
      readonly log: Logger;
      readonly metrics: Metrics;
      /** From 0 to below 1. */
      readonly random: () => number;
      channelsFor(method: NotificationMethod): readonly Channel[];
      readonly goneDevices: GoneDevices;
      readonly recalls: Recalls;
    },
  ) {
    this.attempts = parts.metrics.counter({
      name: 'tocsin_provider_attempts_total',
      help: 'Messages that a provider was asked to take, by what it said.',
      labels: ['provider', 'outcome'],
    });
  }

  /** Of one message with one page, or with several. @throws EventStoreFault */
  async record(
    pages: readonly AttemptedPage[],
    { outcome, ...sent }: Pick<Outcome<SendOutcome>, 'provider' | 'outcome' | 'target'>,
    cause: Cause,
  ): Promise<void> {
    const { notifications, clock, log, random } = this.parts;
    const [first] = pages;
    const { provider } = sent;
    if (first === undefined) return;
    log.info(
      { stream: first.stream, attempt: first.attempt.attempt, pages: pages.length, provider, outcome: outcome.type },
      'notification attempted',
    );
    for (const asked of outcome.asked ?? [{ provider, outcome: outcome.type }]) this.attempts.inc(asked);
    if (outcome.gone !== undefined) await this.reportGone(first.stream, outcome.gone, cause);
    // What went out together is tried again together.
    const at = { at: clock.now(), jitter: random() };
    await firstThenOthers(pages, async ({ stream, attempt: { attempt } }) => {
      if (outcome.type !== 'handed-over') return this.recordFailed({ stream, attempt, ...sent, outcome }, at, cause);
      const { receiptExpected, reference } = outcome;
      const taken = { attempt, provider, receiptExpected, ...(reference === undefined ? {} : { reference }) };
      const { state } = await notifications.change(stream, { type: 'recordHandedOver', at: at.at, ...taken }, cause);
      if (state.status === 'cancelled' && state.crossed && pages.length === 1) await this.parts.recalls.takeBack(state.plan.method, taken);
    });
  }

  /** What a provider says later of what it took. Comes twice, late and in any order, and then changes nothing more. @throws EventStoreFault */
  async receipt({ outcome, ...of }: NotificationReceipt, cause: Cause): Promise<void> {
    const { notifications, bundles, clock, random, log } = this.parts;
    log.info({ ...of, outcome: outcome.type }, 'receipt of a notification');
    const bundled = Bundles.isBundle(of.stream) ? ((await bundles.read(of))?.pages ?? []) : undefined;
    const pages = bundled?.map(({ notification, attempt }) => ({ stream: notification, attempt })) ?? [of];
    const at = { at: clock.now(), jitter: random() };
    await firstThenOthers(pages, async ({ stream, attempt }) => {
      const { provider } = of;
      if (outcome.type === 'failed') return this.recordFailed({ stream, attempt, provider, outcome }, at, cause);
      await notifications.change(stream, { type: 'recordDelivered', at: at.at, provider }, cause);
    });
  }

  /** No receipt has come in its time. @throws EventStoreFault */
  async expireReceipt(stream: string, state: OpenNotification, cause: Cause): Promise<void> {
    await this.end(stream, state, { type: 'expireReceipt', at: this.parts.clock.now() }, cause);
  }

  private async reportGone(stream: string, devices: readonly PushDeviceId[], cause: Cause): Promise<void> {
    const state = await this.parts.notifications.load(stream);
    if (state.status !== 'absent') await this.parts.goneDevices.report(state.plan.userId, devices, cause);
  }

  private async recordFailed(
    { stream, attempt, provider, outcome, target }: Outcome<Failure>,
    when: { readonly at: Instant; readonly jitter: number },
    cause: Cause,
  ): Promise<void> {
    const { notifications } = this.parts;
    const state = await notifications.load(stream);
    if (!('attempts' in state)) return;
    const isContactClosed = outcome.type === 'failed' && outcome.isContactClosed === true;
    // First: whatever becomes of this message, nobody writes there again (B24).
    if (isContactClosed) await this.closeContact(state.plan, outcome.reason, target);
    await this.end(
      stream,
      state,
      {
        type: 'recordFailed',
        ...when,
        attempt,
        provider,
        reason: outcome.reason,
        retriable: outcome.type === 'unknown' || !outcome.permanent,
        uncertain: outcome.type === 'unknown',
        ...(isContactClosed ? { isContactClosed } : {}),
        ...(outcome.isUnreached === true ? { isUnreached: true } : {}),
        ...(outcome.type === 'failed' && outcome.retryAfterMs !== undefined ? { retryAfterMs: outcome.retryAfterMs } : {}),
        otherProviderLeft: isOtherLeft(this.parts.channelsFor(state.plan.method), provider, state),
      },
      cause,
    );
  }

  private async closeContact({ userId, contactId, method }: Planned, reason: string, target?: string): Promise<void> {
    const { configuration, carrier, chatPeople } = this.parts;
    if (configuration.get('user', userId) === undefined) return;
    if (isAccountMethod(method)) {
      if (method !== 'SLACK' && target !== undefined) await chatPeople.close(userId, { method, address: target, reason });
    } else if (contactId !== undefined) await carrier.set(userId, contactId, 'BLACKLISTED');
  }

  /**
   * Records what may be the end of a method. Where the person was not reached by it, or not soon, their next one is sent now: that one is
   * brought forward first, since a crash in between then costs an early page and never the only one.
   */
  private async end(stream: string, state: OpenNotification, command: EndingCommand, cause: Cause): Promise<void> {
    if (notificationDecider.decide(command, state).some(movesOn))
      await this.bringNextForward(state.plan, command.type === 'expireReceipt' ? 'no-receipt' : 'failed', cause);
    await this.parts.notifications.change(stream, command, cause);
  }

  /** Again changes nothing. @throws EventStoreFault */
  async bringNextForward(
    { alertId, activation, userId, preferenceId }: Planned,
    because: BroughtForwardReason,
    cause: Cause,
  ): Promise<void> {
    const { notifications, configuration, clock } = this.parts;
    if (alertId === undefined || activation === undefined) return;
    const preferences = configuration.get('user', userId)?.alertPreferences ?? [];
    const streams = preferences.filter(({ id }) => id !== preferenceId).map(({ id }) => notificationStream(alertId, activation, id));
    const others = (): Promise<readonly PageOf[]> =>
      Promise.all(streams.map(async (stream) => ({ stream, state: await notifications.load(stream) })));
    const forward = { type: 'bringForward', because, ...(preferenceId === undefined ? {} : { insteadOf: preferenceId }) } as const;
    for (let tries = 0; tries < streams.length; tries++) {
      const at = clock.now();
      const next = successorOf(preferenceId, await others(), at);
      if (next === undefined) return;
      const { events } = await notifications.change(next, { ...forward, at }, cause);
      // Else it was held or answered a moment ago: perhaps there is one after it.
      if (events.length > 0) return;
    }
  }
}

/** What the first one finds out of their contact is on record before the others find the same. */
const firstThenOthers = async <Item>([first, ...others]: readonly Item[], each: (item: Item) => Promise<void>): Promise<void> => {
  if (first !== undefined) await each(first);
  await Promise.all(others.map(each));
};
