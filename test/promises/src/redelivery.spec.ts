import { MessageBusInBetween } from '@tocsin/messaging';
import type { BusConnection, Message, MessageBus, MessageReceiver } from '@tocsin/messaging';
import { newUuid } from '@tocsin/platform';
import { World } from '../../acceptance/src/world';
import { eventsOf } from './around';
import { randomSteps, RandomStory } from './random-story';
import { seed } from './seed';

jest.setTimeout(120_000);

const CATEGORIES = [
  'alert-',
  'alertkey-',
  'sourcelog-',
  'escalation-',
  'notification-',
  'action-',
  'source-',
  'policy-',
  'schedule-',
  'user-',
  'team-',
  'apikey-',
];

/** Remembers what was delivered over all restarts, and delivers it again to whoever connects. */
class Memory {
  private readonly delivered = new Map<string, Map<number, Message>>();
  again: (message: Message) => Message = (message) => message;
  replays = false;

  bus = (inner: MessageBus): MessageBus => new RememberingBus(inner, this);

  keep(messages: readonly Message[]): void {
    for (const message of messages) {
      const topic = this.delivered.get(message.topic) ?? new Map<number, Message>();
      this.delivered.set(message.topic, topic.set(message.offset, message));
    }
  }

  of(topic: string): readonly Message[] {
    return this.replays
      ? [...(this.delivered.get(topic)?.values() ?? [])].toSorted((a, b) => a.offset - b.offset).map((message) => this.again(message))
      : [];
  }

  get size(): number {
    return [...this.delivered.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

class RememberingBus extends MessageBusInBetween {
  constructor(
    inner: MessageBus,
    private readonly memory: Memory,
  ) {
    super(inner);
  }

  override connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    const replayed = receiver.receive(this.memory.of(topic));
    return this.inner.connect(topic, group, {
      receive: async (messages) => {
        await replayed;
        this.memory.keep(messages);
        await receiver.receive(messages);
      },
      revoked: (partitions) => receiver.revoked(partitions),
    });
  }
}

const contents = async (world: World) =>
  (await eventsOf(world.platform.eventStore, ...CATEGORIES)).map(({ stream, revision, type, data }) => ({ stream, revision, type, data }));

describe('every message of every topic, delivered again after the fact (P4)', () => {
  const tell = async (length: number, storySeed: number): Promise<{ readonly world: World; readonly memory: Memory }> => {
    const memory = new Memory();
    const world = await World.start({ around: { bus: memory.bus } });
    const story = await RandomStory.in(world);
    await story.tell(randomSteps(storySeed, length));
    return { world, memory };
  };

  it.each([0, 1, 2])('changes nothing, however often it happens (story %i)', async (more) => {
    const { world, memory } = await tell(60, seed + more);
    const before = await contents(world);
    expect(memory.size).toBeGreaterThan(20);
    memory.replays = true;
    const mails = world.mail.all().length;
    for (let time = 0; time < 3; time++) {
      await world.down('0s');
      await world.settle();
    }
    expect(await contents(world)).toEqual(before);
    expect(world.mail.all()).toHaveLength(mails);
    await world.stop();
  });

  it('turns the check red on a bus that gives what it delivers again another name and place', async () => {
    const { world, memory } = await tell(30, seed);
    const before = await contents(world);
    memory.replays = true;
    memory.again = (message) => ({ ...message, id: newUuid(), offset: message.offset + 1_000_000 });
    await world.down('0s');
    await world.settle();
    expect(await contents(world)).not.toEqual(before);
    await world.stop();
  });

  const afterPreferenceWasAdded = async (again: Memory['again']) => {
    const memory = new Memory();
    const world = await World.start({ around: { bus: memory.bus } });
    const ana = await world.person('ana');
    await world.event(await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }] }])), { summary: 'disk full' });
    await world.changePerson(ana, (user) => ({
      ...user,
      alertPreferences: user.alertPreferences.flatMap((one) => [one, { ...one, id: (one.id + 1_000) as never, delayMin: 30 }]),
    }));
    const before = await contents(world);
    memory.again = again;
    memory.replays = true;
    await world.down('0s');
    const after = await contents(world);
    await world.stop();
    return { before, after };
  };

  it('plans no page by a preference that was added since', async () => {
    const { before, after } = await afterPreferenceWasAdded((message) => message);
    expect(after).toEqual(before);
  });

  it('turns that red where the preferences of now are taken for those of then', async () => {
    const { before, after } = await afterPreferenceWasAdded((message) =>
      message.fact === undefined ? message : { ...message, fact: { ...message.fact, position: '9'.repeat(20) } },
    );
    expect(after).not.toEqual(before);
  });
});
