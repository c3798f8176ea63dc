import { join } from 'node:path';
import { startEventStoreDb } from './eventstoredb.mjs';
import { startKafka } from './kafka.mjs';
import { startMongodb } from './mongodb.mjs';

/**
 * The servers of the cluster profile. Each is started unless its address is given, and `start` answers the address.
 * A server more is a line more.
 */
const servers = [
  {
    name: 'eventstoredb',
    variable: 'EVENTSTORE_URL',
    start: async (directory) => addressed(await startEventStoreDb({ directory }), ({ url }) => url),
  },
  {
    name: 'kafka',
    variable: 'KAFKA_BROKERS',
    start: async (directory) => addressed(await startKafka({ directory }), ({ brokers }) => brokers),
  },
  {
    name: 'mongodb',
    variable: 'MONGODB_URL',
    start: async (directory) => addressed(await startMongodb({ directory }), ({ url }) => url),
  },
];

const addressed = (server, addressOf) => ({ ...server, address: addressOf(server) });

/**
 * @param {object} options
 * @param {string} options.directory Each server keeps its data in a folder of its own in it.
 * @param {Record<string, string | undefined>} options.given Addresses by variable, as in `process.env`: such a server is not started.
 */
export async function startServers({ directory, given }) {
  const started = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  const outcomes = await Promise.allSettled(
    servers
      .filter(({ variable }) => !given[variable])
      .map(async ({ name, variable, start }) => {
        started.push({ name, variable, ...(await start(join(directory, name))) });
      }),
  );
  // Only when all have come to an end: one that was still starting would stay behind.
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    started,
    /** Address by variable, given and started. */
    addresses: Object.fromEntries(
      servers.map(({ variable }) => [variable, given[variable] || started.find((server) => server.variable === variable).address]),
    ),
    stop,
  };
}
