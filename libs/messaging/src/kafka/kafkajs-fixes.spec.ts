import { Socket } from 'node:net';
import type Cluster from 'kafkajs/src/cluster';
import type BrokerPool from 'kafkajs/src/cluster/brokerPool';
import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup';
import type Connection from 'kafkajs/src/network/connection';
import type RequestQueue from 'kafkajs/src/network/requestQueue';

type Queues = typeof RequestQueue;
type Groups = typeof ConsumerGroup;
type Connections = typeof Connection;

type Clusters = typeof Cluster;
type Pools = typeof BrokerPool;

interface Loaded {
  readonly Queue: Queues;
  readonly Group: Groups;
  readonly Connection: Connections;
  readonly Cluster: Clusters;
  readonly Pool: Pools;
}

/** kafkajs as it is delivered, or with the changes of `kafkajs-fixes`, each in a registry of its own. */
const load = (changed: boolean): Loaded => {
  let loaded: Loaded | undefined;
  jest.isolateModules(() => {
    if (changed) jest.requireActual('./kafkajs-fixes');
    loaded = {
      Queue: jest.requireActual('kafkajs/src/network/requestQueue'),
      Group: jest.requireActual('kafkajs/src/consumer/consumerGroup'),
      Connection: jest.requireActual('kafkajs/src/network/connection'),
      Cluster: jest.requireActual('kafkajs/src/cluster'),
      Pool: jest.requireActual('kafkajs/src/cluster/brokerPool'),
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

const REQUEST_TIMEOUT_MS = 1_000;
const silent = { namespace: () => silent, debug: () => undefined, error: () => undefined };

/** What becomes of a request without an answer, when its connection is ended meanwhile. */
const fateOfUnanswered = (Queue: Queues): string => {
  jest.useFakeTimers();
  try {
    let [isConnected, fate] = [true, 'waits for ever'];
    const options = { requestTimeout: REQUEST_TIMEOUT_MS, enforceRequestTimeout: true, logger: silent };
    const queue = new Queue({ ...options, isConnected: () => isConnected });
    queue.scheduleRequestTimeoutCheck();
    const entry = { correlationId: 1, apiName: 'Heartbeat', reject: (error: Error) => (fate = error.name) };
    queue.push({ entry, expectResponse: true, sendRequest: () => undefined });
    isConnected = false;
    jest.advanceTimersByTime(10 * REQUEST_TIMEOUT_MS);
    expect(jest.getTimerCount()).toBe(0);
    return fate;
  } finally {
    jest.useRealTimers();
  }
};

const connected = async (Connection: Connections): Promise<{ connection: Connection; socket: Socket }> => {
  const socket = new Socket();
  const socketFactory = ({ onConnect }: { onConnect: () => void }): Socket => {
    setImmediate(onConnect);
    return socket;
  };
  const connection = new Connection({
    host: '127.0.0.1',
    port: 1,
    logger: silent,
    requestTimeout: 1_000,
    connectionTimeout: 1_000,
    socketFactory,
  });
  await connection.connect();
  return { connection, socket };
};

/** An answer without content, with its length before it. */
const answerTo = (correlationId: number): Buffer => {
  const answer = Buffer.alloc(8);
  answer.writeInt32BE(4);
  answer.writeInt32BE(correlationId, 4);
  return answer;
};

/** Which requests are answered by what comes after the connection broke in the middle of one and was made anew. */
const answeredAfterHalf = async (Connection: Connections): Promise<number[]> => {
  const { connection, socket } = await connected(Connection);
  const answered: number[] = [];
  connection.requestQueue.fulfillRequest = ({ correlationId }) => void answered.push(correlationId);
  connection.processData(answerTo(1).subarray(0, 6));
  await connection.disconnect();
  await connection.connect();
  connection.processData(answerTo(2));
  await connection.disconnect();
  socket.destroy();
  return answered;
};

const fateWhenTheSocketCloses = async (Connection: Connections): Promise<string> => {
  const { connection, socket } = await connected(Connection);
  let fate = 'is not told';
  const entry = { correlationId: 1, apiName: 'JoinGroup', reject: (error: Error) => (fate = error.name) };
  connection.requestQueue.push({ entry, expectResponse: true, sendRequest: () => undefined });
  const ended = connection.disconnect();
  await new Promise((resolve) => socket.once('close', resolve).destroy());
  const told = fate;
  connection.rejectRequests(new Error('the test is over'));
  await ended;
  return told;
};

const joiningAfterFailure = async (Group: Groups): Promise<string[]> => {
  const steps: string[] = [];
  const group = {
    assigners: [],
    retrier: () => Promise.reject(new Error('no connection')),
    cluster: { refreshMetadataIfNecessary: async () => steps.push('fetches') },
    checkForStaleAssignment: () => undefined,
    subscriptionState: { assigned: () => [] },
  };
  const { joinAndSync, fetch } = Group.prototype;
  await joinAndSync.call(group as never).catch(({ message }: Error) => steps.push(message));
  await fetch.call(group as never, '1').catch(({ type = 'goes on' }: { type?: string }) => steps.push(type));
  return steps;
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

describe('a member of a group that has failed to join again', () => {
  it('fetches as if it had, as delivered: the change is still needed', async () => {
    expect(await joiningAfterFailure(load(false).Group)).toEqual(['no connection', 'fetches', 'goes on']);
  });

  it('is told with the change to join', async () => {
    expect(await joiningAfterFailure(load(true).Group)).toEqual(['no connection', 'REBALANCE_IN_PROGRESS']);
  });
});

describe('a request without an answer on a connection that is being ended', () => {
  it('waits for ever, as delivered: the change is still needed', () => {
    expect(fateOfUnanswered(load(false).Queue)).toBe('waits for ever');
  });

  it('ends in time with the change', () => {
    expect(fateOfUnanswered(load(true).Queue)).toBe('KafkaJSRequestTimeoutError');
  });

  it('is not told that the socket has closed, as delivered: the change is still needed', async () => {
    expect(await fateWhenTheSocketCloses(load(false).Connection)).toBe('is not told');
  });

  it('ends with the socket with the change', async () => {
    expect(await fateWhenTheSocketCloses(load(true).Connection)).toBe('KafkaJSConnectionError');
  });
});

describe('a connection that broke in the middle of an answer', () => {
  it('takes an answer for another, as delivered: the change is still needed', async () => {
    expect(await answeredAfterHalf(load(false).Connection)).toEqual([0]);
  });

  it('finds the right one with the change', async () => {
    expect(await answeredAfterHalf(load(true).Connection)).toEqual([2]);
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

describe('a question about topics that no broker answers', () => {
  const answerOf = ({ Cluster, Pool }: Loaded): Promise<unknown> => {
    const unanswered = { metadata: () => Promise.reject(new Error('no answer')) };
    const pool = Object.assign(Object.create(Pool.prototype) as BrokerPool, {
      brokers: { 1: unanswered },
      findBroker: async () => unanswered,
      refreshMetadataIfNecessary: async () => undefined,
    });
    const cluster = { brokerPool: pool, retrier: (work: (bail: (error: Error) => void) => unknown) => work(() => undefined) };
    return Cluster.prototype.metadata.call(cluster as never);
  };

  it('is answered with null, as delivered: the change is still needed', async () => {
    expect(await answerOf(load(false))).toBeNull();
  });

  it('fails with the change as one that can be asked again', async () => {
    const failed = await answerOf(load(true)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'KafkaJSConnectionError', retriable: true });
  });
});
