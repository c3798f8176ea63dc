import type { LogFilterType, PublicLogEntry, ResourceLookup, TextLanguage } from '@tocsin/contracts';
import { alertChannelStream, alertStream, escalationStream, rejected, slackPostStream, toIso } from '@tocsin/domain';
import type {
  ActionEvent,
  AlertChannelEvent,
  AlertEvent,
  AlertId,
  EscalationEvent,
  NotificationEvent,
  NotificationEventOf,
  SlackPostEvent,
} from '@tocsin/domain';
import { eventOf, EventStore } from '@tocsin/event-store';
import type { Position, StoredEvent } from '@tocsin/event-store';
import { Views } from '@tocsin/platform';
import { ALERT_ACTIONS_VIEW, NOTIFICATIONS_VIEW, ReadStore } from '@tocsin/read-models';
import type { AlertActionDocument, NotificationDocument } from '@tocsin/read-models';
import { actionLines } from './action-lines';
import { alertChannelLines } from './alert-channel-lines';
import { alertLines } from './alert-lines';
import { Names } from './log-entry';
import type { TimelineLine } from './log-entry';
import { escalationLines, notificationLines } from './other-lines';
import { slackLines } from './slack-lines';

export interface TimelineQuery {
  readonly language: TextLanguage;
  /** Empty: all. */
  readonly filterTypes: readonly LogFilterType[];
  readonly skip: number;
  readonly limit: number;
}

/** More notifications, or actions, than this on one alert are not read for its timeline. */
const MOST_STREAMS = 1_000;

/**
 * Why was I (not) paged: the alert's, its escalation's, its notifications' and its actions' streams, and that of its messages in
 * Slack, told in the order of the log. It is
 * derived when it is read: nothing has to be kept, and it cannot disagree with the log.
 */
export class Timeline {
  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly readStore: ReadStore;
      readonly views: Views;
      readonly visibleWithinMs: number;
    },
  ) {}

  /** Newest first, with the names that whoever reads it sees. @throws Rejection `alert-not-found`, EventStoreFault, ReadStoreFault */
  async entries(
    alertId: AlertId,
    { language, filterTypes, skip, limit }: TimelineQuery,
    seen: ResourceLookup,
  ): Promise<readonly PublicLogEntry[]> {
    const lines = await this.lines(alertId, new Names(seen));
    const numbered = lines.map(({ at, logEntryType, filterTypes: types, vars, text }, index): PublicLogEntry => ({
      id: index + 1,
      timestamp: toIso(at),
      logEntryType,
      text: text[language],
      alertId,
      filterTypes: types,
      vars,
    }));
    const wanted =
      filterTypes.length === 0 ? numbered : numbered.filter((entry) => entry.filterTypes.some((type) => filterTypes.includes(type)));
    return wanted.reverse().slice(skip, skip + limit);
  }

  /**
   * Everything up to one position of the log, and nothing behind it: what is appended while the streams are read, one after
   * the other, would come before lines that were numbered already.
   */
  private async lines(alertId: AlertId, names: Names): Promise<readonly TimelineLine[]> {
    const { eventStore } = this.parts;
    const head = await eventStore.head();
    const [alert, escalation, slack, channel, notifications, actions] = await Promise.all([
      this.upTo(head, alertStream(alertId)),
      this.upTo(head, escalationStream(alertId)),
      this.upTo(head, slackPostStream(alertId)),
      this.upTo(head, alertChannelStream(alertId)),
      this.notifications(alertId, head),
      this.actions(alertId, head),
    ]);
    if (alert.length === 0) throw rejected('alert-not-found', `there is no alert ${alertId}`);
    const told = [
      ...alert.map((stored) => ({ stored, lines: alertLines(eventOf<AlertEvent>(stored), names) })),
      ...escalation.map((stored) => ({ stored, lines: escalationLines(eventOf<EscalationEvent>(stored)) })),
      ...slackStreamLines(slack),
      ...channel.map((stored) => ({ stored, lines: alertChannelLines(eventOf<AlertChannelEvent>(stored), names) })),
      ...notifications.flatMap((stream) => notificationStreamLines(stream, names)),
      ...actions.flatMap((stream) => actionStreamLines(stream, names)),
    ];
    return told.sort((a, b) => (a.stored.position < b.stored.position ? -1 : 1)).flatMap(({ lines }) => lines);
  }

  private async notifications(alertId: AlertId, head: Position): Promise<readonly (readonly StoredEvent[])[]> {
    const { readStore, views, visibleWithinMs } = this.parts;
    await views.waitFor(NOTIFICATIONS_VIEW, head, visibleWithinMs);
    const documents = await readStore.find<NotificationDocument>(NOTIFICATIONS_VIEW, {
      in: { alert: [alertId] },
      sort: [{ field: 'notificationId', descending: false }],
      skip: 0,
      limit: MOST_STREAMS,
    });
    return Promise.all(documents.map(({ id }) => this.upTo(head, id)));
  }

  private async actions(alertId: AlertId, head: Position): Promise<readonly (readonly StoredEvent[])[]> {
    const { readStore, views, visibleWithinMs } = this.parts;
    await views.waitFor(ALERT_ACTIONS_VIEW, head, visibleWithinMs);
    const documents = await readStore.find<AlertActionDocument>(ALERT_ACTIONS_VIEW, {
      in: { alert: [alertId] },
      sort: [{ field: 'action', descending: false }],
      skip: 0,
      limit: MOST_STREAMS,
    });
    return Promise.all(documents.map(({ id }) => this.upTo(head, id)));
  }

  private async upTo(head: Position, stream: string): Promise<readonly StoredEvent[]> {
    return (await this.parts.eventStore.readStream(stream)).filter(({ position }) => position <= head);
  }
}

const slackStreamLines = (stream: readonly StoredEvent[]) => {
  const events = stream.map((stored) => ({ stored, event: eventOf<SlackPostEvent>(stored) }));
  const channels = new Map(
    events.flatMap(({ event: { type, data } }) => (type === 'SlackPostPlanned' ? [[data.linkId, data.channelId] as const] : [])),
  );
  return events.map(({ stored, event }) => ({ stored, lines: slackLines(event, channels) }));
};

const notificationStreamLines = (stream: readonly StoredEvent[], names: Names) => {
  const [first] = stream;
  const planned = first === undefined ? undefined : eventOf<NotificationEvent>(first);
  if (planned?.type !== 'NotificationPlanned') return [];
  const { data }: NotificationEventOf<'NotificationPlanned'> = planned;
  const second = stream[1] === undefined ? undefined : eventOf<NotificationEvent>(stream[1]);
  // What was held for good from the beginning was never going to be sent: only the reason is told.
  const told = second?.type === 'NotificationHeld' && second.data.until === undefined ? stream.slice(1) : stream;
  return told.map((stored) => ({ stored, lines: notificationLines(eventOf<NotificationEvent>(stored), data, names) }));
};

const actionStreamLines = (stream: readonly StoredEvent[], names: Names) => {
  const events = stream.map((stored) => ({ stored, event: eventOf<ActionEvent>(stored) }));
  const triggered = new Map(events.flatMap(({ event }) => (event.type === 'ActionTriggered' ? [[event.data.run, event.data]] : [])));
  return events.map(({ stored, event }) => ({ stored, lines: actionLines(event, triggered, names) }));
};
