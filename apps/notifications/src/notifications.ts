import { Clock, notificationDecider, notificationEndOf } from '@tocsin/domain';
import type { CancelReason, Notification, NotificationCommand, NotificationEvent, NotificationEventOf, UnsentPage } from '@tocsin/domain';
import { CommandHandler, EventStore } from '@tocsin/event-store';
import type { CommandContext, Handled } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';
import type { Counter, Metrics } from '@tocsin/platform';

/** When thousands are due at one moment, each is looked at first, and again when its provider has room: it is remembered in between. */
const ALL_DUE_AT_ONCE = { cachedStreams: 20_000, cachedBytes: 33_554_432 };

/** The notification streams: each change of each notification goes through here. */
export class Notifications {
  private readonly handler: CommandHandler<NotificationCommand, Notification, NotificationEvent>;
  private readonly ended: Counter<'method' | 'outcome' | 'reason'>;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.ended = metrics.counter({
      name: 'tocsin_notifications_total',
      help: 'Notifications that reached an end.',
      labels: ['method', 'outcome', 'reason'],
    });
    this.handler = new CommandHandler({ store, decider: notificationDecider, ...ALL_DUE_AT_ONCE });
  }

  /**
   * Created once, without looking first where something is sent: an attempt reads it anyway, and one that comes again costs no more than
   * an id. `held` is why nothing is sent. @throws Rejection, EventStoreFault
   */
  async plan(
    stream: string,
    data: () => Promise<NotificationEventOf<'NotificationPlanned'>['data']>,
    cause: Cause,
    held?: string,
  ): Promise<void> {
    const command = async () => ({ type: 'plan' as const, data: await data(), ...(held === undefined ? {} : { held }) });
    if (held === undefined) await this.handler.create(stream, command, this.contextOf('plan', cause));
    // It ends at once, which is counted: whether it had ended before, only the stream says.
    else if ((await this.handler.load(stream)).revision < 0) await this.change(stream, await command(), cause);
  }

  async cancel(stream: string, reason: CancelReason, cause: Cause): Promise<Notification> {
    return (await this.change(stream, { type: 'cancel', at: this.clock.now(), reason }, cause)).state;
  }

  /** `cause`: a fact of the alert, or its own due time. @throws Rejection, EventStoreFault */
  async change(stream: string, command: NotificationCommand, cause: Cause): Promise<Handled<Notification>> {
    const handled = await this.handler.handle(stream, command, this.contextOf(command.type, cause));
    this.count(handled);
    return handled;
  }

  private contextOf(command: NotificationCommand['type'], cause: Cause): CommandContext {
    return {
      commandId: `${cause.causationId}:${command}`,
      ...cause,
      actor: { type: 'system', part: 'notifications' },
      time: this.clock.now(),
    };
  }

  private count({ state, events }: Handled<Notification>): void {
    if (state.status === 'absent') return;
    for (const { type, data } of events) {
      const end = notificationEndOf({ type, data } as NotificationEvent);
      if (end !== undefined) this.ended.inc({ method: state.plan.method, ...end });
    }
  }

  /** Of an alert that is in the archive; again changes nothing. @throws EventStoreFault */
  async remove(stream: string): Promise<void> {
    await this.store.deleteStream(stream);
  }

  async load(stream: string): Promise<Notification> {
    return (await this.handler.load(stream)).state;
  }

  /** As it was loaded or changed here last: whether it is still so, the next change of it finds out. @throws EventStoreFault */
  async recall(stream: string): Promise<Notification> {
    return (await this.handler.recall(stream)).state;
  }

  /** The page as `mergePages` asks for it, while nothing was sent of it yet. */
  async unsent(stream: string): Promise<UnsentPage | undefined> {
    const state = await this.load(stream);
    const isWaiting = state.status === 'planned' || (state.status === 'held' && state.until !== null);
    if (!isWaiting || state.attempts > 0) return undefined;
    const { userId, step, activation = 0, method, contactId, dueAt } = state.plan;
    return { stream, userId, round: step?.round ?? 0, activation, method, dueAt, ...(contactId === undefined ? {} : { contactId }) };
  }
}
