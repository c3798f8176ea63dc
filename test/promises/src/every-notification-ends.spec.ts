import { evolveNotification, initialNotification, isFinal, nextNotificationDue, notificationDueOf } from '@tocsin/domain';
import type { Instant, Notification, NotificationEvent } from '@tocsin/domain';
import { EventStoreInBetween } from '@tocsin/event-store';
import type {
  AllPage,
  AppendResult,
  EventStore,
  ExpectedRevision,
  NewEvent,
  Position,
  StoredEvent,
  Subscription,
} from '@tocsin/event-store';
import { newUuid } from '@tocsin/platform';
import type { StandaloneParts } from '@tocsin/standalone';
import { World } from '../../acceptance/src/world';
import { eventsOf } from './around';
import { randomSteps, RandomStory } from './random-story';
import { seed } from './seed';

jest.setTimeout(120_000);

const shape = ({ type, data }: StoredEvent): NotificationEvent => ({ type, data }) as NotificationEvent;

const byStream = (events: readonly StoredEvent[]): ReadonlyMap<string, readonly StoredEvent[]> => {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  return streams;
};

const ends = (events: readonly NotificationEvent[]): number => {
  let state: Notification = initialNotification;
  let count = 0;
  for (const event of events) {
    const wasFinal = isFinal(state);
    const before = state;
    state = evolveNotification(state, event);
    // What happens to a page after its end is a second end, unless it says that the page crossed the answer.
    const isCrossing = before.status === 'cancelled' && event.type === 'HandedOver' && before.possiblyHandedOver;
    if (isFinal(state) && !isCrossing && (!wasFinal || state !== before || event.type !== 'HandedOver')) count += 1;
  }
  return count;
};

/** What is wrong with the notifications on record, one line each. */
const complaints = (streams: ReadonlyMap<string, readonly StoredEvent[]>, now: Instant): readonly string[] =>
  [...streams].flatMap(([stream, stored]) => {
    const events = stored.map(shape);
    const state = events.reduce(evolveNotification, initialNotification as Notification);
    const last = events.at(-1);
    const count = ends(events);
    if (isFinal(state)) return count === 1 ? [] : [`${stream} has ${count} ends`];
    const due = nextNotificationDue(state);
    if (count > 0 || due === null) return [`${stream} is ${state.status} and nothing will wake it`];
    if (due < now) return [`${stream} is ${state.status} and overdue`];
    return last !== undefined && notificationDueOf(last)?.dueAt === due ? [] : [`${stream} is due at ${due}, its timer is not`];
  });

/** A story that has pages for the broken stores to break: another short one may have none. */
const TROUBLED_STORY = 1;

/** Says the end of each page twice. */
class StutteringStore extends EventStoreInBetween {
  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const result = await super.append(stream, expected, events);
    const [first] = events;
    if (first?.type !== 'HandedOver') return result;
    return super.append(stream, 'any', [
      { ...first, id: newUuid(), type: 'NotificationFailed', data: { at: first.metadata.time, reason: 'stutter' } },
    ]);
  }
}

/** Tells nobody who follows the log of new pages, so that no timer is set for them. */
class SilentStore extends EventStoreInBetween {
  override follow(
    from: Position,
    prefixes: readonly string[],
    onBatch: (page: AllPage) => Promise<void>,
    onEnd: (error: Error) => void,
  ): Subscription {
    const isOfPages = prefixes.includes('notification-') && !prefixes.includes('archive-');
    const heard = (page: AllPage): AllPage =>
      isOfPages ? { ...page, events: page.events.filter(({ type }) => type !== 'NotificationPlanned') } : page;
    return super.follow(from, prefixes, (page) => onBatch(heard(page)), onEnd);
  }
}

const told = async (
  parts: StandaloneParts,
  storySeed: number,
  length = 60,
): Promise<{ readonly world: World; notifications(): Promise<ReadonlyMap<string, readonly StoredEvent[]>> }> => {
  const world = await World.start(parts);
  const story = await RandomStory.in(world);
  await story.tell(randomSteps(storySeed, length));
  return { world, notifications: async () => byStream(await eventsOf(world.platform.eventStore, 'notification-')) };
};

describe('the notifications of a random story (P7)', () => {
  it.each([0, 1, 2])('have one end each, or are due; and all have ended two days later (story %i)', async (more) => {
    const { world, notifications } = await told({}, seed + more);
    expect((await notifications()).size).toBeGreaterThan(0);
    expect(complaints(await notifications(), world.clock.now())).toEqual([]);
    world.mail.refuse({ code: 0, times: 0 });
    await world.advance('48h');
    const later = await notifications();
    expect(complaints(later, world.clock.now())).toEqual([]);
    const states = [...later.values()].map((events) => events.map(shape).reduce(evolveNotification, initialNotification as Notification));
    expect(states.filter((state) => !isFinal(state))).toEqual([]);
    await world.stop();
  });

  it('turn the check red where a page is told to have failed after it was handed over', async () => {
    const { world, notifications } = await told(
      { around: { eventStore: (inner: EventStore) => new StutteringStore(inner) } },
      TROUBLED_STORY,
      20,
    );
    expect(complaints(await notifications(), world.clock.now())).not.toEqual([]);
    await world.stop();
  });

  it('turn the check red where no timer is set for them: they are overdue, and nobody is paged', async () => {
    const { world, notifications } = await told(
      { around: { eventStore: (inner: EventStore) => new SilentStore(inner) } },
      TROUBLED_STORY,
      20,
    );
    await world.advance('2h');
    expect(complaints(await notifications(), world.clock.now())).toContainEqual(expect.stringContaining('overdue'));
    await world.stop();
  });
});
