import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaConfig, LogEntry, RetryOptions } from 'kafkajs';
import './kafkajs-fixes';
import type { KafkaLog, KafkaOptions } from './kafka-options';

/** As long as it takes: who waits sets a deadline. */
export const FOR_EVER: RetryOptions = { initialRetryTime: 100, multiplier: 1.5, maxRetryTime: 1_000, retries: 1_000_000 };
/** A question that somebody waits for: kafkajs answers some only when it has asked something else before. */
export const A_FEW_TIMES: RetryOptions = { initialRetryTime: 50, maxRetryTime: 500, retries: 4 };
/** One try and no more: who calls repeats. */
export const ONCE: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 0 };

const KEEP_ALIVE_MS = 60_000;
const CONNECTION_TIMEOUT_MS = 3_000;

/**
 * One of kafkajs's producers, consumers or admins has connections of its own anyway; with a `Kafka` of its own it can also
 * be ended for sure, however long its retries would go on.
 */
export class KafkaClient {
  readonly kafka: Kafka;
  private readonly sockets = new Set<Socket>();
  private abandoned = false;

  constructor(options: KafkaOptions, retry: RetryOptions) {
    const { brokers, clientId = 'tocsin', tls, sasl, requestTimeoutMs = 10_000, log } = options;
    const forward = log && forwardTo(log);
    this.kafka = new Kafka({
      clientId,
      // Having no broker to try is the only answer that ends kafkajs's attempts to connect.
      brokers: () => (this.abandoned ? [] : [...brokers]),
      ...(tls === undefined ? {} : { ssl: { ...tls } }),
      ...(sasl === undefined ? {} : { sasl: { ...sasl } as KafkaConfig['sasl'] }),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      retry,
      socketFactory: (target) => this.open(target),
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => this.abandoned || forward?.(entry),
    });
  }

  /** Closes the connections at once, so that nothing that was sent can still be answered, and opens no more. */
  abandon(): void {
    this.abandoned = true;
    for (const socket of this.sockets) socket.destroy(new Error('abandoned'));
  }

  private open({ host, port, ssl, onConnect }: { host: string; port: number; ssl: object; onConnect: () => void }): Socket {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl ? connectTls({ host, port, ...servername, ...ssl }, onConnect) : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    if (this.abandoned) socket.destroy(new Error('abandoned'));
    return socket;
  }
}

const SAME_LINE_MS = 10_000;

/**
 * What kafkajs calls an error it repeats, and says so with every try, which is several times a second while a broker is
 * away. An answer like "not the leader" or "rebalancing" is daily life.
 */
const forwardTo = (log: KafkaLog): ((entry: LogEntry) => void) => {
  const saidAt = new Map<string, number>();
  return ({ namespace, log: { message, timestamp: _, logger: _logger, stack: _stack, ...fields } }) => {
    const now = performance.now();
    const isNews = now - (saidAt.get(message) ?? -Infinity) > SAME_LINE_MS;
    if (isNews) saidAt.set(message, now);
    const level = isNews && !/^Response |rebalancing/.test(message) ? 'warn' : 'debug';
    log(level, { ...fields, from: namespace }, `kafkajs: ${message}`);
  };
};
