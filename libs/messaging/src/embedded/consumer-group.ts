import type { MessageLog } from '@tocsin/embedded-log';
import type { BusConnection, MessageReceiver } from '../message-bus';
import { TopicReader } from './topic-reader';

interface Member {
  readonly receiver: MessageReceiver;
  reader?: TopicReader;
}

const PARTITION = 0;

/**
 * The members of one group on one topic. There is one partition, so the oldest member has it and the others wait; when it
 * leaves, the next one continues from what was committed.
 */
export class ConsumerGroup {
  private readonly members: Member[] = [];
  private committed: number;

  constructor(
    private readonly log: MessageLog,
    private readonly topic: string,
    private readonly name: string,
  ) {
    this.committed = log.committedOffset(topic, name);
  }

  join(receiver: MessageReceiver, faulting: <T>(call: () => T | Promise<T>) => Promise<T>): BusConnection {
    const member: Member = { receiver };
    this.members.push(member);
    this.startOldest();
    let left: Promise<void> | undefined;
    return {
      commit: (partition, nextOffset) => {
        if (partition !== PARTITION || this.members[0] !== member || nextOffset <= this.committed) return;
        this.committed = nextOffset;
        this.log.commitOffset(this.topic, this.name, nextOffset);
      },
      lag: () => faulting(() => this.log.countFrom(this.topic, this.committed)),
      close: () => (left ??= this.leave(member)),
    };
  }

  private async leave(member: Member): Promise<void> {
    member.reader?.stop();
    const index = this.members.indexOf(member);
    this.members.splice(index, 1);
    this.startOldest();
    // A commit that cannot be kept any more costs a redelivery, which is normal; leaving must not fail for it.
    if (index === 0 && this.committed > 0) await this.log.commitOffsetNow(this.topic, this.name, this.committed).catch(() => undefined);
  }

  private startOldest(): void {
    const [oldest] = this.members;
    if (oldest === undefined || oldest.reader !== undefined) return;
    oldest.reader = new TopicReader(this.log, this.topic, this.committed, (messages) =>
      messages.length === 0 ? Promise.resolve() : oldest.receiver.receive(messages),
    );
  }
}
