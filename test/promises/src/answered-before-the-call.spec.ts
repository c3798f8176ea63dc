import { Channel } from '@tocsin/channels';
import type { OutgoingMessage, SendOutcome } from '@tocsin/channels';
import type { AlertEvent } from '@tocsin/domain';
import { EventStoreInBetween } from '@tocsin/event-store';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent, StoredEvent } from '@tocsin/event-store';
import { World } from '../../acceptance/src/world';
import { eventsOf } from './around';

jest.setTimeout(120_000);

/** The moments of an attempt at which an answer may be recorded, in their order. */
const moments = ['planned', 'due', 'attempt-to-be-recorded', 'attempt-recorded', 'alert-to-be-read', 'alert-read', 'handed-over'] as const;
type Moment = (typeof moments)[number];

/** Answers that are on record before the alert is read keep the provider from being called; later ones cross. */
const keepsFromCalling: ReadonlySet<Moment> = new Set(moments.slice(0, moments.indexOf('alert-read')));

/** Stops the world's first attempt at one moment, until whoever waits for that has done what they came for. */
class Stage {
  private reached: (() => void) | undefined;
  private readonly arrival = new Promise<void>((resolve) => (this.reached = resolve));
  private goOn: (() => void) | undefined;
  private readonly leave = new Promise<void>((resolve) => (this.goOn = resolve));
  /** What the attempt has come to so far. */
  passed: 'nothing' | Moment = 'nothing';

  constructor(private readonly moment: Moment) {}

  async at(moment: Moment): Promise<void> {
    if (this.passed !== 'nothing' && moments.indexOf(moment) <= moments.indexOf(this.passed)) return;
    this.passed = moment;
    if (moment !== this.moment) return;
    this.reached?.();
    await this.leave;
  }

  /** Resolves when the attempt stands at the moment. */
  async arrived(): Promise<void> {
    await this.arrival;
  }

  release(): void {
    this.goOn?.();
  }
}

const isAttempt = (events: readonly NewEvent[]): boolean => events.some(({ type }) => type === 'AttemptStarted');

class StagedStore extends EventStoreInBetween {
  constructor(
    inner: EventStore,
    protected readonly stage: Stage,
  ) {
    super(inner);
  }

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    if (!isAttempt(events)) return super.append(stream, expected, events);
    await this.stage.at('attempt-to-be-recorded');
    const result = await super.append(stream, expected, events);
    await this.stage.at('attempt-recorded');
    return result;
  }

  override async readStream(stream: string, options?: { from?: number; limit?: number }): Promise<readonly StoredEvent[]> {
    // Delivery reads the alert from its beginning right after it recorded the attempt; nothing else runs in the world then.
    const isCheck = stream.startsWith('alert-') && options === undefined && this.stage.passed === 'attempt-recorded';
    if (isCheck) await this.stage.at('alert-to-be-read');
    const events = await super.readStream(stream, options);
    if (isCheck) await this.stage.at('alert-read');
    return events;
  }
}

/** As if the alert were read before the attempt is recorded: what was said in between is not seen. */
class RashStore extends StagedStore {
  private before: readonly StoredEvent[] | undefined;

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    if (isAttempt(events)) this.before ??= await this.inner.readStream(`alert-${stream.split('-')[1]}`);
    return super.append(stream, expected, events);
  }

  override async readStream(stream: string, options?: { from?: number; limit?: number }): Promise<readonly StoredEvent[]> {
    const events = await super.readStream(stream, options);
    return stream.startsWith('alert-') && options === undefined && this.before !== undefined ? this.before : events;
  }
}

class CountingChannel extends Channel {
  readonly method = 'EMAIL';
  readonly provider = 'counting';
  calls = 0;

  constructor(private readonly stage: Stage) {
    super();
  }

  async send(_message: OutgoingMessage): Promise<SendOutcome> {
    this.calls += 1;
    await this.stage.at('handed-over');
    return { type: 'handed-over', receiptExpected: false };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

interface Outcome {
  readonly calls: number;
  readonly ends: readonly string[];
}

/** The alert is answered while the first attempt of its page stands at the moment. */
const answeredAt = async (
  moment: Moment,
  answer: 'accept' | 'resolve',
  storeOf: (inner: EventStore, stage: Stage) => EventStore,
): Promise<Outcome> => {
  const stage = new Stage(moment);
  const channel = new CountingChannel(stage);
  const world = await World.start({ channelsFor: () => [channel], around: { eventStore: (inner) => storeOf(inner, stage) } });
  const ana = await world.person('ana', { preferences: [{ type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 1 }] });
  const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 600 }]));
  await world.event(key, { summary: 'disk full', alertKey: 'disk' });
  const { id } = await world.alert();
  const give = async (): Promise<void> => expect((await world.put(`/api/alerts/${id}/${answer}`)).status).toBe(200);
  if (moment === 'planned') await give();
  const wound = world.advance('1m');
  if (moment === 'due') await give();
  if (moment !== 'planned' && moment !== 'due') {
    await stage.arrived();
    await give();
    stage.release();
  }
  await wound;
  await world.advance('1h');
  const events = await eventsOf(world.platform.eventStore, `notification-`);
  const answered = (await world.platform.eventStore.readStream(`alert-${id}`, { from: 0 })).map(
    ({ type, data }) => ({ type, data }) as AlertEvent,
  );
  expect(answered.map(({ type }) => type)).toContain(answer === 'accept' ? 'AlertAccepted' : 'AlertResolved');
  await world.stop();
  return {
    calls: channel.calls,
    ends: events.map(({ type }) => type).filter((type) => ['HandedOver', 'NotificationCancelled', 'NotificationFailed'].includes(type)),
  };
};

describe('an answer that is recorded while a page is attempted (P5, B9)', () => {
  const cases = moments.flatMap((moment) => (['accept', 'resolve'] as const).map((answer) => [answer, moment] as const));

  it.each(cases)('%s, when the attempt is %s: the provider is called only where the alert had been read before', async (answer, moment) => {
    const { calls, ends } = await answeredAt(moment, answer, (inner, stage) => new StagedStore(inner, stage));
    if (moment === 'due') expect(calls).toBeLessThanOrEqual(1);
    else expect(calls).toBe(keepsFromCalling.has(moment) ? 0 : 1);
    // One end, and where the page crossed the answer both are on record.
    expect(ends).toContain(calls === 0 ? 'NotificationCancelled' : 'HandedOver');
    expect(ends.filter((end) => end === 'HandedOver').length).toBeLessThanOrEqual(1);
  });

  it.each(['attempt-to-be-recorded', 'attempt-recorded', 'alert-to-be-read'] as const)(
    'turns the check red where the alert is read before the attempt is recorded: %s',
    async (moment) => {
      const { calls } = await answeredAt(moment, 'accept', (inner, stage) => new RashStore(inner, stage));
      expect(calls).toBe(1);
    },
  );
});
