import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup';
import type RequestQueue from 'kafkajs/src/network/requestQueue';

type Queues = typeof RequestQueue;
type Groups = typeof ConsumerGroup;

/** kafkajs as it is delivered, or with the changes of `kafkajs-fixes`, each in a registry of its own. */
const load = (changed: boolean): { Queue: Queues; Group: Groups } => {
  let loaded: { Queue: Queues; Group: Groups } | undefined;
  jest.isolateModules(() => {
    if (changed) jest.requireActual('./kafkajs-fixes');
    loaded = {
      Queue: jest.requireActual('kafkajs/src/network/requestQueue'),
      Group: jest.requireActual('kafkajs/src/consumer/consumerGroup'),
    };
  });
  if (loaded === undefined) throw new Error('not loaded');
  return loaded;
};

/** Timers that a queue with nothing to send has set. */
const timersOfIdleQueue = (Queue: Queues): unknown[] => {
  const logger = { debug: () => undefined };
  const queue = new Queue({ maxInFlightRequests: null, requestTimeout: 1_000, enforceRequestTimeout: false, logger });
  const timers = jest.spyOn(globalThis, 'setTimeout');
  queue.scheduleCheckPendingRequests();
  const waits = timers.mock.calls.map(([, ms]) => ms);
  timers.mockRestore();
  queue.destroy();
  return waits;
};

const stepsOfJoining = async (Group: Groups): Promise<string[]> => {
  const steps: string[] = [];
  const group = {
    assigners: [{ beforeJoin: async () => new Promise<void>((resolve) => setImmediate(() => resolve(void steps.push('gave up')))) }],
    retrier: async () => steps.push('joined'),
    cluster: {},
  };
  await Group.prototype.joinAndSync.call(group as never);
  return steps;
};

describe('an idle connection of kafkajs', () => {
  it('sets a timer that is due at once, for ever, as delivered: the change is still needed', () => {
    expect(timersOfIdleQueue(load(false).Queue)).toEqual([expect.any(Number)]);
  });

  it('sets none with the change', () => {
    expect(timersOfIdleQueue(load(true).Queue)).toEqual([]);
  });
});

describe('a member of a group that joins again', () => {
  it('asks nobody first, as delivered: the change is still needed', async () => {
    expect(await stepsOfJoining(load(false).Group)).toEqual(['joined']);
  });

  it('waits with the change until what it had is given up', async () => {
    expect(await stepsOfJoining(load(true).Group)).toEqual(['gave up', 'joined']);
  });
});

describe('a consumer that has lost all brokers', () => {
  const nodesLeft = (Group: Groups): readonly string[] => {
    const known = [['1', '2'], []];
    const group = { cluster: { getNodeIds: () => known.shift() } };
    Group.prototype.getNodeIds.call(group as never);
    return Group.prototype.getNodeIds.call(group as never);
  };

  it('knows nobody to ask, as delivered: the change is still needed', () => {
    expect(nodesLeft(load(false).Group)).toEqual([]);
  });

  it('asks those it knew with the change', () => {
    expect(nodesLeft(load(true).Group)).toEqual(['1', '2']);
  });
});
