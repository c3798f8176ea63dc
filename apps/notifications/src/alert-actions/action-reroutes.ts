import { setTimeout as delay } from 'node:timers/promises';
import type { ActionCall, ActionFailureReason, ActionOutcome, Reroutes } from '@tocsin/alert-actions';
import { topics } from '@tocsin/contracts';
import type { AssignToPolicy } from '@tocsin/contracts';
import { alertDecider, alertStream, Clock, defined, fold, isStandingAt, mayAnswerAlerts } from '@tocsin/domain';
import type { Alert, AlertEvent, AlertId, AlertStanding, EscalationPolicyId } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import type { StoredEvent } from '@tocsin/event-store';
import { ConfigurationReader, MessageBus, MessageBusFault } from '@tocsin/messaging';
import { derivedUuid } from '@tocsin/platform';

const LOOK_AGAIN_MS = 15;

/** Alerts that actions give to policies: a durable command, as with an answer, whose id every attempt of the run has. */
export class ActionReroutes implements Reroutes {
  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly bus: MessageBus;
      readonly configuration: ConfigurationReader;
      readonly clock: Clock;
      readonly visibleWithinMs: number;
    },
  ) {}

  /** @throws EventStoreFault */
  async reroute(policyId: EscalationPolicyId, call: ActionCall): Promise<ActionOutcome> {
    const commandId = derivedUuid('reroute', call.deliveryId);
    const events = await this.history(call);
    const before = whatCameOf(events, call, commandId);
    if (before !== undefined) return before;
    try {
      const refusal = await this.refusal(policyId, call);
      if (refusal !== undefined) return failed(refusal);
      await this.publish(commandId, policyId, call, standingFor(call, events));
    } catch (error) {
      if (!(error instanceof MessageBusFault)) throw error;
      return { type: 'failed', reason: 'unreachable', retriable: true, uncertain: true };
    }
    return this.outcome(call, commandId);
  }

  private async outcome(call: ActionCall, commandId: string): Promise<ActionOutcome> {
    const deadline = performance.now() + this.parts.visibleWithinMs;
    for (;;) {
      const outcome = whatCameOf(await this.history(call), call, commandId);
      if (outcome !== undefined) return outcome;
      if (performance.now() >= deadline) return { type: 'failed', reason: 'timeout', retriable: true, uncertain: true };
      await delay(LOOK_AGAIN_MS);
    }
  }

  private history(call: ActionCall): Promise<readonly StoredEvent[]> {
    return this.parts.eventStore.readStream(alertStream(call.alert.id as AlertId));
  }

  /** Whoever carries it out asks the same again. @throws MessageBusFault */
  private async refusal(policyId: EscalationPolicyId, { by }: ActionCall): Promise<ActionFailureReason | undefined> {
    const { configuration } = this.parts;
    if ((await configuration.surely(() => configuration.get('policy', policyId))) === undefined) return 'policy-gone';
    if (by?.type !== 'user') return undefined;
    const user = await configuration.surely(() => configuration.get('user', by.userId));
    return user !== undefined && mayAnswerAlerts(user) ? undefined : 'unauthorised';
  }

  private async publish(id: string, policyId: EscalationPolicyId, call: ActionCall, from: AlertStanding | undefined): Promise<void> {
    const { bus, clock } = this.parts;
    const alertId = call.alert.id as AlertId;
    const at = clock.now();
    const { by = { type: 'system', part: 'alert actions' }, actionId } = call;
    const data: AssignToPolicy = { alertId, policyId, by, at, actionId, ...defined({ from }) };
    const about = { type: 'AssignToPolicy', schemaVersion: 1, time: at, correlationId: call.deliveryId, causationId: call.deliveryId };
    await bus.publish(topics.alertCommands, [{ id, key: alertStream(alertId), ...about, data }]);
  }
}

/** Or why nothing can come of it; undefined while it is to be done. */
const whatCameOf = (events: readonly StoredEvent[], call: ActionCall, commandId: string): ActionOutcome | undefined => {
  if (events.some(({ metadata }) => metadata.causationId === commandId)) return { type: 'done' };
  const state = alertIn(events);
  if (state.status === 'absent') return failed('misconfigured');
  if (state.status === 'resolved') return failed('alert-resolved');
  const from = standingFor(call, events);
  return from === undefined || isStandingAt(state, from) ? undefined : failed('overtaken');
};

const alertIn = (events: readonly StoredEvent[]): Alert => fold(alertDecider, events.map(eventOf<AlertEvent>));

/**
 * As the alert was when it set the action off, or when a delayed action began: somebody who has answered since, or given it to others,
 * keeps it that way, also when the action is late. What a person asks for is done in any case.
 */
const standingFor = ({ trigger, alertRevision }: ActionCall, events: readonly StoredEvent[]): AlertStanding | undefined => {
  if (trigger === 'manual') return undefined;
  const then = alertIn(events.filter(({ revision }) => revision <= alertRevision));
  return then.status === 'absent' ? undefined : { round: then.round, status: then.status };
};

const failed = (reason: ActionFailureReason): ActionOutcome => ({ type: 'failed', reason, retriable: false, uncertain: false });
