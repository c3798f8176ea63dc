import { createServer } from 'node:net';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { EmbeddedLog } from '@tocsin/embedded-log';
import type { Users } from './credentials';
import { Database } from './database';
import type { Serving } from './fault-injection';
import { Faults } from './faults';
import { featuresService, gossipService } from './cluster-services';
import { streamsService } from './streams-service';
import { wholeCallsOnly } from './whole-calls';

export interface EventStoreDbServerOptions {
  /** Where the events are kept; the same directory has the same events again. */
  readonly directory: string;
  /** 0 (usual): a free one. */
  readonly port?: number;
  /** Only loopback makes sense for a test server. */
  readonly host?: string;
  /** PEM; without it connections are not encrypted, and clients send no credentials. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly users?: Users;
  /** The real server's limit is the usual one. */
  readonly mostAppendBytes?: number;
  readonly now?: () => number;
  /** How many ids of the newest events are known again with `any` (100 000); the real server's memory is short and not durable. */
  readonly rememberedIds?: number;
}

const VERSION = '23.10.0-tocsin-test';
const LARGEST_MESSAGE = 17 * 1024 * 1024;
const WRITE_TIMEOUT_MS = 2_000;

/**
 * Somebody else's EventStoreDB, for tests: speaks the client protocol of version 23.10 for streams, over the embedded log.
 * One node, no scavenging, no access lists, no projections, no persistent subscriptions.
 */
export class EventStoreDbServer {
  readonly faults = new Faults();
  private readonly sockets = new Set<Socket>();
  private readonly grpc = new Server({
    'grpc.max_receive_message_length': LARGEST_MESSAGE,
    'grpc.max_send_message_length': LARGEST_MESSAGE,
    // Nobody looks at its statistics of calls.
    'grpc.enable_channelz': 0,
    interceptors: [wholeCallsOnly],
  });
  private readonly tcp: TcpServer;
  private stopping: Promise<void> | undefined;

  private constructor(
    private readonly options: EventStoreDbServerOptions,
    private readonly log: EmbeddedLog,
  ) {
    const now = options.now ?? Date.now;
    const serving: Serving = {
      database: new Database(log.events, now, options.rememberedIds ?? 100_000),
      faults: this.faults,
      users: options.users,
      mostAppendBytes: options.mostAppendBytes ?? 1_048_576,
      now,
      address: () => ({ host: this.host, port: this.port }),
      cutConnections: () => this.cutConnections(),
      delay: (ms) => delay(ms),
    };
    this.grpc.addService(StreamsService, streamsService(serving));
    this.grpc.addService(GossipService, gossipService(serving.address, now));
    this.grpc.addService(ServerFeaturesService, featuresService(VERSION));
    // The sockets are ours, so that a test can cut them.
    const injector = this.grpc.createConnectionInjector(credentialsOf(options.tls));
    this.tcp = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      // A client that breaks off is an everyday thing to a server.
      socket.on('error', () => undefined);
      injector.injectConnection(socket);
    });
  }

  static async start(options: EventStoreDbServerOptions): Promise<EventStoreDbServer> {
    const log = await EmbeddedLog.open({ directory: options.directory, deadlineMs: WRITE_TIMEOUT_MS });
    try {
      const server = new EventStoreDbServer(options, log);
      await new Promise<void>((resolve, reject) => {
        server.tcp.once('error', reject);
        server.tcp.listen(options.port ?? 0, server.host, resolve);
      });
      return server;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  get host(): string {
    return this.options.host ?? '127.0.0.1';
  }

  get port(): number {
    return (this.tcp.address() as AddressInfo).port;
  }

  get url(): string {
    return `esdb://${this.host}:${this.port}?tls=${this.options.tls !== undefined}`;
  }

  /** Breaks every connection; new ones are taken. */
  cutConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Ends open calls as cancelled, connections, and then the log. */
  stop(): Promise<void> {
    return (this.stopping ??= this.stopOnce());
  }

  private async stopOnce(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.tcp.close(() => resolve()));
    this.grpc.forceShutdown();
    for (const socket of this.sockets) socket.end();
    // A client that does not hang up must not keep the server from ending.
    const late = setTimeout(() => this.cutConnections(), 1_000);
    await closed;
    clearTimeout(late);
    await this.log.close();
  }
}

const credentialsOf = (tls: EventStoreDbServerOptions['tls']): ServerCredentials =>
  tls === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [{ cert_chain: Buffer.from(tls.certificate), private_key: Buffer.from(tls.key) }]);
