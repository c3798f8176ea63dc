import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup';
import RequestQueue from 'kafkajs/src/network/requestQueue';

/*
 * Changes to kafkajs 2.2.4, which has had no release since February 2023. A spec beside this file fails when one of
 * them is not needed any more.
 */

// 2026-11: an idle connection keeps a timer of 1 ms going for ever (and Node warns of a negative timeout).
const schedule = RequestQueue.prototype.scheduleCheckPendingRequests;
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};

/** An assigner that is asked before its member joins the group anew, and so gives up what it had. */
export interface BeforeJoin {
  beforeJoin(): Promise<void>;
}

// 2026-11: a member that learns of a rebalance joins again at once, so that the next owner of its partitions could begin
// while handlers still run here. There is no hook that is awaited.
const join = ConsumerGroup.prototype.joinAndSync;
ConsumerGroup.prototype.joinAndSync = async function (this: ConsumerGroup): Promise<void> {
  for (const assigner of this.assigners) if (asksBeforeJoin(assigner)) await assigner.beforeJoin();
  return join.call(this);
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
