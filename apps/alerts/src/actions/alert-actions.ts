import { setTimeout as delay } from 'node:timers/promises';
import { publicUserRel, topics } from '@tocsin/contracts';
import type { InvokeAlertAction, PublicAlertActionResult, PublicAlertActionTrigger, ResourceLookup } from '@tocsin/contracts';
import { actionStream, actsFor, Clock, mayHearOf, rejected, toIso } from '@tocsin/domain';
import type { AlertAction, AlertId } from '@tocsin/domain';
import { EventStore } from '@tocsin/event-store';
import { ConfigurationReader, MessageBus } from '@tocsin/messaging';
import { newUuid, SecretBox, SecretUnreadable, Views } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { hasRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import { ALERT_ACTIONS_VIEW, evolveAlertActionDocument, ReadStore } from '@tocsin/read-models';
import type { AlertActionDocument, AlertActionRunDocument, AlertDocument } from '@tocsin/read-models';
import { AlertSight } from '../alert-sight';
import { AlertStreams } from '../alert-streams';

const MOST = 1_000;
const LOOK_AGAIN_MS = 15;
const ENDED: readonly AlertActionRunDocument['state'][] = ['succeeded', 'failed', 'cancelled'];

/** What people can have done for an alert in other systems, and what was done. */
export class AlertActions {
  constructor(
    private readonly parts: {
      readonly alerts: AlertStreams;
      readonly eventStore: EventStore;
      readonly bus: MessageBus;
      readonly readStore: ReadStore;
      readonly views: Views;
      readonly configuration: ConfigurationReader;
      readonly sight: AlertSight;
      readonly secrets: SecretBox;
      readonly clock: Clock;
      readonly visibleWithinMs: number;
    },
  ) {}

  /**
   * Those that can be asked for, and those that did something by themselves, with their history, newest first.
   * `stale`: the view had not caught up in time. @throws Rejection `alert-not-found`, ReadStoreFault
   */
  async list(
    alertId: AlertId,
    principal: Principal,
  ): Promise<{ readonly triggers: readonly PublicAlertActionTrigger[]; readonly stale: boolean }> {
    const { alerts, readStore, views, configuration, sight, visibleWithinMs } = this.parts;
    const alert = await alerts.document(alertId);
    const stale = !(await views.upToDate(ALERT_ACTIONS_VIEW, visibleWithinMs));
    const documents = await readStore.find<AlertActionDocument>(ALERT_ACTIONS_VIEW, {
      in: { alert: [alertId] },
      sort: [{ field: 'action', descending: false }],
      skip: 0,
      limit: MOST,
    });
    const done = new Map(documents.map((document) => [document.actionId, document]));
    const lookup = sight.lookupFor(alert, principal);
    const triggers = configuration
      .seenBy(principal)
      .list('alertaction')
      .filter((action) => this.isOffered(action, alert) || done.has(action.id))
      .map((action) => this.trigger(action, done.get(action.id), principal, lookup));
    return { triggers, stale };
  }

  /** Waits for what comes of it, for a bounded time. @throws Rejection `alert-not-found`, `not-found`, `invalid`; MessageBusFault */
  async invoke(alertId: AlertId, actionIdText: string, by: ChangeContext, principal: Principal): Promise<PublicAlertActionResult> {
    const { alerts, bus, configuration, clock, sight } = this.parts;
    const alert = await alerts.document(alertId);
    const seen = configuration.seenBy(principal);
    const action = await seen.surely(() => seen.list('alertaction').find(({ id }) => String(id) === actionIdText));
    if (action === undefined) throw rejected('not-found', `there is no alert action ${actionIdText}`);
    if (!this.isOffered(action, alert)) {
      const why = action.triggerMode === 'AUTOMATIC' ? 'is AUTOMATIC: nobody sets it off by hand' : "does not act for this alert's source";
      throw rejected('invalid', `alertActionId: alert action ${actionIdText} ${why}`, { field: 'alertActionId' });
    }
    const deliveryId = newUuid();
    const at = clock.now();
    const command: InvokeAlertAction = { alertId, actionId: action.id, deliveryId, by: by.actor, at };
    await bus.publish(topics.notificationCommands, [
      {
        id: deliveryId,
        key: actionStream(alertId, action.id),
        type: 'InvokeAlertAction',
        schemaVersion: 1,
        time: at,
        correlationId: by.requestId,
        causationId: by.requestId,
        data: command,
      },
    ]);
    const waiting: AlertActionRunDocument = { run: 0, trigger: 'manual', by: by.actor, deliveryId, at, state: 'waiting' };
    return this.result(
      action,
      alertId,
      (await this.outcome(alertId, action, deliveryId)) ?? waiting,
      principal,
      sight.lookupFor(alert, principal),
    );
  }

  private async outcome(alertId: AlertId, { id }: AlertAction, deliveryId: string): Promise<AlertActionRunDocument | undefined> {
    const { eventStore, views, visibleWithinMs } = this.parts;
    const stream = actionStream(alertId, id);
    const deadline = performance.now() + visibleWithinMs;
    for (;;) {
      const events = await eventStore.readStream(stream);
      const document = events.reduce<AlertActionDocument | undefined>(evolveAlertActionDocument, undefined);
      const run = document?.history.find((each) => each.deliveryId === deliveryId);
      const last = events.at(-1);
      const isOver = run !== undefined && (ENDED.includes(run.state) || run.state === 'retrying');
      if (isOver && last !== undefined) await views.waitFor(ALERT_ACTIONS_VIEW, last.position, Math.max(0, deadline - performance.now()));
      if (isOver || performance.now() >= deadline) return run;
      await delay(LOOK_AGAIN_MS);
    }
  }

  private trigger(
    action: AlertAction,
    document: AlertActionDocument | undefined,
    principal: Principal,
    lookup: ResourceLookup,
  ): PublicAlertActionTrigger {
    return {
      alertActionId: String(action.id),
      ...connectorOf(action),
      type: action.type,
      name: action.name,
      history: (document?.history ?? []).map((run) => this.result(action, document?.alertId ?? 0, run, principal, lookup)).reverse(),
    };
  }

  private result(
    action: AlertAction,
    alertId: number,
    run: AlertActionRunDocument,
    { role }: Principal,
    lookup: ResourceLookup,
  ): PublicAlertActionResult {
    const { deliveryId, by, trigger, at, state, reason } = run;
    const response = hasRole(role, 'ADMIN') ? this.response(run) : undefined;
    return {
      id: deliveryId,
      alertActionId: String(action.id),
      ...connectorOf(action),
      alertId,
      success: state === 'succeeded',
      ...(by?.type === 'user' ? { actor: publicUserRel(by.userId, lookup) } : {}),
      triggerType: trigger,
      time: toIso(at),
      state,
      ...(reason === undefined ? {} : { reason }),
      ...(response === undefined ? {} : { response }),
    };
  }

  private isOffered(action: AlertAction, { sourceId }: AlertDocument): boolean {
    return action.triggerMode === 'MANUAL' && actsFor(action, sourceId) && mayHearOf(action, sourceId, this.parts.configuration);
  }

  private response({ status, excerpt }: AlertActionRunDocument): PublicAlertActionResult['response'] | undefined {
    if (status === undefined && excerpt === undefined) return undefined;
    const body = excerpt === undefined ? undefined : this.readable(excerpt);
    return { ...(status === undefined ? {} : { status }), ...(body === undefined ? {} : { body }) };
  }

  private readable(excerpt: string): string | undefined {
    try {
      return this.parts.secrets.decrypt(excerpt);
    } catch (error) {
      if (error instanceof SecretUnreadable && error.reason === 'unknown-key') return undefined;
      throw error;
    }
  }
}

const connectorOf = ({ connectorId }: AlertAction): { readonly connectorId?: string } =>
  connectorId === undefined ? {} : { connectorId: String(connectorId) };
