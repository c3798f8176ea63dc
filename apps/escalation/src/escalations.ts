import type { AlertId, Clock, Escalation, EscalationCommand, EscalationEvent, EscalationFact } from '@tocsin/domain';
import { escalationDecider } from '@tocsin/domain';
import { CommandHandler } from '@tocsin/event-store';
import type { EventStore } from '@tocsin/event-store';
import { newUuid } from '@tocsin/platform';

/** What a fact of an alert brings along. */
export interface FactEnvelope {
  readonly messageId: string;
  readonly correlationId: string;
  readonly traceParent?: string;
  readonly revision: number;
}

/** Escalations move by two things only: a fact of their alert, and their own due time. */
export class Escalations {
  private readonly handler: CommandHandler<EscalationCommand, Escalation, EscalationEvent>;

  constructor(
    store: EventStore,
    private readonly clock: Clock,
  ) {
    this.handler = new CommandHandler({ store, decider: escalationDecider });
  }

  async observe(alertId: AlertId, fact: EscalationFact, { messageId, correlationId, traceParent, revision }: FactEnvelope): Promise<void> {
    const at = this.clock.now();
    await this.handler.handle(
      streamOf(alertId),
      { type: 'observe', fact, revision, at },
      {
        commandId: messageId,
        causationId: messageId,
        correlationId,
        actor: { type: 'system', part: 'escalation' },
        time: at,
        ...(traceParent === undefined ? {} : { traceParent }),
      },
    );
  }

  /** What is due, the state decides: firing twice does no harm, so every firing is a command of its own. */
  async fireDue(stream: string): Promise<void> {
    const at = this.clock.now();
    const commandId = newUuid();
    await this.handler.handle(
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
  }
}

const streamOf = (alertId: AlertId): string => `escalation-${alertId}`;
