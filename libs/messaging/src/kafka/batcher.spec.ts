import fc from 'fast-check';
import { MessageBusFault } from '../message-bus';
import { outgoing } from '../testing/messages';
import { Batcher } from './batcher';
import type { BatcherOptions } from './batcher';
import { toRecord } from './record';
import type { SizedRecord } from './record';

const AT_ONCE = { firstMs: 0, longestMs: 1 };
const unavailable = (): MessageBusFault => new MessageBusFault('unavailable', true);
const tooLarge = (): MessageBusFault => new MessageBusFault('too-large', false);

const record = (n: number): SizedRecord => toRecord(outgoing({ key: 'k', data: n }));
const numbers = (records: readonly SizedRecord[]): number[] => records.map(({ record: { value } }) => Number(value));

const batcher = (send: BatcherOptions['send'], about: Partial<BatcherOptions> = {}): Batcher =>
  new Batcher({ send, deadlineMs: 60_000, maxBytes: 1_000_000, random: () => 0.5, backOff: AT_ONCE, ...about });

/** A send that ends when it is told. */
const held = () => {
  const calls: { readonly numbers: number[]; end(error?: unknown): void }[] = [];
  let begun: () => void = () => undefined;
  return {
    calls,
    send: (records: readonly SizedRecord[]) =>
      new Promise<void>((resolve, reject) => {
        calls.push({ numbers: numbers(records), end: (error) => (error === undefined ? resolve() : reject(error as Error)) });
        begun();
      }),
    begun: async (count: number) => {
      while (calls.length < count) await new Promise<void>((resolve) => (begun = resolve));
    },
  };
};

describe('what several callers publish', () => {
  it('goes out in the order given, one send at a time, whatever fails, and each record again until it is confirmed', async () => {
    const plan = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.integer({ min: 100, max: 2_000 }),
        async (calls, fails, maxBytes) => {
          let underWay = 0;
          let most = 0;
          const log: number[] = [];
          const batches = batcher(
            async (records) => {
              most = Math.max(most, ++underWay);
              await new Promise((resolve) => setImmediate(resolve));
              underWay--;
              // What failed may have been written all the same.
              log.push(...numbers(records));
              if (fails.shift()) throw unavailable();
            },
            { maxBytes },
          );
          let made = 0;
          await Promise.all(calls.map((count) => batches.publish(Array.from({ length: count }, () => record(made++)))));
          expect(most).toBe(1);
          const firsts = log.filter((n, index) => log.indexOf(n) === index);
          expect(firsts).toEqual(Array.from({ length: made }, (_, n) => n));
          const lasts = log.filter((n, index) => log.lastIndexOf(n) === index);
          expect(lasts).toEqual(firsts);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('in one turn goes out together, and what comes meanwhile goes next', async () => {
    const { send, calls, begun } = held();
    const batches = batcher(send);
    const all = [batches.publish([record(1)]), batches.publish([record(2)])];
    await begun(1);
    all.push(batches.publish([record(3)]), batches.publish([record(4)]));
    calls[0]?.end();
    await begun(2);
    calls[1]?.end();
    await Promise.all(all);
    expect(calls.map((call) => call.numbers)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('is cut where it would be too large together', async () => {
    const sent: number[][] = [];
    const { bytes } = record(1);
    const batches = batcher(async (records) => void sent.push(numbers(records)), { maxBytes: bytes * 2 });
    await batches.publish([record(1), record(2), record(3)]);
    expect(sent).toEqual([[1, 2], [3]]);
  });
});

describe('a caller whose send does not end', () => {
  it('is refused in time, and nothing follows before the send has ended', async () => {
    const { send, calls, begun } = held();
    const batches = batcher(send, { deadlineMs: 20 });
    await expect(batches.publish([record(1)])).rejects.toMatchObject({ reason: 'timeout', retriable: true });
    await expect(batches.publish([record(2)])).rejects.toMatchObject({ reason: 'timeout', retriable: true });
    expect(calls.map((call) => call.numbers)).toEqual([[1]]);
    calls[0]?.end(unavailable());
    const late = batches.publish([record(3)]);
    await begun(2);
    calls[1]?.end();
    await late;
    // The first is not repeated and the second never sent: nobody waits for them.
    expect(calls.map((call) => call.numbers)).toEqual([[1], [3]]);
  });

  it('is told why, when a try has said so', async () => {
    const batches = batcher(async () => Promise.reject(unavailable()), { deadlineMs: 20 });
    await expect(batches.publish([record(1)])).rejects.toMatchObject({ reason: 'unavailable', retriable: true });
  });
});

describe('a record that is refused for good', () => {
  it('is the only one refused, with its own caller', async () => {
    const sent: number[][] = [];
    const batches = batcher(async (records) => {
      if (numbers(records).includes(3)) throw tooLarge();
      sent.push(numbers(records));
    });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((n) => batches.publish([record(n)])));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ reason: { reason: 'too-large', retriable: false } });
    expect(sent).toEqual([[1, 2], [4]]);
  });
});

describe('closing', () => {
  it('answers whoever waits and resolves when nothing is under way', async () => {
    const { send, calls, begun } = held();
    const batches = batcher(send);
    const first = batches.publish([record(1)]);
    await begun(1);
    const waiting = batches.publish([record(2)]);
    let closed = false;
    const closing = batches.close().then(() => (closed = true));
    await expect(waiting).rejects.toMatchObject({ reason: 'closed' });
    expect(closed).toBe(false);
    calls[0]?.end();
    await first;
    await closing;
    await expect(batches.publish([record(3)])).rejects.toMatchObject({ reason: 'closed' });
  });
});
