import { callLineDecider, callLineStream, Clock } from '@tocsin/domain';
import type { CallId, CallLine, CallLineCommand, CallLineEvent, ContactId } from '@tocsin/domain';
import { CommandHandler, EventStore } from '@tocsin/event-store';
import { newUuid } from '@tocsin/platform';

/** The telephones that are called: one stream for each contact, so that over all replicas each takes one call at a time (B25). */
export class CallLines {
  private readonly handler: CommandHandler<CallLineCommand, CallLine, CallLineEvent>;

  constructor(
    store: EventStore,
    private readonly clock: Clock,
  ) {
    this.handler = new CommandHandler({ store, decider: callLineDecider });
  }

  /** What is decided of the call, and how the line stands then; again changes nothing. @throws EventStoreFault */
  async change(contactId: ContactId, type: CallLineCommand['type'], call: CallId): Promise<CallLine> {
    const at = this.clock.now();
    const causationId = newUuid();
    const { state } = await this.handler.handle(
      callLineStream(contactId),
      { type, at, ...call },
      {
        commandId: causationId,
        causationId,
        correlationId: call.notification,
        actor: { type: 'system', part: 'notifications' },
        time: at,
      },
    );
    return state;
  }

  /** @throws EventStoreFault */
  async load(contactId: ContactId): Promise<CallLine> {
    return (await this.handler.load(callLineStream(contactId))).state;
  }
}
