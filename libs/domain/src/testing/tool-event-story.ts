import { alertDecider } from '../alert/alert';
import { alertGroupDecider, groupCommandId, type AlertGroup, type AlertGroupEvent } from '../alert/alert-group';
import { alertGuardStream } from '../alert/alert-key';
import type { AlertCommand } from '../alert/alert-commands';
import type { AlertEvent, Position } from '../alert/alert-events';
import type { Alert } from '../alert/alert-state';
import { alertGuardScope, type GroupingSettings, type KeyedToolEvent } from '../alert/tool-event';
import { decideToolEvent } from '../alert/tool-event-decision';
import type { ToolEventDecision } from '../alert/tool-event-opening';
import { alertsToLookUp } from '../alert/group-candidates';
import { fold } from '../decider';
import type { AlertId, UserId } from '../ids';
import { Rejection } from '../rejection';
import type { Instant } from '../time';
import { sourceId, threeLevels } from './alert-builders';

/** A tool event as the bus delivers it. */
export interface Delivered {
  readonly id: string;
  readonly position: Position;
  readonly event: KeyedToolEvent;
}

export type Crash = 'after-guard' | undefined;

/** Streams in memory, and what alerts does with a tool event: look up, decide, record in the guard, act on the alert. */
export class ToolEventStory {
  private readonly guards = new Map<string, readonly AlertGroupEvent[]>();
  private readonly streams = new Map<AlertId, readonly AlertEvent[]>();
  private readonly done = new Set<string>();

  constructor(readonly settings: GroupingSettings) {}

  /** What came of it. A crash leaves the guard written and the alert not. */
  deliver({ id, position, event }: Delivered, at: Instant, crash?: Crash): ToolEventDecision {
    for (let attempt = 0; attempt < 5; attempt++) {
      const scope = alertGuardScope(event, this.settings, id);
      const stream = scope === undefined ? '' : alertGuardStream(sourceId, scope, (text) => text);
      const group = this.group(stream);
      const lookedUp = new Set(alertsToLookUp(event, id, this.settings, group));
      const alertOf = (alertId: AlertId): Alert => {
        if (!lookedUp.has(alertId)) throw new Error(`alert ${alertId} was not looked up`);
        return this.alert(alertId);
      };
      const trigger = { eventId: id, position };
      const decision = decideToolEvent({ event, trigger, at, settings: this.settings, group, alertOf });
      if (decision.type === 'drop') return decision;
      const alertId = decision.alertId ?? ((this.streams.size + 1) as AlertId);
      this.streams.set(alertId, this.streams.get(alertId) ?? []);
      const record = decision.type === 'open' ? decision.record(alertId) : decision.record;
      if (this.once(stream, groupCommandId(id, alertId), record.length)) {
        this.guards.set(stream, [
          ...(this.guards.get(stream) ?? []),
          ...alertGroupDecider.decide({ type: 'record', seen: group.version, events: record }, group),
        ]);
      }
      if (crash === 'after-guard') return decision;
      try {
        this.act(alertId, decision.type === 'open' ? this.raise(alertId, decision, event, at) : decision.command, id);
        return decision;
      } catch (error) {
        if (!(error instanceof Rejection) || error.code !== 'alert-already-resolved') throw error;
      }
    }
    throw new Error('the alert kept refusing');
  }

  resolvedByPerson(alertId: AlertId, at: Instant): void {
    this.act(alertId, { type: 'resolve', at, by: { type: 'user', userId: 1 as UserId } }, `resolve ${alertId}`);
  }

  acceptedByPerson(alertId: AlertId, at: Instant): void {
    if (this.alert(alertId).status === 'pending')
      this.act(alertId, { type: 'accept', at, by: { type: 'user', userId: 1 as UserId } }, `accept ${alertId}`);
  }

  alert(alertId: AlertId): Alert {
    return fold(alertDecider, this.streams.get(alertId) ?? []);
  }

  alertIds(): readonly AlertId[] {
    return [...this.streams].filter(([, events]) => events.length > 0).map(([alertId]) => alertId);
  }

  alerts(): readonly Alert[] {
    return this.alertIds().map((alertId) => this.alert(alertId));
  }

  open(): readonly Exclude<Alert, { status: 'absent' | 'resolved' }>[] {
    return this.alerts().filter((alert) => alert.status === 'pending' || alert.status === 'accepted');
  }

  events(alertId: AlertId): readonly AlertEvent[] {
    return this.streams.get(alertId) ?? [];
  }

  /** All that is stored. */
  stored(): unknown {
    return { guards: [...this.guards], streams: [...this.streams].filter(([, events]) => events.length > 0) };
  }

  private group(stream: string): AlertGroup {
    return fold(alertGroupDecider, this.guards.get(stream) ?? []);
  }

  private raise(
    alertId: AlertId,
    decision: Extract<ToolEventDecision, { type: 'open' }>,
    event: KeyedToolEvent,
    at: Instant,
  ): AlertCommand {
    const { summary = '', priority = 'HIGH' } = event;
    const route = { type: 'policy', policy: threeLevels } as const;
    const by = { type: 'source', sourceId } as const;
    const content = { summary, priority, images: [], links: [], labels: {}, comments: [], route };
    return { type: 'raise', alert: { alertId, sourceId, at, by, ...content, ...decision.alert } };
  }

  private act(alertId: AlertId, command: AlertCommand, commandId: string): void {
    const decided = alertDecider.decide(command, this.alert(alertId));
    if (this.once(`alert-${alertId}`, commandId, decided.length)) this.streams.set(alertId, [...this.events(alertId), ...decided]);
  }

  /** The event store takes a command's events once: their ids are made from the command's. */
  private once(stream: string, commandId: string, events: number): boolean {
    const key = `${stream} ${commandId}`;
    if (events === 0 || this.done.has(key)) return false;
    this.done.add(key);
    return true;
  }
}
