import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ActionOutcome } from '@tocsin/alert-actions';
import { Clock, isRunDue, plusMs, stoppedRun } from '@tocsin/domain';
import type { ActionCancelReason, ActionEventOf, AlertAction, AlertActionId, AlertId, Instant, PendingRun } from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { newUuid, SecretBox, traced } from '@tocsin/platform';
import type { Logger, PlatformSettings, Tracing } from '@tocsin/platform';
import { readAlertFromStreams } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { ActionStreams } from './action-streams';
import { ActionConditions } from './action-conditions';
import { Kinds } from './kinds';
import { StoredParams } from './stored-params';
import { toldAlert } from './told-alert';
import { TurnsPerTarget } from '../turns-per-target';

const LOADED_PER_TURN = 64;
/** Of one action, over all alerts: a receiver that is slow is not run over, and keeps its own runs waiting. */
const AT_ONCE_PER_ACTION = 8;

export interface ActionDeliveryParts {
  readonly streams: ActionStreams;
  readonly eventStore: EventStore;
  readonly configuration: ConfigurationReader;
  readonly kinds: Kinds;
  readonly conditions: ActionConditions;
  readonly stored: StoredParams;
  readonly secrets: SecretBox;
  readonly settings: PlatformSettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracing?: Tracing;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/**
 * Makes the run of an action whose turn it is. The attempt is recorded first, then the other system is called; a crash anywhere
 * repeats the attempt under the same delivery id.
 */
export class ActionDelivery {
  private readonly turns = new TurnsPerTarget(AT_ONCE_PER_ACTION);

  constructor(private readonly parts: ActionDeliveryParts) {}

  /** Repeats at once the attempts that a crash ended; only where no other process can be making them. @throws EventStoreFault */
  async repeatInterrupted(streams: readonly string[], startedAt: Instant): Promise<void> {
    const repeated: Promise<void>[] = [];
    for (const [index, stream] of streams.entries()) {
      if (index % LOADED_PER_TURN === LOADED_PER_TURN - 1) await nextTurn();
      const { pending } = await this.parts.streams.load(stream);
      const begun = pending[0]?.startedAt;
      if (begun === undefined || begun >= startedAt) continue;
      const attempt = this.attempt(stream, startedAt);
      // It may fail while others are still looked for; a rejection that nobody waits for yet would end the process.
      attempt.catch(() => undefined);
      repeated.push(attempt);
    }
    await Promise.all(repeated);
  }

  /** Called at least once per due time. @throws EventStoreFault; MessageBusFault while it cannot be said what the action is */
  attempt(stream: string, interruptedBefore?: Instant): Promise<void> {
    return this.turns.run(String(idsIn(stream).actionId), () => this.attemptInTurn(stream, interruptedBefore));
  }

  private async attemptInTurn(stream: string, interruptedBefore: Instant | undefined): Promise<void> {
    const { streams, eventStore, configuration, clock, settings } = this.parts;
    const { alertId, actionId } = idsIn(stream);
    // An action that was just switched off must not act once more.
    await configuration.upToDate();
    const action = configuration.get('alertaction', actionId);
    if (await this.mustWait(stream, action)) return;
    const history = await readAlertFromStreams(eventStore, alertId);
    const causationId = newUuid();
    const cause = { commandId: `${causationId}:attempt`, causationId, correlationId: stream, type: action?.type ?? 'deleted' };
    const stopped = (run: PendingRun) =>
      history === undefined
        ? 'alert-archived'
        : (stoppedRun(run, { action, alertStatus: history.document.status }) ?? this.unmet(run, action, history.document));
    const { events, state } = await streams.change(
      stream,
      {
        type: 'startAttempt',
        at: clock.now(),
        alertRevision: history?.events.at(-1)?.revision ?? 0,
        stopped,
        ...(interruptedBefore === undefined ? {} : { interruptedBefore }),
      },
      cause,
    );
    const started = events.find(({ type }) => type === 'ActionAttempted')?.data as ActionEventOf<'ActionAttempted'>['data'] | undefined;
    const run = state.pending.find((each) => each.run === started?.run);
    if (started === undefined || run === undefined || action === undefined || history === undefined) return;
    const alert = toldAlert(history.events, started.alertRevision, { configuration, publicUrl: settings.publicUrl });
    const { alertRevision } = started;
    const call = { ...run, alertRevision, ...(state.reference === undefined ? {} : { reference: state.reference }) };
    const outcome = alert === undefined ? misconfigured : await this.call(action, call, alert, started.attempt);
    await this.record(stream, { ...started, ...cause, commandId: `${causationId}:outcome` }, outcome);
  }

  /** Holds it back, on record, while the other system has no room for it. */
  private async mustWait(stream: string, action: AlertAction | undefined): Promise<boolean> {
    const { streams, kinds, stored, clock } = this.parts;
    const kind = action === undefined ? undefined : kinds.get(action.type);
    if (action === undefined || kind?.roomFor === undefined) return false;
    const { pending, reference } = await streams.load(stream);
    const [run] = pending;
    const at = clock.now();
    if (!isRunDue(run, at)) return false;
    const call = { deliveryId: run.deliveryId, params: stored.opened(action), ...(reference === undefined ? {} : { reference }) };
    const until = kind.roomFor(call, at);
    if (until <= at) return false;
    const causationId = newUuid();
    const cause = { commandId: `${causationId}:hold`, causationId, correlationId: stream, type: action.type };
    await streams.change(stream, { type: 'holdBack', at, run: run.run, until }, cause);
    return true;
  }

  /** One that waited has to meet the action's conditions when it begins; others have met them when they were set off. */
  private unmet(run: PendingRun, action: AlertAction | undefined, alert: AlertDocument): ActionCancelReason | undefined {
    const { conditions, clock } = this.parts;
    if (action === undefined || run.trigger === 'manual' || run.dueAt <= run.at || run.attempts > 0) return undefined;
    return conditions.holdNow(action, alert, clock.now()) ? undefined : 'conditions-not-met';
  }

  private async call(
    action: AlertAction,
    run: PendingRun & { readonly alertRevision: number; readonly reference?: string },
    alert: NonNullable<ReturnType<typeof toldAlert>>,
    attempt: number,
  ): Promise<ActionOutcome> {
    const { kinds, stored, configuration, clock } = this.parts;
    const kind = kinds.get(action.type);
    const connector = action.connectorId === undefined ? undefined : configuration.get('connector', action.connectorId);
    // Of a version that is gone, or with secrets that nobody can read any more.
    if (kind === undefined || (kind.connector !== undefined && connector === undefined)) return misconfigured;
    const attributes = { 'tocsin.action.type': action.type, 'tocsin.attempt': attempt };
    return traced(this.parts.tracing, { name: `alert action ${action.type}`, kind: 'client', attributes }, () =>
      kind.run({
        trigger: run.trigger,
        actionId: action.id,
        ...(run.by === undefined ? {} : { by: run.by }),
        alert,
        alertRevision: run.alertRevision,
        ...(run.channelId === undefined ? {} : { channelId: run.channelId }),
        deliveryId: run.deliveryId,
        at: clock.now(),
        possiblyDone: run.uncertain,
        params: stored.opened(action),
        connectorParams: connector === undefined ? {} : stored.opened(connector),
        ...(run.reference === undefined ? {} : { reference: run.reference }),
      }),
    );
  }

  private async record(
    stream: string,
    {
      run,
      attempt,
      ...cause
    }: { readonly run: number; readonly attempt: number; readonly type: string; readonly commandId: string } & Cause,
    outcome: ActionOutcome,
  ): Promise<void> {
    const { streams, secrets, clock, log, random } = this.parts;
    const at = clock.now();
    log.info({ stream, run, attempt, outcome: outcome.type }, 'alert action attempted');
    const about = { commandId: cause.commandId, causationId: cause.causationId, correlationId: cause.correlationId, type: cause.type };
    const heard = {
      ...(outcome.status === undefined ? {} : { status: outcome.status }),
      ...(outcome.excerpt === undefined ? {} : { excerpt: secrets.encrypt(outcome.excerpt) }),
    };
    if (outcome.type === 'done') {
      const reference = outcome.reference === undefined ? {} : { reference: outcome.reference };
      await streams.change(stream, { type: 'recordSucceeded', at, run, attempt, ...reference, ...heard }, about);
      return;
    }
    const { reason, retriable, uncertain, retryAfterMs } = outcome;
    const notBefore = retryAfterMs === undefined ? {} : { notBefore: plusMs(at, retryAfterMs) };
    await streams.change(
      stream,
      { type: 'recordFailed', at, run, attempt, reason, retriable, uncertain, jitter: random(), ...notBefore, ...heard },
      about,
    );
  }
}

const misconfigured: ActionOutcome = { type: 'failed', reason: 'misconfigured', retriable: false, uncertain: false };

const idsIn = (stream: string): { readonly alertId: AlertId; readonly actionId: AlertActionId } => {
  const [, alertId, actionId] = stream.split('-');
  return { alertId: Number(alertId) as AlertId, actionId: Number(actionId) as AlertActionId };
};
