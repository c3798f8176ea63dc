import { MessageBusInBetween } from '@tocsin/messaging';
import type { MessageBus, OutgoingMessage } from '@tocsin/messaging';
import type { Tracing } from './tracing';

/** Any bus: what is published while something is traced belongs to its trace, and so does what comes of it elsewhere. */
export class TracedMessageBus extends MessageBusInBetween {
  constructor(
    inner: MessageBus,
    private readonly tracing: Tracing,
  ) {
    super(inner);
  }

  override publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const attributes = { 'messaging.destination.name': topic, 'messaging.batch.message_count': messages.length };
    return this.tracing.step({ name: `publish ${topic}`, kind: 'producer', attributes }, () => {
      const traceParent = this.tracing.traceParent();
      return super.publish(topic, traceParent === undefined ? messages : messages.map((message) => ({ ...message, traceParent })));
    });
  }
}
