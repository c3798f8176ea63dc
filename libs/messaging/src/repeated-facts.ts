import type { Message } from './message-bus';

/**
 * After a crash the relay publishes a few facts again, which puts older revisions of a stream behind newer ones. Whoever
 * has finished the newer one already drops them, so that facts of one stream are seen in order. A memory, not the
 * promise: after a restart of the consumer the deciders' own check of revisions is what makes a repetition harmless.
 */
export class RepeatedFacts {
  private readonly finished = new Map<string, number>();

  constructor(private readonly streamsKept = 20_000) {}

  includes(message: Message): boolean {
    return message.fact !== undefined && message.fact.revision <= (this.finished.get(message.fact.stream) ?? -1);
  }

  add(message: Message): void {
    if (message.fact === undefined) return;
    const { stream, revision } = message.fact;
    const before = this.finished.get(stream) ?? -1;
    this.finished.delete(stream);
    this.finished.set(stream, Math.max(before, revision));
    if (this.finished.size <= this.streamsKept) return;
    const oldest = this.finished.keys().next();
    if (!oldest.done) this.finished.delete(oldest.value);
  }
}
