import type { ToolEvent } from '@tocsin/contracts';
import type { AlertEvent, AlertSourceId } from '@tocsin/domain';
import { normaliseAlertKey } from '@tocsin/domain';
import { EventStoreInBetween } from '@tocsin/event-store';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent, StoredEvent } from '@tocsin/event-store';
import type { Message } from '@tocsin/messaging';
import { Metrics, newUuid } from '@tocsin/platform';
import fc from 'fast-check';
import { World } from '../../acceptance/src/world';
import { AlertMetrics } from '../../../apps/alerts/src/alert-metrics';
import { AlertStreams } from '../../../apps/alerts/src/alert-streams';
import { SourceLog } from '../../../apps/alerts/src/source-log';
import { ToolEvents } from '../../../apps/alerts/src/tool-events';
import { eventsOf } from './around';
import { seed } from './seed';

jest.setTimeout(120_000);

/** Lets both handlers read the guard before either of them appends to it. */
class BarrierStore extends EventStoreInBetween {
  private waiting: (() => void)[] = [];

  constructor(
    inner: EventStore,
    private readonly parties: number,
  ) {
    super(inner);
  }

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    if (stream.startsWith('alertkey-') && this.waiting.length < this.parties) await this.meet();
    return super.append(stream, expected, events);
  }

  private meet(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.waiting.length === this.parties) for (const go of this.waiting) go();
    });
  }
}

/** A guard that guards nothing: whoever comes may append. */
class UnguardedStore extends BarrierStore {
  override append(stream: string, _expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    return super.append(stream, 'any', events);
  }
}

/** Each call takes its turn some steps later, as the seed says. */
class ShuffledStore extends EventStoreInBetween {
  constructor(
    inner: EventStore,
    private readonly steps: () => number,
  ) {
    super(inner);
  }

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    await this.wait();
    return super.append(stream, expected, events);
  }

  override async readStream(stream: string, options?: { from?: number; limit?: number }): Promise<readonly StoredEvent[]> {
    await this.wait();
    const read = await super.readStream(stream, options);
    await this.wait();
    return read;
  }

  private async wait(): Promise<void> {
    for (let left = this.steps(); left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
  }
}

class UnguardedShuffledStore extends ShuffledStore {
  override append(stream: string, _expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    return super.append(stream, 'any', events);
  }
}

const toolEvent = (sourceId: AlertSourceId, offset: number, event: Pick<ToolEvent, 'eventType' | 'alertKey'>): Message<ToolEvent> => {
  const id = newUuid();
  return {
    id,
    key: `${sourceId}`,
    type: 'ToolEvent',
    schemaVersion: 1,
    time: 0 as never,
    correlationId: id,
    causationId: id,
    topic: 'tool-events',
    epoch: 'epoch',
    partition: 0,
    offset,
    data: { ...event, summary: 'disk full', sourceId, sourceRevision: 0, integrationType: 'API', receivedAt: 0 as never },
  };
};

/** The most alerts of one key that were open at the same time, at any moment of the log. */
const mostOpenPerKey = (events: readonly StoredEvent[], sourceId: AlertSourceId): number => {
  const keyOf = new Map<number, string>();
  const open = new Map<string, Set<number>>();
  let most = 0;
  for (const { type, data } of events) {
    const event = { type, data } as AlertEvent;
    if (event.type === 'AlertRaised' && event.data.sourceId === sourceId) {
      const key = normaliseAlertKey(event.data.alertKey) ?? '';
      keyOf.set(event.data.alertId, key);
      const ofKey = (open.get(key) ?? new Set<number>()).add(event.data.alertId);
      open.set(key, ofKey);
      most = Math.max(most, ofKey.size);
    }
    if (event.type === 'AlertResolved') open.get(keyOf.get(event.data.alertId) ?? '')?.delete(event.data.alertId);
  }
  return most;
};

describe('two handlers over one store (P2)', () => {
  let world: World;
  beforeAll(async () => void (world = await World.start({ channelsFor: () => [] })));
  afterAll(() => world.stop());

  const newSource = async (): Promise<AlertSourceId> => world.sourceId(await world.source(await world.policy([])));
  const handlers = (eventStore: EventStore, count: number): readonly ToolEvents[] =>
    Array.from({ length: count }, () => {
      const { configuration, ids, clock, readStore, views, log } = world.platform;
      const alerts = new AlertStreams({
        eventStore,
        readStore,
        views,
        clock,
        visibleWithinMs: 0,
        metrics: new AlertMetrics(new Metrics(), readStore),
      });
      return new ToolEvents({ eventStore, configuration, ids, clock, alerts, sourceLog: new SourceLog({ eventStore, clock, log }) });
    });
  const take = async (by: ToolEvents, message: Message<ToolEvent>): Promise<string> =>
    message.data === null ? 'empty' : (await by.take(message, message.data)).type;

  /** Both have read that the key is free before either says that it takes it. */
  const race = async (store: EventStore): Promise<{ readonly opened: number; readonly mostOpen: number }> => {
    const sourceId = await newSource();
    const [one, other] = handlers(store, 2) as [ToolEvents, ToolEvents];
    const outcomes = await Promise.all([
      take(one, toolEvent(sourceId, 1, { eventType: 'ALERT', alertKey: 'disk' })),
      take(other, toolEvent(sourceId, 2, { eventType: 'ALERT', alertKey: ' DISK' })),
    ]);
    const events = await eventsOf(world.platform.eventStore, 'alert-');
    return { opened: outcomes.filter((outcome) => outcome === 'opened').length, mostOpen: mostOpenPerKey(events, sourceId) };
  };

  it('that both read before either appends open one alert, and the other event joins it', async () => {
    expect(await race(new BarrierStore(world.platform.eventStore, 2))).toEqual({ opened: 1, mostOpen: 1 });
  });

  it('turn the check red where the guard is appended to at any revision', async () => {
    expect(await race(new UnguardedStore(world.platform.eventStore, 2))).toEqual({ opened: 2, mostOpen: 2 });
  });

  const delivered = fc.record({
    alertKey: fc.constantFrom('disk', 'DISK ', 'memory'),
    eventType: fc.constantFrom('ALERT', 'ALERT', 'RESOLVE', 'ACCEPT') as fc.Arbitrary<ToolEvent['eventType']>,
    handler: fc.nat({ max: 2 }),
    again: fc.nat({ max: 1 }),
  });
  const concurrently = (make: (inner: EventStore, steps: () => number) => EventStore, numRuns: number) =>
    fc.check(
      fc.asyncProperty(
        fc.array(delivered, { minLength: 4, maxLength: 14 }),
        fc.infiniteStream(fc.nat({ max: 4 })),
        async (deliveries, steps) => {
          const sourceId = await newSource();
          const store = make(world.platform.eventStore, () => steps.next().value as number);
          const three = handlers(store, 3);
          const work = deliveries.flatMap(({ handler, again, ...event }, index) => {
            const message = toolEvent(sourceId, index, event);
            return Array.from({ length: 1 + again }, (_, time) => take(three[(handler + time) % 3]!, message));
          });
          await Promise.all(work);
          return mostOpenPerKey(await eventsOf(world.platform.eventStore, 'alert-'), sourceId) <= 1;
        },
      ),
      { seed, numRuns, endOnFailure: true },
    );

  it('never have two alerts of one key open, whatever is delivered to whom, how often and how it interleaves', async () => {
    const { failed, counterexample, seed: used } = await concurrently((inner, steps) => new ShuffledStore(inner, steps), 40);
    expect({ failed, counterexample, used }).toMatchObject({ failed: false });
  });

  it('turn the property red where the guard is appended to at any revision', async () => {
    const { failed } = await concurrently((inner, steps) => new UnguardedShuffledStore(inner, steps), 40);
    expect(failed).toBe(true);
  });
});
