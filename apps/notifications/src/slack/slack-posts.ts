import { Clock, slackPostDecider, slackPostStream } from '@tocsin/domain';
import type { AlertId, SlackLinkId, SlackPostCommand, SlackPostEvent, SlackPosts as State } from '@tocsin/domain';
import { CommandHandler, EventStore } from '@tocsin/event-store';
import type { Handled } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';

/** What is due for an alert in one channel; names its timer. */
export interface SlackPostRef {
  readonly alertId: AlertId;
  readonly linkId: SlackLinkId;
}

/** The streams of what is shown in Slack: each change of each goes through here. */
export class SlackPosts {
  private readonly handler: CommandHandler<SlackPostCommand, State, SlackPostEvent>;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {
    this.handler = new CommandHandler({ store, decider: slackPostDecider });
  }

  /** Undefined: this alert is in no channel. @throws EventStoreFault */
  async of(alertId: AlertId): Promise<State | undefined> {
    const { state, revision } = await this.handler.load(slackPostStream(alertId));
    return revision < 0 ? undefined : state;
  }

  /** @throws Rejection, EventStoreFault */
  async change(alertId: AlertId, command: SlackPostCommand, cause: Cause): Promise<Handled<State>> {
    return this.handler.handle(slackPostStream(alertId), command, {
      commandId: `${cause.causationId}:${command.type}:${'linkId' in command ? command.linkId : 'all'}`,
      ...cause,
      actor: { type: 'system', part: 'slack' },
      time: this.clock.now(),
    });
  }

  /** Of an alert that is in the archive; again changes nothing. @throws EventStoreFault */
  async remove(alertId: AlertId): Promise<void> {
    const stream = slackPostStream(alertId);
    if ((await this.store.readLast(stream)) !== undefined) await this.store.deleteStream(stream);
  }
}

export const timerOf = ({ alertId, linkId }: SlackPostRef): string => `${alertId}/${linkId}`;

export const refOf = (timer: string): SlackPostRef => {
  const [alertId, linkId] = timer.split('/').map(Number);
  return { alertId: alertId as AlertId, linkId: linkId as SlackLinkId };
};
