import { START } from '@tocsin/event-store';
import type { EventStore, StoredEvent } from '@tocsin/event-store';
import type { AlertEvent, EscalationEvent, NotificationEvent, NotificationEventOf } from '@tocsin/domain';

const LOOKED_AT_ONCE = 1_000;

/** All that became of tools' events, in the order of the log. */
export const eventsOfTools = async (eventStore: EventStore): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (let after = START, atHead = false; !atHead;) {
    const page = await eventStore.readAll({
      after,
      prefixes: ['alert-', 'sourcelog-', 'escalation-', 'notification-'],
      limit: LOOKED_AT_ONCE,
    });
    events.push(...page.events);
    ({ next: after, atHead } = page);
  }
  return events;
};

/** One of the domain's events with its place in the log. */
export type Recorded<Event extends { readonly type: string; readonly data: unknown }> = Event & Omit<StoredEvent, 'type' | 'data'>;

export interface PageRecord {
  readonly stream: string;
  readonly plan: NotificationEventOf<'NotificationPlanned'>['data'];
  /** The plan among them. */
  readonly events: readonly Recorded<NotificationEvent>[];
}

/** What the log has of one alert: its own facts, its escalation, and everything that was sent for it. */
export interface AlertRecord {
  readonly id: number;
  readonly facts: readonly Recorded<AlertEvent>[];
  readonly escalation: readonly Recorded<EscalationEvent>[];
  /** In the order in which they were planned. */
  readonly pages: readonly PageRecord[];
}

export const recordsOf = (events: readonly StoredEvent[]): readonly AlertRecord[] => {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const before = streams.get(event.stream);
    if (before === undefined) streams.set(event.stream, [event]);
    else before.push(event);
  }
  const pages = new Map<number, PageRecord[]>();
  for (const [stream, ofStream] of streams) {
    const page = pageOf(stream, ofStream as unknown as Recorded<NotificationEvent>[]);
    const alertId = page?.plan.alertId;
    if (page !== undefined && alertId !== undefined) pages.set(alertId, [...(pages.get(alertId) ?? []), page]);
  }
  return [...streams].flatMap(([stream, facts]) => {
    const id = Number(/^alert-(\d+)$/.exec(stream)?.[1] ?? Number.NaN);
    if (Number.isNaN(id)) return [];
    const escalation = streams.get(`escalation-${id}`) ?? [];
    return [
      {
        id,
        facts: facts as unknown as Recorded<AlertEvent>[],
        escalation: escalation as unknown as Recorded<EscalationEvent>[],
        pages: pages.get(id) ?? [],
      },
    ];
  });
};

const pageOf = (stream: string, events: readonly Recorded<NotificationEvent>[]): PageRecord | undefined => {
  const [first] = events;
  return stream.startsWith('notification-') && first?.type === 'NotificationPlanned' ? { stream, plan: first.data, events } : undefined;
};

/** The facts of an alert of this kind. */
export const ofType = <Event extends { readonly type: string }, Type extends Event['type']>(
  events: readonly Event[],
  ...types: readonly Type[]
): readonly Extract<Event, { readonly type: Type }>[] =>
  events.filter((event): event is Extract<Event, { readonly type: Type }> => types.includes(event.type as Type));
