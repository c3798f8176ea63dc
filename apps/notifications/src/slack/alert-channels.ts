import { alertChannelDecider, alertChannelNewsOf, alertChannelStream, Clock } from '@tocsin/domain';
import type {
  Actor,
  AlertChannel,
  AlertChannelCommand,
  AlertChannelEvent,
  AlertChannelSettings,
  AlertEvent,
  AlertId,
  UserId,
} from '@tocsin/domain';
import { CommandHandler, EventStore } from '@tocsin/event-store';
import type { Handled } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';

export interface AskedChannelFor extends AlertChannelSettings {
  readonly alertId: AlertId;
  readonly by: Actor;
  readonly teamId: string;
  readonly language: 'en' | 'de';
  /** Of the alert's newest fact that was read for it, and who was on the alert then. */
  readonly alertRevision: number;
  readonly members: readonly UserId[];
}

/** Channels of alerts of their own, stream by stream: each change goes through here. Records only; what Slack is asked for is another's. */
export class AlertChannels {
  private readonly handler: CommandHandler<AlertChannelCommand, AlertChannel, AlertChannelEvent>;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {
    this.handler = new CommandHandler({ store, decider: alertChannelDecider });
  }

  /** @throws EventStoreFault */
  async of(alertId: AlertId): Promise<AlertChannel> {
    return (await this.handler.load(alertChannelStream(alertId))).state;
  }

  /** Who asks first is heard: others are told what there is. @throws EventStoreFault */
  async ask(asked: AskedChannelFor, cause: Cause): Promise<AlertChannel> {
    return (await this.change(asked.alertId, { type: 'ask', at: this.clock.now(), ...asked }, cause, asked.by)).state;
  }

  /** The channel stays as it is. @throws EventStoreFault */
  async detach(alertId: AlertId, by: Actor, cause: Cause): Promise<AlertChannel> {
    return (await this.change(alertId, { type: 'detach', at: this.clock.now(), by }, cause, by)).state;
  }

  /** Facts of one alert come in order. @throws EventStoreFault */
  async follow(fact: AlertEvent, alertRevision: number, cause: Cause): Promise<void> {
    const news = alertChannelNewsOf(fact);
    const { alertId } = fact.data;
    if (news === undefined || (await this.of(alertId)).status !== 'open') return;
    await this.change(alertId, { type: 'follow', at: this.clock.now(), alertRevision, ...news }, cause);
  }

  /** @throws EventStoreFault */
  async change(alertId: AlertId, command: AlertChannelCommand, cause: Cause, actor?: Actor): Promise<Handled<AlertChannel>> {
    return this.handler.handle(alertChannelStream(alertId), command, {
      commandId: `${cause.causationId}:${command.type}`,
      ...cause,
      actor: actor ?? { type: 'system', part: 'slack' },
      time: this.clock.now(),
    });
  }

  /** Of an alert that is in the archive; again changes nothing. @throws EventStoreFault */
  async remove(alertId: AlertId): Promise<void> {
    const stream = alertChannelStream(alertId);
    if ((await this.store.readLast(stream)) !== undefined) await this.store.deleteStream(stream);
  }
}
