import { createHash } from 'node:crypto';
import type { ToolEvent } from '@tocsin/contracts';
import {
  alertGroupDecider,
  alertGuardScope,
  alertGuardStream,
  alertsToLookUp,
  Clock,
  decideToolEvent,
  exactDurationMs,
  groupCommandId,
  plusMs,
  Rejection,
} from '@tocsin/domain';
import type {
  Actor,
  AlertEventOf,
  AlertGroup,
  AlertGroupCommand,
  AlertGroupEvent,
  AlertId,
  AlertSource,
  GroupingSettings,
  GuardedAlert,
  KeyedToolEvent,
  ToolEventDecision,
} from '@tocsin/domain';
import { CommandHandler, EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { IdAllocator } from '@tocsin/platform';
import { AlertStreams } from './alert-streams';
import { policyFor, priorityOf } from './policy-snapshot';

/** What became of a tool event; `dropped` with the reason. */
export type ToolEventOutcome = 'opened' | 'applied' | `dropped: ${string}`;

const DECISION_TRIES = 20;
const CONFIGURATION_WITHIN_MS = 2_000;

/**
 * Takes a tool event to the alert it belongs to, or opens one. The guard stream is appended first, at its expected
 * revision, then the alert's own: of two replicas one opens the alert (P2), and a redelivery completes a half-done pair.
 */
export class ToolEvents {
  private readonly guards: CommandHandler<AlertGroupCommand, AlertGroup, AlertGroupEvent>;

  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly configuration: ConfigurationReader;
      readonly ids: IdAllocator;
      readonly clock: Clock;
      readonly alerts: AlertStreams;
    },
  ) {
    this.guards = new CommandHandler({ store: parts.eventStore, decider: alertGroupDecider, cachedStreams: 20_000 });
  }

  /** @throws EventStoreFault, MessageBusFault; Rejection when others keep changing the same group */
  async take(message: Message<ToolEvent>, event: ToolEvent): Promise<ToolEventOutcome> {
    const source = await this.source(event.sourceId);
    if (source === undefined) return 'dropped: no such alert source';
    if (!source.active) return 'dropped: alert source is not active';
    const keyed = keyedEvent(source, event);
    const settings = groupingOf(source);
    const scope = alertGuardScope(keyed, settings, message.id);
    if (scope === undefined) return 'dropped: key-required';
    const guardStream = alertGuardStream(source.id, scope, sha256);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.decideAndAct(message, { source, event, keyed, settings, guardStream });
      } catch (error) {
        // The group or the alert changed since they were looked at: look again. A refusal would lose the event; whoever
        // gives up says so with an error that is retried and then parked.
        if (!(error instanceof Rejection) || (error.code !== 'too-many-conflicts' && error.code !== 'alert-already-resolved')) throw error;
        if (attempt >= DECISION_TRIES) throw new Error('the alerts of this key kept changing', { cause: error });
      }
    }
  }

  private async decideAndAct(message: Message<ToolEvent>, subject: Subject): Promise<ToolEventOutcome> {
    const { decision, seen } = await this.decide(message, subject);
    const recordFor = (alertId: AlertId, events: readonly AlertGroupEvent[]) =>
      this.record(message, subject, alertId, { type: 'record', seen, events });
    switch (decision.type) {
      case 'drop':
        return `dropped: ${decision.reason}`;
      case 'apply':
        await recordFor(decision.alertId, decision.record);
        await this.parts.alerts.handle(decision.alertId, decision.command, this.cause(message, subject.source, decision.alertId));
        return 'applied';
      case 'open': {
        const alertId = decision.alertId ?? ((await this.parts.ids.next('alert')) as AlertId);
        await recordFor(alertId, decision.record(alertId));
        await this.raise(message, subject, alertId, decision.alert);
        return 'opened';
      }
    }
  }

  private async decide(
    message: Message<ToolEvent>,
    { keyed, settings, guardStream }: Subject,
  ): Promise<{ readonly decision: ToolEventDecision; readonly seen: number }> {
    const group = (await this.guards.load(guardStream)).state;
    const known = new Map(
      await Promise.all(
        alertsToLookUp(keyed, message.id, settings, group).map(
          async (alertId) => [alertId, await this.parts.alerts.state(alertId)] as const,
        ),
      ),
    );
    const decision = decideToolEvent({
      event: keyed,
      trigger: { eventId: message.id, position: { epoch: message.epoch, partition: message.partition, offset: message.offset } },
      at: this.parts.clock.now(),
      settings,
      group,
      alertOf: (alertId) => known.get(alertId) ?? { status: 'absent' },
    });
    return { decision, seen: group.version };
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
    { source, event, keyed }: Subject,
    alertId: AlertId,
    guarded: GuardedAlert,
  ): Promise<void> {
    const policy = policyFor(source, event.routingKey, this.parts.configuration);
    const at = this.parts.clock.now();
    const severity = event.severity ?? source.severity;
    const autoResolveAt =
      source.autoResolutionTimeout === undefined ? undefined : plusMs(at, exactDurationMs(source.autoResolutionTimeout));
    const alert: AlertEventOf<'AlertRaised'>['data'] = {
      ...guarded,
      alertId,
      sourceId: source.id,
      at,
      by: { type: 'source', sourceId: source.id },
      summary: event.summary ?? '',
      ...(event.details === undefined ? {} : { details: event.details }),
      priority: keyed.priority ?? source.alertPriorityRule,
      ...(severity === undefined ? {} : { severity }),
      images: event.images ?? [],
      links: event.links ?? [],
      labels: event.labels ?? {},
      ...(event.customDetails === undefined ? {} : { customDetails: event.customDetails }),
      comments: event.comments ?? [],
      // A source whose policy is gone still raises its alert: nobody is on call then, and the fallback is paged.
      route: {
        type: 'policy',
        policy: policy ?? {
          policyId: source.escalationPolicyId,
          name: 'deleted escalation policy',
          rules: [],
          repeating: false,
          frequency: 1,
          delayMin: 0,
        },
      },
      ...(autoResolveAt === undefined ? {} : { autoResolveAt }),
    };
    await this.parts.alerts.handle(alertId, { type: 'raise', alert }, this.cause(message, source, alertId));
  }

  private cause(message: Message<ToolEvent>, source: AlertSource, alertId: AlertId) {
    const actor: Actor = { type: 'source', sourceId: source.id };
    return {
      commandId: groupCommandId(message.id, alertId),
      causationId: message.id,
      correlationId: message.correlationId,
      actor,
      ...(message.traceParent === undefined ? {} : { traceParent: message.traceParent }),
    };
  }

  private async source(id: AlertSource['id']): Promise<AlertSource | undefined> {
    const known = this.parts.configuration.get('source', id);
    if (known !== undefined) return known;
    await this.parts.configuration.upToDate(CONFIGURATION_WITHIN_MS);
    return this.parts.configuration.get('source', id);
  }
}

interface Subject {
  readonly source: AlertSource;
  readonly event: ToolEvent;
  readonly keyed: KeyedToolEvent;
  readonly settings: GroupingSettings;
  readonly guardStream: string;
}

const keyedEvent = (source: AlertSource, event: ToolEvent): KeyedToolEvent => {
  const { priority: _priority, ...rest } = event;
  // B22: where the event's own word counts it moves open alerts too, else the source's rule has spoken when they were raised.
  return event.priority === undefined || priorityOf(source, event) !== event.priority ? rest : { ...rest, priority: event.priority };
};

const groupingOf = ({ alertCreation, alertGroupingWindow }: AlertSource): GroupingSettings => ({
  alertCreation,
  ...(alertGroupingWindow === undefined ? {} : { windowMs: exactDurationMs(alertGroupingWindow) }),
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
