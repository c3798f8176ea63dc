import { MessageBus } from '@tocsin/messaging';
import type { BusConnection, CompactedFollower, Message, MessageReceiver, OutgoingMessage, TopicDefinition } from '@tocsin/messaging';
import type { Tracing } from './tracing';

/** Any bus: what is published while something is traced belongs to its trace, and so does what comes of it elsewhere. */
export class TracedMessageBus extends MessageBus {
  constructor(
    private readonly inner: MessageBus,
    private readonly tracing: Tracing,
  ) {
    super();
  }

  publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const attributes = { 'messaging.destination.name': topic, 'messaging.batch.message_count': messages.length };
    return this.tracing.step({ name: `publish ${topic}`, kind: 'producer', attributes }, () => {
      const traceParent = this.tracing.traceParent();
      return this.inner.publish(topic, traceParent === undefined ? messages : messages.map((message) => ({ ...message, traceParent })));
    });
  }

  declare(topics: readonly TopicDefinition[]): Promise<void> {
    return this.inner.declare(topics);
  }

  connect(topic: string, group: string, receiver: MessageReceiver): Promise<BusConnection> {
    return this.inner.connect(topic, group, receiver);
  }

  followCompacted(topic: string, onMessage: (message: Message) => void): Promise<CompactedFollower> {
    return this.inner.followCompacted(topic, onMessage);
  }

  lostTopics(): Promise<readonly string[]> {
    return this.inner.lostTopics();
  }
}
