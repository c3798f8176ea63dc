import { alertDecider, alertStream, Clock, rejected } from '@tocsin/domain';
import type { Actor, Alert, AlertCommand, AlertEvent, AlertId, UserId } from '@tocsin/domain';
import { CommandHandler, eventOf, EventStore } from '@tocsin/event-store';
import type { Handled } from '@tocsin/event-store';
import { Views } from '@tocsin/platform';
import { ALERTS_VIEW, evolveAlertDocument, readAlertFromStreams, ReadStore, ReadStoreFault } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { AlertMetrics } from './alert-metrics';

/** What led to a command on an alert; the id makes it idempotent. */
export interface AlertCause {
  readonly commandId: string;
  readonly causationId: string;
  readonly correlationId: string;
  readonly actor: Actor;
  readonly traceParent?: string;
}

/** Every change of an alert goes through here, and every answer that must show it. */
export class AlertStreams {
  private readonly handler: CommandHandler<AlertCommand, Alert, AlertEvent>;

  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly readStore: ReadStore;
      readonly views: Views;
      readonly clock: Clock;
      readonly visibleWithinMs: number;
      readonly metrics: AlertMetrics;
    },
  ) {
    this.handler = new CommandHandler({ store: parts.eventStore, decider: alertDecider });
  }

  /** @throws Rejection, EventStoreFault */
  async handle(alertId: AlertId, command: AlertCommand, cause: AlertCause): Promise<Handled<Alert>> {
    const handled = await this.handler.handle(alertStream(alertId), command, { ...cause, time: this.parts.clock.now() });
    this.parts.metrics.recorded(handled.events);
    return handled;
  }

  /** As its stream has it now. @throws EventStoreFault */
  async state(alertId: AlertId): Promise<Alert> {
    return (await this.handler.load(alertStream(alertId))).state;
  }

  /**
   * The command's effect as the API shows it. `visible`: a read after it sees it, too; false when the view took too long or
   * is away, and the answer comes from the streams (BEHAVIOUR B1). @throws Rejection, EventStoreFault
   */
  async answer(
    alertId: AlertId,
    command: AlertCommand,
    cause: AlertCause,
  ): Promise<{ readonly document: AlertDocument; readonly visible: boolean }> {
    const { position } = await this.handle(alertId, command, cause);
    const fromView = await this.fromView(alertId, position);
    return fromView === undefined ? { document: await this.fromStreams(alertId), visible: false } : { document: fromView, visible: true };
  }

  /** The alert as the view has it; from the streams when the view is away or has not seen it yet. @throws Rejection, EventStoreFault */
  async document(alertId: AlertId): Promise<AlertDocument> {
    return (await this.fromView(alertId)) ?? this.fromStreams(alertId);
  }

  /** Whether somebody is, or ever was, to answer it, or was told when nobody else could be; by its stream, however late views are. @throws EventStoreFault */
  async wasFor(alertId: AlertId, userId: UserId): Promise<boolean> {
    const events = (await this.parts.eventStore.readStream(alertStream(alertId))).map(eventOf<AlertEvent>);
    let document: AlertDocument | undefined;
    return events.some((event) => {
      document = evolveAlertDocument(document, event);
      const told = event.type === 'NobodyOnCall' || event.type === 'EscalationEnded' ? event.data.fallback : [];
      return told.includes(userId) || document?.responders.some((responder) => responder.userId === userId) === true;
    });
  }

  private async fromStreams(alertId: AlertId): Promise<AlertDocument> {
    const history = await readAlertFromStreams(this.parts.eventStore, alertId);
    if (history === undefined) throw rejected('alert-not-found', `there is no alert ${alertId}`);
    return history.document;
  }

  private async fromView(alertId: AlertId, position?: string): Promise<AlertDocument | undefined> {
    const { views, readStore, visibleWithinMs } = this.parts;
    try {
      if (position !== undefined && !(await views.waitFor(ALERTS_VIEW, position, visibleWithinMs))) return undefined;
      return await readStore.get<AlertDocument>(ALERTS_VIEW, alertId);
    } catch (error) {
      if (error instanceof ReadStoreFault) return undefined;
      throw error;
    }
  }
}
