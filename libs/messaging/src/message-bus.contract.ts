import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { MessageBusFault } from './message-bus';
import type { Message, MessageBus, OutgoingMessage, TopicDefinition } from './message-bus';
import { Member } from './member.contract';
import { outgoing } from './testing/messages';

export interface OpenedMessageBus {
  readonly bus: MessageBus;
  /** Ends what serves the bus and starts it again on the same data. The bus handed out before is not used any more. */
  reopen(): Promise<MessageBus>;
  close(): Promise<void>;
  /** Only where a test can hold the disk: publishing waits until the returned function is called. */
  stall?(): () => void;
}

const RUNS = 20;
const WAIT_MS = 20_000;
const ids = (messages: readonly { readonly id: string }[]): string[] => messages.map((message) => message.id);
const message = (about: Partial<OutgoingMessage> = {}): OutgoingMessage => outgoing({ id: randomUUID(), ...about });
const messages = (count: number, key: string | null = 'k'): OutgoingMessage[] =>
  Array.from({ length: count }, (_, n) => message({ key, data: { n } }));
const byKey = (all: readonly OutgoingMessage[], key: string): string[] => ids(all.filter((one) => one.key === key));

async function declared(bus: MessageBus, about: Partial<TopicDefinition> = {}): Promise<string> {
  const name = `t-${randomUUID()}`;
  await bus.declare([{ name, compacted: false, retentionDays: 7, ...about }]);
  return name;
}

export function messageBusContract(name: string, open: () => Promise<OpenedMessageBus>): void {
  describe(`the message bus ${name}`, () => {
    let opened: OpenedMessageBus;
    let bus: MessageBus;

    beforeAll(async () => {
      opened = await open();
      bus = opened.bus;
    }, WAIT_MS);
    afterAll(() => opened.close(), WAIT_MS);

    describe('a declared topic', () => {
      it(
        'is not lost while nobody takes it away',
        async () => {
          const topic = await declared(bus, { compacted: true });
          const follower = await bus.followCompacted(topic, () => undefined);
          for (let looks = 0; looks < 2; looks++) expect(await bus.lostTopics()).toEqual([]);
          await follower.close();
        },
        WAIT_MS,
      );
    });

    describe('a group', () => {
      it(
        'that is new starts at the oldest message and is given everything once, each key in order',
        async () => {
          const key = fc.constantFrom('a', 'b', 'c');
          const batches = fc.array(fc.array(key, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 12 });
          await fc.assert(
            fc.asyncProperty(batches, fc.nat(), fc.array(fc.nat(3), { minLength: 1 }), async (plan, connectAt, pauses) => {
              const topic = await declared(bus);
              const offers = plan.map((keys) => keys.map((one) => message({ key: one })));
              const split = connectAt % (offers.length + 1);
              for (const offer of offers.slice(0, split)) await bus.publish(topic, offer);
              let turn = 0;
              const member = await Member.connect(bus, topic, 'g', async () => {
                for (let n = pauses[turn++ % pauses.length] ?? 0; n > 0; n--) await new Promise((resolve) => setImmediate(resolve));
              });
              for (const offer of offers.slice(split)) await bus.publish(topic, offer);
              const all = offers.flat();
              await member.until((received) => received.length >= all.length);
              await member.close();
              expect(ids(member.received).sort()).toEqual(ids(all).sort());
              for (const one of ['a', 'b', 'c']) expect(byKey(member.received, one)).toEqual(byKey(all, one));
              expect(member.mostAtOnce).toBe(1);
            }),
            { numRuns: RUNS },
          );
        },
        WAIT_MS * 3,
      );

      it('is given messages as they were published, with where they stand', async () => {
        const topic = await declared(bus);
        const sent = message({
          key: 'k',
          data: { text: 'ü€😀', list: [1, null] },
          traceParent: '00-a-b-01',
          fact: { stream: 's-1', revision: 3, position: '9' },
        });
        await bus.publish(topic, [sent, message({ key: 'k', data: null })]);
        const member = await Member.connect(bus, topic, 'g');
        await member.until((received) => received.length === 2);
        await member.close();
        const [first, second] = member.received;
        expect(first).toEqual({
          ...sent,
          topic,
          epoch: expect.any(String) as unknown,
          partition: expect.any(Number) as unknown,
          offset: expect.any(Number) as unknown,
        });
        expect(second).toMatchObject({
          data: null,
          epoch: first?.epoch,
          partition: first?.partition,
          offset: (first?.offset ?? Number.NaN) + 1,
        });
      });

      it('has everything that another group has, at its own pace', async () => {
        const topic = await declared(bus);
        const sent = messages(20);
        await bus.publish(topic, sent);
        const members = await Promise.all(['g1', 'g2', 'g3'].map((group) => Member.connect(bus, topic, group)));
        for (const member of members) {
          await member.until((received) => received.length === 20);
          expect(ids(member.received)).toEqual(ids(sent));
          await member.close();
        }
      });

      it(
        'continues where it committed, and has what it did not commit again',
        async () => {
          const topic = await declared(bus);
          const sent = messages(10);
          await bus.publish(topic, sent);
          const first = await Member.connect(bus, topic, 'g');
          await first.until((received) => received.length === 10);
          const fourth = first.received[3];
          first.commit(fourth?.partition ?? -1, (fourth?.offset ?? -1) + 1);
          await first.close();
          const second = await Member.connect(bus, topic, 'g');
          await second.until((received) => received.length === 6);
          await second.close();
          expect(ids(second.received)).toEqual(ids(sent.slice(4)));
        },
        WAIT_MS,
      );

      it(
        'never goes back, whatever is committed late',
        async () => {
          const topic = await declared(bus);
          const sent = messages(6);
          await bus.publish(topic, sent);
          const first = await Member.connect(bus, topic, 'g');
          await first.until((received) => received.length === 6);
          first.commit(first.received[4]?.partition ?? -1, (first.received[4]?.offset ?? -1) + 1);
          first.commit(first.received[1]?.partition ?? -1, (first.received[1]?.offset ?? -1) + 1);
          expect(await first.lag()).toBe(1);
          await first.close();
        },
        WAIT_MS,
      );

      it(
        'loses no message when one of its members leaves',
        async () => {
          const topic = await declared(bus);
          const [one, two] = [await Member.connect(bus, topic, 'g'), await Member.connect(bus, topic, 'g')];
          const early = Array.from({ length: 12 }, (_, n) => message({ key: `k${n}` }));
          await bus.publish(topic, early);
          const together = () => new Set([...ids(one.received), ...ids(two.received)]);
          const arrived = () => together().size === early.length;
          await Promise.race([one.until(arrived), two.until(arrived)]);
          one.commitAll();
          await one.close();
          const late = messages(5);
          await bus.publish(topic, late);
          await two.until((received) => late.every(({ id }) => ids(received).includes(id)));
          await two.close();
          expect(byKey(two.received, 'k').slice(-5)).toEqual(ids(late));
        },
        WAIT_MS,
      );

      it('that takes its time is not given more meanwhile', async () => {
        const topic = await declared(bus);
        await bus.publish(topic, messages(1));
        let release: () => void = () => undefined;
        let begun: () => void = () => undefined;
        const started = new Promise<void>((resolve) => (begun = resolve));
        const released = new Promise<void>((resolve) => (release = resolve));
        const member = await Member.connect(bus, topic, 'g', async () => {
          begun();
          await released;
        });
        await started;
        await bus.publish(topic, messages(5));
        expect(member.received).toHaveLength(0);
        release();
        await member.until((received) => received.length === 6);
        expect(member.mostAtOnce).toBe(1);
        await member.close();
      });

      it('counts as lag what it has not committed', async () => {
        const topic = await declared(bus);
        await bus.publish(topic, messages(7));
        const member = await Member.connect(bus, topic, 'g');
        await member.until((received) => received.length === 7);
        expect(await member.lag()).toBe(7);
        member.commitAll();
        expect(await member.lag()).toBe(0);
        await bus.publish(topic, messages(2));
        expect(await member.lag()).toBe(2);
        await member.close();
      });
    });

    describe('publishing', () => {
      it('keeps the order given, over several calls, for one key', async () => {
        const topic = await declared(bus);
        const sent = [messages(3), messages(200), messages(1)];
        for (const batch of sent) await bus.publish(topic, batch);
        const member = await Member.connect(bus, topic, 'g');
        await member.until((received) => received.length === 204);
        await member.close();
        expect(ids(member.received)).toEqual(ids(sent.flat()));
        const offsets = member.received.map(({ offset }) => offset);
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      });

      it('refuses a message that is too large, and what came with it', async () => {
        const topic = await declared(bus);
        const refused = bus.publish(topic, [message({ key: 'k' }), message({ key: 'k', data: 'x'.repeat(2_000_000) })]);
        await expect(refused).rejects.toMatchObject({ name: 'MessageBusFault', reason: 'too-large', retriable: false });
        const kept = messages(1);
        await bus.publish(topic, kept);
        const member = await Member.connect(bus, topic, 'g');
        await member.until((received) => received.length >= 1);
        await member.close();
        expect(ids(member.received)).toEqual(ids(kept));
      });
    });

    describe('a topic that is declared again', () => {
      it('keeps its messages and its epoch', async () => {
        const topic = await declared(bus);
        await bus.publish(topic, messages(1));
        await bus.declare([{ name: topic, compacted: false, retentionDays: 9 }]);
        await bus.publish(topic, messages(1));
        const member = await Member.connect(bus, topic, 'g');
        await member.until((received) => received.length === 2);
        await member.close();
        expect(new Set(member.received.map(({ epoch }) => epoch)).size).toBe(1);
      });
    });

    describe('a compacted topic', () => {
      it(
        'gives every follower at least the last message of every key, in the order of the offsets',
        async () => {
          const change = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), tombstone: fc.boolean() });
          await fc.assert(
            fc.asyncProperty(fc.array(change, { maxLength: 30 }), fc.nat(), async (plan, followAt) => {
              const topic = await declared(bus, { compacted: true });
              const sent = plan.map(({ key, tombstone }, n) => message({ key, data: tombstone ? null : { n } }));
              const split = followAt % (sent.length + 1);
              if (split > 0) await bus.publish(topic, sent.slice(0, split));
              const seen: Message[] = [];
              const follower = await bus.followCompacted(topic, (one) => seen.push(one));
              const last = (all: readonly OutgoingMessage[]) => new Map(all.map((one) => [one.key, one.id]));
              expect(last(seen)).toEqual(last(sent.slice(0, split)));
              for (const one of sent.slice(split)) await bus.publish(topic, [one]);
              await follower.upToDate(WAIT_MS);
              await follower.close();
              expect(last(seen)).toEqual(last(sent));
              expect(ids(sent)).toEqual(expect.arrayContaining(ids(seen)));
              const offsets = seen.map(({ offset }) => offset);
              expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
            }),
            { numRuns: RUNS },
          );
        },
        WAIT_MS * 3,
      );

      it('is followed by each follower alone, and by groups as any topic', async () => {
        const topic = await declared(bus, { compacted: true });
        const member = await Member.connect(bus, topic, 'g');
        const seen: [Message[], Message[]] = [[], []];
        const followers = await Promise.all(seen.map((list) => bus.followCompacted(topic, (one) => list.push(one))));
        const sent = message({ key: 'a' });
        await bus.publish(topic, [sent]);
        for (const follower of followers) await follower.upToDate(WAIT_MS);
        await member.until((received) => received.length === 1);
        expect(seen.map(ids)).toEqual([[sent.id], [sent.id]]);
        for (const follower of followers) await follower.close();
        await member.close();
      });

      it('gives a follower nothing after it was closed', async () => {
        const topic = await declared(bus, { compacted: true });
        const [closed, open]: [Message[], Message[]] = [[], []];
        const one = await bus.followCompacted(topic, (message) => closed.push(message));
        const two = await bus.followCompacted(topic, (message) => open.push(message));
        await one.close();
        await bus.publish(topic, [message({ key: 'a' })]);
        await two.upToDate(WAIT_MS);
        await two.close();
        expect(open).toHaveLength(1);
        expect(closed).toHaveLength(0);
      });
    });
  });

  describe(`the message bus ${name}, ended and started again`, () => {
    it(
      'has every message that was taken, and its groups stand where they committed',
      async () => {
        const opened = await open();
        const topic = await declared(opened.bus);
        const compacted = await declared(opened.bus, { compacted: true });
        const sent = messages(30);
        await Promise.all([opened.bus.publish(topic, sent), opened.bus.publish(compacted, [message({ key: 'a' }), message({ key: 'b' })])]);
        const before = await Member.connect(opened.bus, topic, 'g');
        await before.until((received) => received.length === 30);
        const tenth = before.received[9];
        before.commit(tenth?.partition ?? -1, (tenth?.offset ?? -1) + 1);
        await before.close();
        const again = await opened.reopen();
        const late = messages(2);
        await again.publish(topic, late);
        const after = await Member.connect(again, topic, 'g');
        await after.until((received) => received.length === 22);
        await after.close();
        expect(ids(after.received)).toEqual([...ids(sent.slice(10)), ...ids(late)]);
        expect(after.received[0]?.epoch).toBe(tenth?.epoch);
        const keys: (string | null)[] = [];
        const follower = await again.followCompacted(compacted, ({ key }) => keys.push(key));
        await follower.close();
        expect(keys).toEqual(['a', 'b']);
        await opened.close();
      },
      WAIT_MS * 2,
    );
  });

  describe(`the message bus ${name} while its disk hangs`, () => {
    it('ends publishing in bounded time, and shows nobody what is not durable', async () => {
      const opened = await open();
      if (opened.stall === undefined) return opened.close();
      const topic = await declared(opened.bus);
      const member = await Member.connect(opened.bus, topic, 'g');
      const release = opened.stall();
      const unanswered = await opened.bus.publish(topic, messages(1)).catch((error: unknown) => error);
      expect(unanswered).toBeInstanceOf(MessageBusFault);
      expect(unanswered).toMatchObject({ reason: 'timeout', retriable: true });
      expect(member.received).toHaveLength(0);
      release();
      const late = messages(1);
      await opened.bus.publish(topic, late);
      await member.until((received) => ids(received).includes(late[0]?.id ?? ''));
      await member.close();
      await opened.close();
    });
  });
}
