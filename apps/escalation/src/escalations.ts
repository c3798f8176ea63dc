import type { AlertId, Clock, Escalation, EscalationCommand, EscalationEvent, EscalationFact } from '@tocsin/domain';
import { escalationDecider, escalationStream } from '@tocsin/domain';
import { CommandHandler } from '@tocsin/event-store';
import type { EventStore } from '@tocsin/event-store';
import type { Cause } from '@tocsin/messaging';
import { newUuid } from '@tocsin/platform';
import type { Counter, Metrics } from '@tocsin/platform';

/** Escalations move by two things only: a fact of their alert, and their own due time. */
export class Escalations {
  private readonly handler: CommandHandler<EscalationCommand, Escalation, EscalationEvent>;
  private readonly unanswered: Counter;
  private readonly unresolved: Counter;
  private readonly deserted: Counter;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.unanswered = metrics.counter({ name: 'tocsin_escalations_unanswered_total', help: 'Escalations that ended without an answer.' });
    this.unresolved = metrics.counter({
      name: 'tocsin_escalation_levels_unresolved_total',
      help: 'Levels that were left because nobody said in time whom they lead to.',
    });
    this.deserted = metrics.counter({ name: 'tocsin_escalation_passes_deserted_total', help: 'Passes through a policy that had nobody.' });
    this.handler = new CommandHandler({ store, decider: escalationDecider });
  }

  /** `revision`: of the fact in the alert's stream. @throws EventStoreFault */
  async observe(alertId: AlertId, fact: EscalationFact, revision: number, cause: Cause): Promise<void> {
    const at = this.clock.now();
    const { events } = await this.handler.handle(
      escalationStream(alertId),
      { type: 'observe', fact, revision, at },
      { commandId: cause.causationId, ...cause, actor: { type: 'system', part: 'escalation' }, time: at },
    );
    this.count(events);
  }

  /** Of an alert that is in the archive; again changes nothing. @throws EventStoreFault */
  async remove(alertId: AlertId): Promise<void> {
    await this.store.deleteStream(escalationStream(alertId));
  }

  /** What is due, the state decides: firing twice does no harm, so every firing is a command of its own. */
  async fireDue(stream: string): Promise<void> {
    const at = this.clock.now();
    const commandId = newUuid();
    const { events } = await this.handler.handle(
      stream,
      { type: 'fireDue', at },
      {
        commandId,
        causationId: commandId,
        correlationId: stream.replace('escalation-', 'alert-'),
        actor: { type: 'system', part: 'escalation timer' },
        time: at,
      },
    );
    this.count(events);
  }

  private count(events: readonly { readonly type: string }[]): void {
    for (const { type } of events) {
      if (type === 'EscalationExhausted') this.unanswered.inc();
      if (type === 'LevelUnresolved') this.unresolved.inc();
      if (type === 'NobodyFound') this.deserted.inc();
    }
  }
}
