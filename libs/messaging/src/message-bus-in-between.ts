import { MessageBus } from './message-bus';

type ArgumentsOf<Method extends keyof MessageBus> = Parameters<MessageBus[Method]>;

/**
 * Keeps the promises of the bus behind it, and nothing else: what traces, holds up or breaks some of the calls overrides these.
 * Arguments are passed on whole, so that one that the port gets later is not lost on the way.
 */
export class MessageBusInBetween extends MessageBus {
  constructor(protected readonly inner: MessageBus) {
    super();
  }

  declare(...args: ArgumentsOf<'declare'>) {
    return this.inner.declare(...args);
  }

  publish(...args: ArgumentsOf<'publish'>) {
    return this.inner.publish(...args);
  }

  connect(...args: ArgumentsOf<'connect'>) {
    return this.inner.connect(...args);
  }

  followCompacted(...args: ArgumentsOf<'followCompacted'>) {
    return this.inner.followCompacted(...args);
  }

  lostTopics() {
    return this.inner.lostTopics();
  }
}
