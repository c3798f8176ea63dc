import { rejected } from '@tocsin/domain';
import * as fc from 'fast-check';
import { Lanes } from './lanes';
import type { LanesOptions } from './lanes';
import { MessageBusFault } from './message-bus';
import type { Message } from './message-bus';
import type { Outcome } from './outcome';
import { delivered } from './testing/messages';

interface Gate {
  readonly message: Message;
  open(): void;
  fail(error: unknown): void;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turn();
};
const fault = (): MessageBusFault => new MessageBusFault('unavailable', true);

/** Lanes whose handlers end when the test says so. */
const gated = (options: Partial<LanesOptions> = {}) => {
  const gates: Gate[] = [];
  const commits: number[] = [];
  const parked: { message: Message; error: unknown }[] = [];
  const outcomes: Outcome[] = [];
  const lanes = new Lanes({
    group: 'readers',
    handle: (message) => new Promise((resolve, reject) => gates.push({ message, open: resolve, fail: reject })),
    park: async (message, error) => void parked.push({ message, error }),
    commit: (_partition, nextOffset) => void commits.push(nextOffset),
    onOutcome: (outcome) => void outcomes.push(outcome),
    random: () => 0,
    concurrency: 64,
    bufferSize: 1_024,
    backOff: { firstMs: 1, longestMs: 1 },
    ...options,
  });
  const started = (): number[] => gates.map(({ message }) => message.offset);
  const gate = (offset: number, attempt = 1): Gate => {
    const found = gates.filter(({ message }) => message.offset === offset)[attempt - 1];
    if (found === undefined) throw new Error(`offset ${offset} was not started ${attempt} times`);
    return found;
  };
  return { lanes, gates, commits, parked, outcomes, started, gate };
};

describe('messages of two keys', () => {
  it('run at the same time, those of one key one after the other (P3)', async () => {
    const { lanes, started, gate } = gated();
    await lanes.receive([delivered(0, { key: 'a' }), delivered(1, { key: 'a' }), delivered(2, { key: 'b' })]);
    expect(started()).toEqual([0, 2]);
    gate(0).open();
    await until(() => started().length === 3);
    expect(started()).toEqual([0, 2, 1]);
  });

  it('go on for the one while the other waits for a retry, even with one lane at a time (P3)', async () => {
    const { lanes, started, gate, outcomes } = gated({ concurrency: 1, backOff: { firstMs: 60_000, longestMs: 60_000 } });
    await lanes.receive([delivered(0, { key: 'a' }), delivered(1, { key: 'b' })]);
    gate(0).fail(fault());
    await until(() => started().includes(1));
    expect(outcomes).toMatchObject([{ outcome: 'retrying', waitMs: 60_000, tries: 1 }]);
    await Promise.all([lanes.stop(1_000), Promise.resolve(gate(1).open())]);
  });
});

describe('the low-water mark', () => {
  it('stays below a message that is not finished', async () => {
    const { lanes, commits, gate } = gated();
    await lanes.receive([delivered(4, { key: 'a' }), delivered(7, { key: 'b' }), delivered(9, { key: 'c' })]);
    gate(7).open();
    await turn();
    expect(commits).toEqual([]);
    gate(4).open();
    await turn();
    expect(commits).toEqual([9]);
    gate(9).open();
    await turn();
    expect(commits).toEqual([9, 10]);
  });
});

describe('a message whose handler fails', () => {
  it('is tried for ever while the fault is worth it', async () => {
    const { lanes, gates, gate, parked, commits } = gated();
    await lanes.receive([delivered(0)]);
    for (let attempt = 1; attempt <= 12; attempt++) {
      await until(() => gates.length === attempt);
      gate(0, attempt).fail(fault());
    }
    await until(() => gates.length === 13);
    gate(0, 13).open();
    await lanes.settled();
    expect(parked).toEqual([]);
    expect(commits).toEqual([1]);
  });

  it('is acknowledged when the rules refused it', async () => {
    const { lanes, gate, commits, outcomes } = gated();
    await lanes.receive([delivered(0)]);
    gate(0).fail(rejected('alert-not-found'));
    await lanes.settled();
    expect(commits).toEqual([1]);
    expect(outcomes).toMatchObject([{ outcome: 'refused', tries: 1 }]);
  });

  it('is tried for ever while others change the same stream faster', async () => {
    const { lanes, gates, gate, parked, commits } = gated();
    await lanes.receive([delivered(0)]);
    for (let attempt = 1; attempt <= 12; attempt++) {
      await until(() => gates.length === attempt);
      gate(0, attempt).fail(rejected('too-many-conflicts'));
    }
    await until(() => gates.length === 13);
    gate(0, 13).open();
    await lanes.settled();
    expect(parked).toEqual([]);
    expect(commits).toEqual([1]);
  });

  it('is parked with its error after four tries, and the next of its key goes on (P8)', async () => {
    const bug = new TypeError('x is undefined');
    const { lanes, gates, gate, parked, commits } = gated();
    await lanes.receive([delivered(0, { key: 'a' }), delivered(1, { key: 'a' })]);
    for (let attempt = 1; attempt <= 4; attempt++) {
      await until(() => gates.length === attempt);
      gate(0, attempt).fail(bug);
    }
    await until(() => gates.length === 5);
    expect(parked).toMatchObject([{ message: { offset: 0 }, error: bug }]);
    gate(1).open();
    await lanes.settled();
    expect(commits).toEqual([1, 2]);
  });

  it('is not committed before it is parked (P8)', async () => {
    let parkingTries = 0;
    const { lanes, gates, gate, commits } = gated({
      park: () => {
        parkingTries++;
        return parkingTries < 3 ? Promise.reject(fault()) : Promise.resolve();
      },
      commit: () => void commits.push(parkingTries),
    });
    await lanes.receive([delivered(0)]);
    for (let attempt = 1; attempt <= 4; attempt++) {
      await until(() => gates.length === attempt);
      gate(0, attempt).fail(new Error('bug'));
    }
    await lanes.settled();
    expect(commits).toEqual([3]);
    expect(gates).toHaveLength(4);
  });
});

describe('a full buffer', () => {
  it('makes the bus wait until there is room', async () => {
    const { lanes, gate } = gated({ bufferSize: 2 });
    let room = false;
    const received = lanes.receive([delivered(0), delivered(1)]).then(() => (room = true));
    await turn();
    expect(room).toBe(false);
    gate(1).open();
    await received;
    expect(room).toBe(true);
  });
});

describe('a partition that was taken away', () => {
  it('starts nothing more and commits nothing', async () => {
    const { lanes, started, gate, commits } = gated();
    await lanes.receive([delivered(0, { key: 'a' }), delivered(1, { key: 'a' })]);
    const revoked = lanes.revoked([0]);
    gate(0).open();
    await revoked;
    await turn();
    expect(started()).toEqual([0]);
    expect(commits).toEqual([]);
    expect(lanes.idle).toBe(true);
  });

  it('is not tried again for a message that fails only now', async () => {
    const { lanes, gates, gate } = gated({ backOff: { firstMs: 0, longestMs: 0 } });
    await lanes.receive([delivered(0, { key: 'a' })]);
    const revoked = lanes.revoked([0]);
    gate(0).fail(fault());
    await revoked;
    expect(lanes.idle).toBe(true);
    await lanes.receive([delivered(0, { key: 'b', partition: 1 })]);
    gate(0, 2).open();
    await lanes.settled();
    expect(gates.map(({ message }) => message.partition)).toEqual([0, 1]);
  });

  it('is not tried again for a message that waited for its retry, and what comes instead starts at once', async () => {
    const { lanes, gates, gate } = gated({ backOff: { firstMs: 60_000, longestMs: 60_000 } });
    await lanes.receive([delivered(0, { key: 'a' })]);
    gate(0).fail(fault());
    await turn();
    await lanes.revoked([0]);
    await lanes.receive([delivered(5, { key: 'a', epoch: 'second' })]);
    expect(gates.map(({ message }) => message.offset)).toEqual([0, 5]);
    gate(5).open();
    await lanes.settled();
  });

  it('when it comes back does not overtake what still runs for the same key (P3)', async () => {
    const { lanes, gates, gate, started } = gated();
    await lanes.receive([delivered(0, { key: 'a' })]);
    void lanes.revoked([0]);
    await lanes.receive([delivered(0, { key: 'a' })]);
    expect(started()).toEqual([0]);
    gate(0).open();
    await until(() => gates.length === 2);
    gate(0, 2).open();
    await lanes.settled();
  });
});

describe('a fact seen before', () => {
  const fact = (revision: number) => ({ key: 'alert-1', fact: { stream: 'alert-1', revision, position: '' } });

  it('is acknowledged without being handled again (P4)', async () => {
    const { lanes, gate, started, outcomes, commits } = gated();
    await lanes.receive([delivered(0, fact(0)), delivered(1, fact(1)), delivered(2, fact(0)), delivered(3, fact(1))]);
    gate(0).open();
    await until(() => started().includes(1));
    gate(1).open();
    await lanes.settled();
    expect(started()).toEqual([0, 1]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['handled', 'handled', 'repeated', 'repeated']);
    expect(commits.at(-1)).toBe(4);
  });

  it('is handled when it was delivered again to this group on purpose (P8)', async () => {
    const { lanes, gate, started } = gated();
    await lanes.receive([
      delivered(0, fact(1)),
      delivered(1, { ...fact(0), onlyGroup: 'readers' }),
      delivered(2, { ...fact(0), onlyGroup: 'others' }),
    ]);
    gate(0).open();
    await until(() => started().includes(1));
    gate(1).open();
    await lanes.settled();
    expect(started()).toEqual([0, 1]);
  });
});

describe('stopping', () => {
  it('hands back what was not started and lets the rest finish', async () => {
    const { lanes, gate, started, commits } = gated();
    await lanes.receive([delivered(0, { key: 'a' }), delivered(1, { key: 'a' }), delivered(2, { key: 'b' })]);
    const stopped = lanes.stop(60_000);
    gate(0).open();
    gate(2).open();
    await stopped;
    expect(started()).toEqual([0, 2]);
    expect(commits).toEqual([1]);
  });

  it('does not wait beyond its deadline for a handler that hangs', async () => {
    const { lanes, commits } = gated();
    await lanes.receive([delivered(0)]);
    await lanes.stop(1);
    expect(commits).toEqual([]);
  });
});

type Failure = 'fault' | 'bug' | 'refusal' | 'parking-fault';
interface Planned {
  readonly key: string | null;
  readonly turns: number;
  readonly failures: readonly Failure[];
}

const errorOf = (failure: Failure): Error =>
  failure === 'refusal' ? rejected('invalid') : failure === 'bug' ? new TypeError('bug') : fault();

describe('any keys, failures, batches, interleavings and revocations', () => {
  const planned = fc.record<Planned>({
    key: fc.constantFrom('a', 'b', 'c', 'd', null),
    turns: fc.nat({ max: 4 }),
    failures: fc.array(fc.constantFrom<Failure>('fault', 'bug', 'refusal', 'parking-fault'), { maxLength: 6 }),
  });
  const deliveries = fc.array(fc.record({ size: fc.integer({ min: 1, max: 7 }), revokes: fc.boolean() }), { minLength: 1, maxLength: 12 });

  it('keep the order of each key, handle everything, and never commit ahead of an unfinished message (P3, P4, P8)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(planned, { minLength: 1, maxLength: 40 }),
        deliveries,
        fc.integer({ min: 1, max: 5 }),
        async (plan, batches, concurrency) => {
          const messages = plan.map(({ key }, offset) => delivered(offset, { key }));
          const remaining = plan.map(({ failures }) => [...failures]);
          const finished = new Set<number>();
          const runningKeys = new Set<string>();
          let running = 0;
          let committed = 0;
          const lanes = new Lanes({
            group: 'readers',
            concurrency,
            bufferSize: 10,
            backOff: { firstMs: 0, longestMs: 0 },
            random: () => 0,
            onOutcome: () => undefined,
            handle: async ({ key, offset }) => {
              const earlier = plan.findIndex((other, index) => key !== null && other.key === key && index < offset && !finished.has(index));
              if (earlier >= 0) throw new Error(`${offset} started before ${earlier} of its key`);
              if (key !== null && runningKeys.has(key)) violations.push(`two handlers of ${key} at once`);
              if (key !== null) runningKeys.add(key);
              if (++running > concurrency) violations.push(`${running} at once`);
              for (let i = plan[offset]?.turns ?? 0; i > 0; i--) await turn();
              running--;
              if (key !== null) runningKeys.delete(key);
              const failure = remaining[offset]?.shift();
              if (failure === 'refusal') finished.add(offset);
              if (failure !== undefined) throw errorOf(failure);
              finished.add(offset);
            },
            park: async ({ offset }, error) => {
              if (error instanceof Error && error.message.includes('of its key')) violations.push(error.message);
              await turn();
              if (remaining[offset]?.[0] === 'parking-fault') {
                remaining[offset]?.shift();
                throw fault();
              }
              finished.add(offset);
            },
            commit: (_partition, nextOffset) => {
              if (nextOffset <= committed) violations.push(`mark went from ${committed} to ${nextOffset}`);
              for (let offset = 0; offset < nextOffset; offset++)
                if (!finished.has(offset)) violations.push(`${nextOffset} committed before ${offset} was finished`);
              committed = nextOffset;
            },
          });
          const violations: string[] = [];
          let next = 0;
          for (let i = 0; next < messages.length; i++) {
            const { size, revokes } = batches[i % batches.length] ?? { size: 1, revokes: false };
            await lanes.receive(messages.slice(next, next + size));
            next += size;
            // Taken away before every batch for ever, nothing would ever be finished.
            if (revokes && i < 30) {
              await lanes.revoked([0]);
              next = committed;
            }
          }
          await lanes.settled();
          expect(violations).toEqual([]);
          expect(finished.size).toBe(plan.length);
          expect(committed).toBe(plan.length);
        },
      ),
      { numRuns: 150 },
    );
  });
});
