import { topics } from '@tocsin/contracts';
import { EventStoreInBetween } from '@tocsin/event-store';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent } from '@tocsin/event-store';
import { MessageBusInBetween } from '@tocsin/messaging';
import type { BusConnection, Message, MessageBus, MessageReceiver, OutgoingMessage } from '@tocsin/messaging';
import fc from 'fast-check';
import { Exploring } from './testing/crashes/exploration';
import type { Pair } from './testing/crashes/exploration';
import { Installation } from './testing/crashes/installation';
import type { Broken } from './testing/crashes/installation';
import type { End } from './testing/crashes/life';
import { stories } from './testing/crashes/stories';
import type { Story } from './testing/crashes/story';

const isFull = process.env['TOCSIN_TEST_FULL'] === '1';
jest.setTimeout(isFull ? 1_800_000 : 900_000);

/** In every run the same pairs of crashes, so that it turns red by what was changed; in the long one always others. */
const seed = Number(process.env['SEED'] ?? (isFull ? Date.now() % 2 ** 31 : 1));
const PAIRS = isFull ? 200 : 6;
process.stdout.write(`every crash: SEED=${seed}\n`);

const someOf = (pairs: readonly Pair[]): readonly Pair[] => {
  const length = Math.min(PAIRS, pairs.length);
  return fc.sample(fc.shuffledSubarray([...pairs], { minLength: length, maxLength: length }), { seed, numRuns: 1 })[0] ?? [];
};

const [first, ...others] = stories;
const having = (call: string): Story => stories.find(({ has }) => has.includes(call)) as Story;
const named = (all: readonly (Story | undefined)[]) => all.flatMap((story) => (story === undefined ? [] : [[story.name, story] as const]));

/** What only spares the next process work is alike in all stories: in every run it is tried in one of them, in the long one in all. */
const isOfTheStory = ({ call }: End): boolean => isFull || !/^(?:apply|commit) /.test(call);

describe('a message on its way, with a crash before and after every call to the outside', () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await Installation.open();
  });
  afterEach(() => installation.close());

  const explored = async (story: Story, isOne: (end: End) => boolean): Promise<void> => {
    const exploring = await Exploring.begin(installation, story);
    expect(exploring.calls).toEqual(expect.arrayContaining([...story.has]));
    expect((await exploring.once(isOne)).findings).toEqual([]);
    const once = 2 * story.has.filter((call) => isOne({ call, nth: 1, when: 'before' })).length;
    expect(exploring.crashes).toBeGreaterThanOrEqual(once);
    await exploring.twiceIn(someOf, isOfTheStory);
    expect(exploring.findings).toEqual([]);
    expect(exploring.crashes).toBeGreaterThanOrEqual(once + PAIRS);
    expect(exploring.missed).toBeLessThanOrEqual(PAIRS / 4);
  };
  it.each(named([first]))('%s: nothing is lost, and what may come twice says so', (_name, story) => explored(story, () => true));
  it.each(named(others))('%s: nothing is lost, and what may come twice says so', (_name, story) => explored(story, isOfTheStory));

  // Above, a second crash comes in some of all pairs of places; here in all that there are of one kind.
  describe('and a second one before and after every call of the process that comes then', () => {
    // In every run where nobody knows what the provider said, or whether all that go out together were begun; in the long one wherever
    // the first may be.
    it.each([
      ['a text', having('append texts PageTexted'), { call: 'send by twilio', nth: 1, when: 'after' }],
      ['a chat', having('post by telegram'), { call: 'post by telegram', nth: 1, when: 'after' }],
      ['a call about several', having('append pace BundleClosed'), { call: 'append notification AttemptStarted', nth: 1, when: 'before' }],
    ])('%s: nothing is lost, and what may come twice says so', async (_name, story, first) => {
      const exploring = await Exploring.begin(installation, story);
      const isFirst = ({ call, nth, when }: End): boolean => call === first.call && nth === first.nth && when === first.when;
      await exploring.twice((end) => isFull || isFirst(end), isOfTheStory);
      expect(exploring.findings).toEqual([]);
      expect(exploring.crashes).toBeGreaterThanOrEqual(15);
      expect(exploring.missed).toBeLessThanOrEqual(exploring.crashes / 10);
    });
  });
});

/** Says that an attempt is on record, and writes it down together with what came of it. */
class LateStore extends EventStoreInBetween {
  private readonly late = new Map<string, { readonly expected: ExpectedRevision; readonly events: readonly NewEvent[] }>();

  override async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    if (events.some(({ type }) => type === 'AttemptStarted')) {
      this.late.set(stream, { expected, events });
      return { revision: Number(expected) + events.length, position: await this.inner.head() };
    }
    const late = this.late.get(stream);
    this.late.delete(stream);
    return late === undefined ? super.append(stream, expected, events) : super.append(stream, late.expected, [...late.events, ...events]);
  }
}

/** Acknowledges messages before anybody has acted on them. */
class HastyBus extends MessageBusInBetween {
  override async connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    const inHand = new Set<Message>();
    const connection = await this.inner.connect(topic, group, {
      receive: (messages) => {
        for (const message of messages) inHand.add(message);
        // Given before the connection is: then they are acknowledged by those that follow.
        setImmediate(() => messages.forEach(({ partition, offset }) => connection.commit(partition, offset + 1)));
        return receiver.receive(messages);
      },
      revoked: (partitions) => receiver.revoked(partitions),
    });
    return {
      commit: (_partition, next) => inHand.forEach((message) => message.offset < next && inHand.delete(message)),
      lag: async () => (await connection.lag()) + inHand.size,
      close: () => connection.close(),
    };
  }
}

/** Says that a receipt is durable before it is: it will be when somebody looks. */
class BoastingBus extends MessageBusInBetween {
  private kept: (readonly OutgoingMessage[])[] = [];

  override async publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (topic === topics.notificationCommands) this.kept.push(messages);
    else await this.inner.publish(topic, messages);
  }

  override async connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    const connection = await this.inner.connect(topic, group, receiver);
    const publish = async (): Promise<void> => {
      for (const messages of this.kept.splice(0)) await this.inner.publish(topics.notificationCommands, messages);
    };
    return {
      commit: (partition, next) => connection.commit(partition, next),
      lag: () => publish().then(() => connection.lag()),
      close: () => connection.close(),
    };
  }
}

describe('the search for what is lost or doubled turns red', () => {
  const [mail, , text] = stories;
  const findings = async (story: Story | undefined, broken: Broken, isOne: (end: End) => boolean): Promise<readonly string[]> => {
    const installation = await Installation.open(broken);
    try {
      return (await (await Exploring.begin(installation, story as Story)).once(isOne)).findings;
    } finally {
      await installation.close();
    }
  };

  it('where the provider is called before the attempt is on record', async () => {
    const late = { eventStore: (inner: EventStore) => new LateStore(inner) };
    expect(await findings(mail, late, ({ call }) => call === 'send by smtp')).toContain(
      'after send by smtp (1): 1 of smtp are sent twice, and 0 may have been sent when it ended',
    );
  });

  it('where that goes for a call that tells several alerts', async () => {
    const late = { eventStore: (inner: EventStore) => new LateStore(inner) };
    const told = await findings(having('append bundle PagesBundled'), late, ({ call }) => call === 'send by twilio');
    expect(told).toContain('after send by twilio (1): 1 of twilio are sent twice, and 0 may have been sent when it ended');
  });

  it('where a fact is acknowledged before it is acted on', async () => {
    const hasty = { bus: (inner: MessageBus) => new HastyBus(inner) };
    const told = await findings(mail, hasty, ({ call }) => call === 'append idblock IdBlockTaken');
    // The link of the page that did not come could not be pressed.
    expect(told).toContain('after append idblock IdBlockTaken (1): Error: nobody answers');
  });

  it('where a receipt is answered before it is durable', async () => {
    const boasting = { bus: (inner: MessageBus) => new BoastingBus(inner) };
    const told = await findings(text, boasting, ({ call, nth }) => call === 'answer' && nth === 1);
    expect(told.join('\n')).toMatch(/ended failed no-receipt and not delivered twilio/);
  });
});
