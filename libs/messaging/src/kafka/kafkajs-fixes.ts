import { KafkaJSConnectionError, KafkaJSProtocolError } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup';
import Connection from 'kafkajs/src/network/connection';
import RequestQueue from 'kafkajs/src/network/requestQueue';

/** Before each answer. */
const LENGTH_BYTES = 4;
/** In the words of a broker that wants a member to join again. */
const JOIN_AGAIN = Object.assign(new Error('The member has to join'), { type: 'REBALANCE_IN_PROGRESS', code: 27, retriable: false });

/*
 * Changes to kafkajs 2.2.4, which has had no release since February 2023. A spec beside this file fails when one of
 * them is not needed any more.
 */

// 2026-11: an idle connection keeps a timer of 1 ms going for ever (and Node warns of a negative timeout).
const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};

// 2026-11: a connection that is ended waits for the answers it still expects, but stops to look how long they take. One that
// never comes is waited for without end, and with it the consumer that ends its connections before it starts again.
const destroy = RequestQueue.prototype.destroy;
RequestQueue.prototype.destroy = function (this: RequestQueue): void {
  if (this.inflight.size === 0) destroy.call(this);
};
const scheduleTimeouts = RequestQueue.prototype.scheduleRequestTimeoutCheck;
RequestQueue.prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue): void {
  clearInterval(this.requestTimeoutIntervalId);
  scheduleTimeouts.call(this);
};

// 2026-11: a connection that is made anew begins with what had come of an answer when it broke, and understands nothing after
// that; and requests on a socket that closes while the connection is being ended are not told.
const connect = Connection.prototype.connect;
Connection.prototype.connect = function (this: Connection): Promise<unknown> {
  if (this.isConnected()) return connect.call(this);
  this.chunks = [];
  this.bytesBuffered = 0;
  this.bytesNeeded = LENGTH_BYTES;
  const connected = connect.call(this);
  const { socket } = this;
  socket?.once('close', () => {
    if (this.socket === socket) this.rejectRequests(new KafkaJSConnectionError('Connection closed'));
  });
  return connected;
};

/**
 * An assigner that is asked before its member joins the group anew, and so gives up what it had. It is told the group, whose
 * `maxWaitTime` may be changed from one fetch to the next.
 */
export interface BeforeJoin {
  beforeJoin(group: Pick<ConsumerGroup, 'maxWaitTime'>): Promise<void>;
}

/** Those that have given up what they had and have not joined since. */
const outside = new WeakSet<ConsumerGroup>();

// 2026-11: a member that learns of a rebalance joins again at once, so that the next owner of its partitions could begin
// while handlers still run here. There is no hook that is awaited.
const join = ConsumerGroup.prototype.joinAndSync;
ConsumerGroup.prototype.joinAndSync = async function (this: ConsumerGroup): Promise<void> {
  outside.add(this);
  for (const assigner of this.assigners) if (asksBeforeJoin(assigner)) await assigner.beforeJoin(this);
  await join.call(this);
  outside.delete(this);
};

// 2026-11: a member that fails to join again goes on reading what it had before. It has given that up by then, and the group
// may well know it still, or not expect it at all, so nothing would ever tell it to join. It tries to join until it has.
const fetch = ConsumerGroup.prototype.fetch;
ConsumerGroup.prototype.fetch = async function (this: ConsumerGroup, nodeId: string): Promise<readonly object[]> {
  if (outside.has(this)) throw new KafkaJSProtocolError(JOIN_AGAIN);
  return fetch.call(this, nodeId);
};

const asksBeforeJoin = (assigner: object): assigner is BeforeJoin => 'beforeJoin' in assigner;

// 2026-11: a consumer that has lost its last broker crashes for want of a node to ask, and comes back as a new member that
// has to wait until the session of the old one is over. With the nodes it knew last it asks until one answers.
const nodes = ConsumerGroup.prototype.getNodeIds;
const lastNodes = new WeakMap<ConsumerGroup, readonly string[]>();
ConsumerGroup.prototype.getNodeIds = function (this: ConsumerGroup): readonly string[] {
  const known = nodes.call(this);
  if (known.length > 0) lastNodes.set(this, known);
  return known.length > 0 ? known : (lastNodes.get(this) ?? known);
};

// 2026-11: when no broker answers a question about topics, whatever kept them from it, the answer is null. Whoever asks takes it
// apart: a process that began to declare its topics just then ended with a TypeError.
const { metadata } = Cluster.prototype;
Cluster.prototype.metadata = async function (this: Cluster, options?: object): Promise<object> {
  const answer = await metadata.call(this, options);
  if (answer === null) throw new KafkaJSConnectionError('No broker answered');
  return answer;
};
