import type { ToolEvent } from '@tocsin/contracts';
import {
  alertGroupDecider,
  alertGuardScope,
  alertGuardStream,
  alertsToLookUp,
  Clock,
  decideToolEvent,
  groupCommandId,
  groupingOf,
  isSettledThere,
  keyedBy,
  knows,
  policyFor,
  raisedByTool,
  Rejection,
  routingKeysIn,
} from '@tocsin/domain';
import type {
  Actor,
  Alert,
  AlertGroup,
  AlertGroupCommand,
  AlertGroupEvent,
  AlertId,
  AlertSource,
  DroppedBecause,
  EscalationPolicy,
  GuardedAlert,
  ToolEventDecision,
  ToolTrigger,
  WhyWithoutEffect,
} from '@tocsin/domain';
import { CommandHandler, EventStore } from '@tocsin/event-store';
import type { Handled } from '@tocsin/event-store';
import { causeOf, ConfigurationReader } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { IdAllocator } from '@tocsin/platform';
import { AlertStreams } from './alert-streams';
import { SourceLog } from './source-log';
import { supportTimesFor } from './support-times';
import { beforeRegrouping, sha256 } from './tool-event-subject';
import type { Decided, Subject } from './tool-event-subject';

/** What became of a tool event. `without-effect`: dropped, or on the timeline of an alert that it did not change. */
export type ToolEventOutcome =
  | { readonly type: 'opened' | 'applied' }
  | { readonly type: 'without-effect'; readonly reason: WhyWithoutEffect }
  /** Known already, or its source is gone: there is nothing to say, or nowhere. */
  | { readonly type: 'passed-over'; readonly reason: 'duplicate' | 'source-missing' };

const DECISION_TRIES = 20;
/** Repeats that are not on record are counted in memory for this many alerts. */
const ALERTS_COUNTED = 10_000;

/**
 * Takes a tool event to the alert it belongs to, or opens one. The guard stream is appended first, at its expected
 * revision, then the alert's own: of two replicas one opens the alert (P2), and a redelivery completes a half-done pair.
 */
export class ToolEvents {
  private readonly guards: CommandHandler<AlertGroupCommand, AlertGroup, AlertGroupEvent>;
  /** Repeats since the last one on record; lost in a restart, so that the hourly counts are lower bounds. */
  private readonly unrecorded = new Map<AlertId, number>();

  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly configuration: ConfigurationReader;
      readonly ids: IdAllocator;
      readonly clock: Clock;
      readonly alerts: AlertStreams;
      readonly sourceLog: SourceLog;
    },
  ) {
    this.guards = new CommandHandler({ store: parts.eventStore, decider: alertGroupDecider });
  }

  /** @throws EventStoreFault, MessageBusFault; Rejection when others keep changing the same group */
  async take(message: Message<ToolEvent>, event: ToolEvent): Promise<ToolEventOutcome> {
    const outcome = await this.outcomeOf(message, event);
    if (outcome.type === 'without-effect') await this.parts.sourceLog.record(message, event, outcome.reason);
    return outcome;
  }

  private async outcomeOf(message: Message<ToolEvent>, event: ToolEvent): Promise<ToolEventOutcome> {
    const source = await this.source(event.sourceId, event.sourceRevision);
    if (source === undefined) return { type: 'passed-over', reason: 'source-missing' };
    if (!source.active) return { type: 'without-effect', reason: 'source-inactive' };
    const keyed = keyedBy(source, event);
    const settings = groupingOf(source);
    const scope = alertGuardScope(keyed, settings, message.id);
    if (scope === undefined) return { type: 'without-effect', reason: 'key-required' };
    const guardStream = alertGuardStream(source.id, scope, sha256);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.decideAndAct(message, { source, event, keyed, settings, scope, guardStream });
      } catch (error) {
        // The group or the alert changed since they were looked at: look again. A refusal would lose the event; whoever
        // gives up says so with an error that is retried and then parked.
        if (!(error instanceof Rejection) || (error.code !== 'too-many-conflicts' && error.code !== 'alert-already-resolved')) throw error;
        if (attempt >= DECISION_TRIES) throw new Error('the alerts of this key kept changing', { cause: error });
      }
    }
  }

  private async decideAndAct(message: Message<ToolEvent>, subject: Subject): Promise<ToolEventOutcome> {
    const former = beforeRegrouping(subject, this.parts.configuration);
    if (former !== undefined) {
      const decided = await this.decide(message, former);
      if (isSettledThere(decided.decision, subject.keyed, decided.alertOf)) return this.act(message, former, decided);
    }
    return this.act(message, subject, await this.decide(message, subject));
  }

  private async act(message: Message<ToolEvent>, subject: Subject, { decision, seen }: Decided): Promise<ToolEventOutcome> {
    const recordFor = (alertId: AlertId, events: readonly AlertGroupEvent[]) =>
      this.record(message, subject, alertId, { type: 'record', seen, events });
    switch (decision.type) {
      case 'drop':
        return withoutEffect(decision.reason);
      case 'apply':
        await recordFor(decision.alertId, decision.record);
        await this.apply(message, subject, decision);
        return decision.command.type === 'recordToolEventIgnored' ? withoutEffect(decision.command.reason) : { type: 'applied' };
      case 'open': {
        const alertId = decision.alertId ?? ((await this.parts.ids.next('alert')) as AlertId);
        await recordFor(alertId, decision.record(alertId));
        const { events, state } = await this.raise(message, subject, alertId, decision.alert);
        if (events.length > 0 || knows(state, triggerOf(message))) return { type: 'opened' };
        // Another event completed what the guard has on record first: to that alert this one is a repeat.
        return this.decideAndAct(message, subject);
      }
    }
  }

  private async apply(
    message: Message<ToolEvent>,
    { source }: Subject,
    { alertId, command }: Extract<ToolEventDecision, { type: 'apply' }>,
  ): Promise<void> {
    const cause = this.cause(message, source, alertId);
    if (command.type !== 'repeat') {
      await this.parts.alerts.handle(alertId, command, cause);
      return;
    }
    const unrecorded = this.unrecorded.get(alertId) ?? 0;
    const { events } = await this.parts.alerts.handle(alertId, { ...command, unrecorded }, cause);
    this.unrecorded.delete(alertId);
    if (events.some(({ type }) => type === 'AlertRepeated')) return;
    this.unrecorded.set(alertId, unrecorded + 1);
    const [oldest] = this.unrecorded.keys();
    if (this.unrecorded.size > ALERTS_COUNTED && oldest !== undefined) this.unrecorded.delete(oldest);
  }

  private async decide(message: Message<ToolEvent>, { keyed, settings, guardStream }: Subject): Promise<Decided> {
    const { group, known } = await this.lookUp(message, { keyed, settings, guardStream });
    const alertOf = (alertId: AlertId): Alert => known.get(alertId) ?? { status: 'absent' };
    const decision = decideToolEvent({
      event: keyed,
      trigger: triggerOf(message),
      at: this.parts.clock.now(),
      settings,
      group,
      alertOf,
    });
    return { decision, seen: group.version, alertOf };
  }

  /**
   * An alert on record without a stream is still to be made, unless it was archived between the two reads. Then the guard had
   * forgotten it before its stream went: only a guard that has not moved says which (P2).
   */
  private async lookUp(
    { id }: Message<ToolEvent>,
    { keyed, settings, guardStream }: Pick<Subject, 'keyed' | 'settings' | 'guardStream'>,
  ): Promise<{ readonly group: AlertGroup; readonly known: ReadonlyMap<AlertId, Alert> }> {
    for (let group = (await this.guards.load(guardStream)).state; ;) {
      const alerts = alertsToLookUp(keyed, id, settings, group).map(
        async (alertId) => [alertId, await this.parts.alerts.state(alertId)] as const,
      );
      const known = new Map(await Promise.all(alerts));
      if ([...known.values()].every(({ status }) => status !== 'absent')) return { group, known };
      const now = (await this.guards.load(guardStream)).state;
      if (now.version === group.version) return { group, known };
      group = now;
    }
  }

  private async record(
    message: Message<ToolEvent>,
    { source, guardStream }: Subject,
    alertId: AlertId,
    command: AlertGroupCommand,
  ): Promise<void> {
    if (command.events.length === 0) return;
    await this.guards.handle(guardStream, command, { ...this.cause(message, source, alertId), time: this.parts.clock.now() });
  }

  private async raise(
    message: Message<ToolEvent>,
    { source, event }: Subject,
    alertId: AlertId,
    guarded: GuardedAlert,
  ): Promise<Handled<Alert>> {
    const policy = await this.policy(source, event.routingKey);
    const supportTimes = await supportTimesFor(source, this.parts.configuration);
    const alert = raisedByTool({ alertId, source, supportTimes, content: event, at: this.parts.clock.now(), guarded, policy });
    return this.parts.alerts.handle(alertId, { type: 'raise', alert }, this.cause(message, source, alertId));
  }

  /** A routing key that nobody has here may belong to a policy that was made a moment ago, elsewhere. @throws MessageBusFault */
  private async policy(source: AlertSource, routingKey: string | undefined): Promise<EscalationPolicy | undefined> {
    const { configuration } = this.parts;
    const routedBy = (key: string) => configuration.find('policy', 'routingKey', key);
    const byId = (id: number) => configuration.get('policy', id);
    const [first] = routingKeysIn(routingKey);
    if (first !== undefined) await configuration.surely(() => routedBy(first));
    return configuration.surely(() => policyFor(source, routingKey, { routedBy, byId }));
  }

  private cause(message: Message<ToolEvent>, source: AlertSource, alertId: AlertId) {
    const actor: Actor = { type: 'source', sourceId: source.id };
    return { commandId: groupCommandId(message.id, alertId), ...causeOf(message), actor };
  }

  /** At least as new as it was when the event was taken: another process may have read further than this one. */
  private async source(id: AlertSource['id'], revision: number): Promise<AlertSource | undefined> {
    const { configuration } = this.parts;
    if (configuration.get('source', id) === undefined || configuration.revision('source', id) < revision) await configuration.upToDate();
    return configuration.get('source', id);
  }
}

const withoutEffect = (reason: DroppedBecause): ToolEventOutcome =>
  reason === 'duplicate' ? { type: 'passed-over', reason } : { type: 'without-effect', reason };

const triggerOf = ({ id: eventId, epoch, partition, offset }: Message): ToolTrigger => ({
  eventId,
  position: { epoch, partition, offset },
});
