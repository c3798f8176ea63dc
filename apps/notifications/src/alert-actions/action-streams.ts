import { actionDecider, actionEndOf, Clock } from '@tocsin/domain';
import type { ActionCommand, ActionEvent, ActionRuns } from '@tocsin/domain';
import { CommandHandler, EventStore } from '@tocsin/event-store';
import type { Handled } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';
import type { Counter, Metrics } from '@tocsin/platform';

/** What actions do for alerts, stream by stream: each change goes through here. */
export class ActionStreams {
  private readonly handler: CommandHandler<ActionCommand, ActionRuns, ActionEvent>;
  private readonly ended: Counter<'type' | 'outcome' | 'reason'>;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.ended = metrics.counter({
      name: 'tocsin_alert_actions_total',
      help: 'Runs of alert actions that reached an end.',
      labels: ['type', 'outcome', 'reason'],
    });
    this.handler = new CommandHandler({ store, decider: actionDecider });
  }

  /** The same command id on the same stream acts once. `type`: of the action, for the metrics. @throws EventStoreFault */
  async change(
    stream: string,
    command: ActionCommand,
    { commandId, type = 'deleted', ...cause }: Cause & { readonly commandId: string; readonly type?: string },
  ): Promise<Handled<ActionRuns>> {
    const handled = await this.handler.handle(stream, command, {
      commandId,
      ...cause,
      actor: command.type === 'trigger' && command.data.by !== undefined ? command.data.by : { type: 'system', part: 'alert actions' },
      time: this.clock.now(),
    });
    for (const event of handled.events) {
      const end = actionEndOf(event as unknown as ActionEvent);
      if (end !== undefined) this.ended.inc({ type, ...end });
    }
    return handled;
  }

  async load(stream: string): Promise<ActionRuns> {
    return (await this.handler.load(stream)).state;
  }

  /** Of an alert that is in the archive; again changes nothing. @throws EventStoreFault */
  async remove(stream: string): Promise<void> {
    await this.store.deleteStream(stream);
  }
}
