import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { topics } from '@tocsin/contracts';
import { EventStoreInBetween, START as LOG_START } from '@tocsin/event-store';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent } from '@tocsin/event-store';
import { MessageBusInBetween } from '@tocsin/messaging';
import type { MessageBus, OutgoingMessage } from '@tocsin/messaging';
import { createLogger, newUuid } from '@tocsin/platform';
import { World } from '../../acceptance/src/world';
import { randomSteps, RandomStory } from './random-story';
import { seed } from './seed';

jest.setTimeout(240_000);

/** What people see. */
const seenIn = async (world: World) => {
  await world.settle();
  const alerts = await world.alerts('?max-results=100');
  return {
    alerts,
    timelines: await Promise.all(alerts.map(({ id }) => world.timeline(id))),
    notifications: await Promise.all(alerts.map(async ({ id }) => (await world.get(`/api/alerts/${id}/notifications`)).body)),
    audit: (await world.get('/api/audit-log?max-results=100')).body,
    users: (await world.get('/api/users')).body,
    sources: (await world.get<{ name: string; status: string }[]>('/api/alert-sources')).body.map(({ name, status }) => [name, status]),
    policies: (await world.get('/api/escalation-policies')).body,
    mails: world.mail.all().map(({ to, subject }) => [to, subject]),
  };
};

const parkedIn = async (world: World): Promise<readonly { readonly id: string; readonly topic: string }[]> =>
  (await world.get<{ id: string; topic: string }[]>('/api/parked-messages?max-results=100')).body;

/** Every stream of the rules, in which a newer version may have something to say. */
const CATEGORIES = [
  ...['alert-', 'alertkey-', 'escalation-', 'notification-', 'action-', 'sourcelog-', 'archive-', 'erasure-'],
  ...['source-', 'policy-', 'schedule-', 'user-', 'team-', 'apikey-', 'connector-', 'alertaction-'],
];

const sayWhatNobodyKnows = async (world: World): Promise<number> => {
  const { eventStore } = world.platform;
  const { events } = await eventStore.readAll({ after: LOG_START, prefixes: CATEGORIES, limit: 10_000 });
  const streams = new Set(events.map(({ stream }) => stream));
  for (const stream of streams) {
    const metadata = {
      schemaVersion: 1,
      time: world.clock.now(),
      actor: { type: 'system', part: 'a newer version' } as const,
      correlationId: 'newer',
      causationId: 'newer',
    };
    const data = { at: world.clock.now(), newer: { of: [stream] } };
    await eventStore.append(stream, 'any', [{ id: newUuid(), type: 'SomethingNewer', data, metadata }]);
  }
  return streams.size;
};

describe('an event of a type that only a newer version knows, in every stream (P12)', () => {
  let world: World;
  let key: string;
  beforeEach(async () => {
    world = await World.start();
    const [ana, ben] = [await world.person('ana'), await world.person('ben')];
    const days = await world.shifts('Days', [{ userId: ben, start: '2026-01-05T00:00', end: '2026-01-12T00:00' }]);
    key = await world.source(
      await world.policy([
        { targets: [{ type: 'user', userId: ana }], timeoutMin: 5 },
        { targets: [{ type: 'schedule', scheduleId: days }], timeoutMin: 5 },
      ]),
    );
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'nothing' });
  });
  afterEach(() => world.stop());

  it('changes nothing of what is seen, now and when the views are made anew', async () => {
    const before = await seenIn(world);
    expect(await sayWhatNobodyKnows(world)).toBeGreaterThan(10);
    expect(await seenIn(world)).toEqual(before);
    await world.down('0s', () => rm(join(world.directory, 'views.db'), { force: true }));
    expect(await seenIn(world)).toEqual(before);
    expect(await parkedIn(world)).toEqual([]);
  });

  it('stops neither the escalation, nor events of the same key, nor an answer', async () => {
    await sayWhatNobodyKnows(world);
    await world.event(key, { summary: 'disk still full', alertKey: 'disk' });
    await world.advance('5m');
    expect(world.mailbox('ben').subjects).toHaveLength(1);
    await sayWhatNobodyKnows(world);
    await world.press(world.mailbox('ben').link('accept'));
    expect(await world.alerts()).toMatchObject([{ status: 'ACCEPTED', summary: 'disk still full' }]);
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'disk' });
    expect(await world.alerts()).toMatchObject([{ status: 'RESOLVED' }]);
    await world.event(key, { summary: 'disk full again', alertKey: 'disk' });
    expect(await world.alerts()).toHaveLength(2);
    expect(await parkedIn(world)).toEqual([]);
  });

  it('keeps neither old alerts from the archive nor a person from being erased', async () => {
    const archived = () => readdir(join(world.directory, 'archive')).catch(() => []);
    for (const count of [1, 2]) {
      await world.event(key, { summary: 'disk full', alertKey: 'disk' });
      await sayWhatNobodyKnows(world);
      await world.event(key, { eventType: 'RESOLVE', alertKey: 'disk' });
      await world.advance('401d');
      expect(await archived()).toHaveLength(count);
      expect(await world.alerts()).toEqual([]);
    }
    const gone = await world.person('gone');
    await sayWhatNobodyKnows(world);
    expect((await world.delete(`/api/users/${gone}`)).status).toBe(204);
    await world.settle();
    expect(await world.platform.eventStore.readLast(`user-${gone}`)).toBeUndefined();
    expect(await parkedIn(world)).toEqual([]);
  });

  it('is still there for whoever knows it', async () => {
    const count = await sayWhatNobodyKnows(world);
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    await world.down('1h');
    const { events } = await world.platform.eventStore.readAll({ after: LOG_START, prefixes: CATEGORIES, limit: 10_000 });
    expect(events.filter(({ type }) => type === 'SomethingNewer')).toHaveLength(count);
  });
});

describe('a message of a type that only a newer version knows (P12)', () => {
  const ONLY_ON_THE_BUS = [topics.toolEvents, topics.alertCommands, topics.resolutions, topics.notificationCommands];

  it('is kept, parked, where only the bus holds it, and holds up nobody', async () => {
    const world = await World.start();
    try {
      const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: await world.person('ana') }] }]));
      for (const topic of ONLY_ON_THE_BUS) {
        const id = newUuid();
        const newer = { id, key: 'k', type: 'SomethingNewer', schemaVersion: 1, time: world.clock.now(), data: { of: [topic] } };
        await world.platform.bus.publish(topic, [{ ...newer, correlationId: id, causationId: id }]);
      }
      await world.event(key, { summary: 'disk full', alertKey: 'disk' });
      expect(world.mailbox('ana').subjects).toHaveLength(1);
      expect((await parkedIn(world)).map(({ topic }) => topic).toSorted()).toEqual([...ONLY_ON_THE_BUS].toSorted());
    } finally {
      await world.stop();
    }
  });
});

const NEWER = { newerField: { since: 'the next version', with: [1, null] } };

/** Writes what a newer version would: each event has fields of which this one has never heard. */
class NewerStore extends EventStoreInBetween {
  override append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const newer = events.map((event) => ({
      ...event,
      data: { ...(event.data as object), ...NEWER },
      metadata: { ...event.metadata, ...NEWER },
    }));
    return super.append(stream, expected, /^(id|lease)/.test(stream) ? events : newer);
  }
}

class NewerBus extends MessageBusInBetween {
  override publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const newer = messages.map((message) => ({
      ...message,
      ...NEWER,
      data: message.data === null ? null : { ...(message.data as object), ...NEWER },
    }));
    return super.publish(topic, newer);
  }
}

class LossyBus extends MessageBusInBetween {
  override publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const without = ({ data, ...message }: OutgoingMessage): OutgoingMessage => {
      const { responders: _gone, ...rest } = data as Record<string, unknown>;
      return { ...message, data: rest };
    };
    return super.publish(topic, topic === topics.resolutions ? messages.map(without) : messages);
  }
}

describe('fields that only a newer version knows, in every event and message (P12)', () => {
  const told = async (parts: Parameters<typeof World.start>[0], length = 60) => {
    const world = await World.start(parts);
    try {
      await (await RandomStory.in(world)).tell(randomSteps(seed, length));
      const parked = await parkedIn(world);
      const { timelines, ...seen } = await seenIn(world);
      // What happens at one instant may cross.
      return { ...seen, parked, timelines: timelines.map((lines) => lines.toSorted()) };
    } finally {
      await world.stop();
    }
  };

  it('change nothing of a random story', async () => {
    const usual = await told({});
    const newer = await told({
      around: { eventStore: (inner: EventStore) => new NewerStore(inner), bus: (inner: MessageBus) => new NewerBus(inner) },
    });
    expect(newer).toEqual(usual);
    expect(newer.mails.length).toBeGreaterThan(0);
    expect(newer.parked).toEqual([]);
  });

  it('turn the check red where the newer version leaves out one that this one needs', async () => {
    const { parked } = await told(
      { log: createLogger({ level: 'silent' }), around: { bus: (inner: MessageBus) => new LossyBus(inner) } },
      0,
    );
    expect(parked.map(({ topic }) => topic)).toContain(topics.resolutions);
  });
});
