import { applyDecorators, Catch, UseFilters } from '@nestjs/common';
import type { ExceptionFilter } from '@nestjs/common';
import { EventPattern, Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import type { Instant } from '@tocsin/domain';
import { Consumer } from '@tocsin/messaging';
import type { BackOff, Message, MessageBus, Outcome, Parking } from '@tocsin/messaging';
import { isObservable, lastValueFrom, throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import type { SpanDescription, Tracing } from '../tracing/tracing';

/** Handlers declared with `Consumes` belong to this transport and to no other of the application. */
export const MESSAGE_BUS_TRANSPORT = Symbol('tocsin message bus');

/**
 * Nest would answer an error with a reply that says "Internal server error". Here nobody waits for a reply: the consumer
 * must see the very error, because a refusal, a fault and a bug are treated differently.
 */
@Catch()
class ErrorsReachTheConsumer implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

const errorsReachTheConsumer = new ErrorsReachTheConsumer();

/**
 * Marks a controller's method as the handler of a topic for a consumer group. The method gets the `Message`; what it
 * throws decides over acknowledging, retrying and parking (see `Consumer`). Without `types` it takes every message. A fact
 * of a type that no handler of the group takes is acknowledged: it is in the log. What only the bus holds is parked, since
 * only a newer version can have sent it, which will know what to do with it (P12).
 */
export const Consumes = (topic: string, group: string, options: { readonly types?: readonly string[] } = {}): MethodDecorator =>
  applyDecorators(EventPattern({ topic, group }, MESSAGE_BUS_TRANSPORT, { types: options.types }), UseFilters(errorsReachTheConsumer));

export interface MessageTransportOptions {
  readonly bus: MessageBus;
  readonly parking: Parking;
  readonly random: () => number;
  readonly onOutcome?: (outcome: Outcome) => void;
  /** The bus could not be reached and will be tried again. */
  readonly onConnectFault?: (error: unknown) => void;
  /** How many handlers of a topic and group may run at once, asked before each start. */
  readonly concurrency?: (topic: string, group: string) => number;
  /** Each message is handled as part of its trace. */
  readonly tracing?: Tracing;
  readonly bufferSize?: number;
  readonly backOff?: BackOff;
  /** How long `close` waits for handlers that run. */
  readonly drainMs?: number;
}

type Handler = MessageHandler<Message>;

/** The handlers of one topic and group. */
interface Listener {
  readonly topic: string;
  readonly group: string;
  readonly byType: Map<string, Handler>;
  everything: Handler | undefined;
}

/**
 * Nest's microservice transport above the MessageBus port: one `Consumer` for each topic and group, so that services in
 * one process have each their own position, retries and parking. `app.connectMicroservice({ strategy })`.
 */
export class MessageTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = MESSAGE_BUS_TRANSPORT;
  override readonly propagatesEventHandlerErrors = true;
  private readonly listeners = new Map<string, Listener>();
  private consumers: readonly Consumer[] = [];
  private closing: Promise<void> | undefined;

  constructor(private readonly options: MessageTransportOptions) {
    super();
  }

  override addHandler(
    pattern: { topic: string; group: string },
    handler: Handler,
    _isEventHandler?: boolean,
    extras?: { types?: readonly string[] },
  ): void {
    const { topic, group } = pattern;
    const route = this.normalizePattern({ topic, group });
    let listener = this.listeners.get(route);
    if (listener === undefined) this.listeners.set(route, (listener = { topic, group, byType: new Map(), everything: undefined }));
    // Two handlers of one message would share its acknowledgement: the failure of one would repeat the other.
    if (extras?.types === undefined) {
      if (listener.everything !== undefined) throw new Error(`${group} has two handlers for every message of ${topic}`);
      listener.everything = handler;
    }
    for (const type of extras?.types ?? []) {
      if (listener.byType.has(type)) throw new Error(`${group} has two handlers for ${type} of ${topic}`);
      listener.byType.set(type, handler);
    }
  }

  /** Calls back when every consumer is connected, however long the bus is away. */
  listen(callback: (error?: unknown) => void): void {
    this.consumers = [...this.listeners.values()].map((listener) => this.consumerOf(listener));
    Promise.all(this.consumers.map((consumer) => consumer.start())).then(() => callback(), callback);
  }

  /** Finishes what runs and leaves the groups; the same promise however often it is called. */
  close(): Promise<void> {
    return (this.closing ??= Promise.all(this.consumers.map((consumer) => consumer.stop(this.options.drainMs))).then(() => undefined));
  }

  get connected(): boolean {
    return this.consumers.every((consumer) => consumer.connected);
  }

  /** `topic/group` of what is not connected yet, for the readiness answer. */
  waitingFor(): readonly string[] {
    return this.consumers.filter(({ connected }) => !connected).map(({ name }) => name);
  }

  /** Messages published and not yet committed, over all groups of this process. @throws MessageBusFault */
  async lag(): Promise<number> {
    return (await this.lags()).reduce((sum, { lag }) => sum + lag, 0);
  }

  /** The same for each group. @throws MessageBusFault */
  async lags(): Promise<readonly { readonly topic: string; readonly group: string; readonly lag: number }[]> {
    return Promise.all(
      this.consumers.map(async (consumer) => ({ topic: consumer.topic, group: consumer.group, lag: await consumer.lag() })),
    );
  }

  /** For each group, when the oldest message was published that it was given and is not done with. */
  oldest(): readonly { readonly topic: string; readonly group: string; readonly time: Instant | undefined }[] {
    return this.consumers.map((consumer) => ({ topic: consumer.topic, group: consumer.group, time: consumer.oldestHeld() }));
  }

  /** Resolves when everything published before the call is finished by every group of this process. @throws MessageBusFault */
  async settled(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.settled()));
  }

  /** The transport has no events of its own; outcomes go to `onOutcome`. */
  on(): void {
    throw new Error('the message transport has no events to listen to');
  }

  unwrap<T>(): T {
    return this.options.bus as T;
  }

  private consumerOf(listener: Listener): Consumer {
    const { topic, group } = listener;
    const { bus, parking, random, onOutcome, onConnectFault, concurrency, tracing, bufferSize, backOff } = this.options;
    return new Consumer({
      bus,
      topic,
      group,
      parking,
      random,
      handle: (message) =>
        tracing === undefined
          ? this.dispatch(listener, message)
          : tracing.enter(spanOf(message, group), message.traceParent, () => this.dispatch(listener, message)),
      ...(onOutcome === undefined ? {} : { onOutcome }),
      ...(onConnectFault === undefined ? {} : { onConnectFault }),
      ...(concurrency === undefined ? {} : { concurrency: () => concurrency(topic, group) }),
      ...(bufferSize === undefined ? {} : { bufferSize }),
      ...(backOff === undefined ? {} : { backOff }),
    });
  }

  private async dispatch(listener: Listener, message: Message): Promise<void> {
    const handler = listener.byType.get(message.type) ?? listener.everything;
    if (handler === undefined) {
      if (message.fact === undefined) throw new Error(`${listener.group} does not know messages of the type ${message.type}`);
      return;
    }
    const result: unknown = await handler(message);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  }
}

const spanOf = ({ topic, type, id }: Message, group: string): SpanDescription => ({
  name: `process ${topic}`,
  kind: 'consumer',
  attributes: {
    'messaging.destination.name': topic,
    'messaging.consumer.group.name': group,
    'messaging.message.id': id,
    'tocsin.message.type': type,
  },
});
