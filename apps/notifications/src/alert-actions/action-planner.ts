import {
  actionStream,
  actsOnce,
  alertChannelDecider,
  alertChannelStream,
  alertStream,
  conditionOf,
  fold,
  possibleTriggers,
  mayHearOf,
  triggersOf,
  wantedRuns,
} from '@tocsin/domain';
import type { AlertAction, AlertChannelEvent, AlertEvent, AlertFact, AlertId, WantedRun } from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import type { Position } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import type { Cause } from '@tocsin/messaging';
import { derivedUuid } from '@tocsin/platform';
import type { Counter, Logger, Metrics } from '@tocsin/platform';
import { evolveAlertDocument } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { ConfigurationThen } from '../configuration-then';
import { ActionConditions } from './action-conditions';
import { ActionStreams } from './action-streams';
import { SharedReading } from './shared-reading';

/** A fact of an alert or of its own channel, and its place in the log. */
export interface FactAt {
  readonly event: AlertFact;
  readonly alertId: AlertId;
  readonly id: string;
  readonly position: Position;
}

/** A fact, how far its alert had come by it, and the channel that it is about, if it is about one. */
interface PlacedFact extends FactAt {
  readonly alertRevision: number;
  readonly channelId?: string;
}

/**
 * Sets off what actions are to do about a fact: once, however often it comes. The actions are those of the moment at which it
 * was recorded, so that one made later does not act for what was before it.
 */
export class ActionPlanner {
  private readonly upToDate: SharedReading;
  private readonly unmet: Counter<'type'>;

  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly configuration: ConfigurationReader;
      readonly streams: ActionStreams;
      readonly past: ConfigurationThen;
      readonly conditions: ActionConditions;
      readonly log: Logger;
    },
    metrics: Metrics,
  ) {
    this.unmet = metrics.counter({
      name: 'tocsin_alert_actions_unmet_total',
      help: 'Triggers of alert actions that did nothing, since the conditions of the action did not hold.',
      labels: ['type'],
    });
    this.upToDate = new SharedReading(() => parts.configuration.upToDate());
  }

  /** @throws EventStoreFault; MessageBusFault while it cannot be said which actions there are */
  async plan(fact: FactAt, cause: Cause): Promise<void> {
    const possible = possibleTriggers(fact.event);
    if (possible.length === 0) return;
    const { configuration, eventStore, past } = this.parts;
    await this.upToDate.now();
    const { alertId } = fact;
    const { at } = fact.event.data;
    const mayListen = ({ triggerTypes, updatedAt }: AlertAction): boolean =>
      updatedAt >= at || triggerTypes.some((trigger) => possible.includes(trigger));
    const actions = configuration.list('alertaction').filter(mayListen);
    if (actions.length === 0) return;
    const history = (await eventStore.readStream(alertStream(alertId))).filter(({ position }) => position <= fact.position);
    const events = history.map(eventOf<AlertEvent>);
    const alert = events.reduce<AlertDocument | undefined>(evolveAlertDocument, undefined);
    // It is in the archive.
    if (alert === undefined) return;
    const triggers = triggersOf(fact.event, events);
    if (triggers.length === 0) return;
    const { sourceId } = alert;
    const isByAction = fact.event.type === 'AlertAssigned' && fact.event.data.actionId !== undefined;
    const placed = { ...fact, alertRevision: history.at(-1)?.revision ?? 0, ...(await this.channelOf(fact)) };
    for (const known of actions) {
      const action = await past.get('alertaction', known.id, { at, position: fact.position });
      if (action === undefined || !mayHearOf(action, sourceId, configuration)) continue;
      for (const wanted of wantedRuns(action, { triggers, sourceId, at, isByAction }))
        if (await this.isToBe(action, wanted, fact, alert)) await this.setOff(action, wanted, placed, cause);
    }
  }

  /** What is to happen later asks for its conditions then. */
  private async isToBe(
    action: AlertAction,
    { trigger, dueAt }: WantedRun,
    { alertId, event, position }: FactAt,
    alert: AlertDocument,
  ): Promise<boolean> {
    const { at } = event.data;
    if (dueAt > at || conditionOf(action) === undefined) return true;
    if (await this.parts.conditions.heldThen(action, alert, { at, position })) return true;
    this.unmet.inc({ type: action.type });
    this.parts.log.info({ alertId, actionId: action.id, trigger }, 'alert action not set off: its conditions did not hold');
    return false;
  }

  private async setOff(action: AlertAction, { trigger, dueAt }: WantedRun, fact: PlacedFact, cause: Cause) {
    const { alertId, alertRevision, channelId } = fact;
    const { at } = fact.event.data;
    const stream = actionStream(alertId, action.id);
    const data = {
      alertId,
      actionId: action.id,
      trigger,
      deliveryId: derivedUuid('alert action', stream, fact.id, trigger),
      at,
      dueAt,
      // What is to happen later is about the alert as it will be then.
      ...(dueAt > at ? {} : { alertRevision }),
      ...(channelId === undefined ? {} : { channelId }),
    };
    await this.parts.streams.change(
      stream,
      { type: 'trigger', data, isOnce: actsOnce(action) },
      { ...cause, commandId: `${fact.id}:${trigger}` },
    );
  }

  private async channelOf({ event, alertId }: FactAt): Promise<Pick<PlacedFact, 'channelId'>> {
    if (event.type === 'AlertChannelMade') return { channelId: event.data.channelId };
    if (event.type !== 'AlertChannelArchived' && event.type !== 'AlertChannelDetached') return {};
    const stored = await this.parts.eventStore.readStream(alertChannelStream(alertId));
    const channel = fold(alertChannelDecider, stored.map(eventOf<AlertChannelEvent>));
    return 'channelId' in channel ? { channelId: channel.channelId } : {};
  }
}
