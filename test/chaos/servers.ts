import { join } from 'node:path';
import { launchEventStoreDb } from '../../scripts/servers/eventstoredb.mjs';
import { startKafka } from '../../scripts/servers/kafka.mjs';
import { startMongodb } from '../../scripts/servers/mongodb.mjs';
import { Server } from './server.ts';

export interface Servers {
  readonly kafka: Server;
  readonly mongodb: Server;
  readonly eventStore: Server;
}

interface Placed {
  readonly directory: string;
  readonly port?: number;
}

/** The servers of the cluster profile, each behind a network that can fail. */
export const startServers = async (directory: string, onStarted: (server: Server) => void): Promise<Servers> => {
  const at = (name: string, port: number | undefined): Placed => ({
    directory: join(directory, name),
    ...(port === undefined ? {} : { port }),
  });
  const started = async (starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    onStarted(server);
    return server;
  };
  const all = await Promise.allSettled([
    started(
      Server.start('Kafka', 'frames', async (port, proxyPort) => {
        const running = await startKafka({ ...at('kafka', port), advertisedPort: proxyPort });
        return { running, port: portOf(running.brokers) };
      }),
    ),
    started(
      Server.start('MongoDB', 'bytes', async (port) => {
        const running = await startMongodb(at('mongodb', port));
        return { running, port: portOf(running.url) };
      }),
    ),
    started(
      Server.start('the event store', 'bytes', async (port) => {
        const running = await launchEventStoreDb(at('eventstoredb', port));
        return { running, port: portOf(running.url) };
      }),
    ),
  ]);
  const [kafka, mongodb, eventStore] = all.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }) as [Server, Server, Server];
  return { kafka, mongodb, eventStore };
};

/** What the services are told: the networks' ports. */
export const addressesOf = ({ kafka, mongodb, eventStore }: Servers): Readonly<Record<string, string>> => ({
  KAFKA_BROKERS: `127.0.0.1:${kafka.network.port}`,
  // The replica set's own answer would lead past the proxy.
  MONGODB_URL: `mongodb://127.0.0.1:${mongodb.network.port}/tocsin?directConnection=true`,
  EVENTSTORE_URL: `esdb://127.0.0.1:${eventStore.network.port}?tls=false`,
});

const portOf = (address: string): number => Number(/:(\d+)(?:[/?]|$)/.exec(address)?.[1]);
