import { join } from 'node:path';
import { dockerAnswers, startContainer } from './containers.mjs';
import { startEventStoreDb } from './eventstoredb.mjs';
import { startKafka, VERSION as KAFKA_VERSION } from './kafka.mjs';
import { startMongodb, VERSION as MONGODB_VERSION } from './mongodb.mjs';

/** The servers of the cluster profile. Each is started unless its address is given. A server more is a line more. */
const servers = [
  {
    name: 'eventstoredb',
    variable: 'EVENTSTORE_URL',
    container: 'eventstore',
    start: async (directory) => named("the test server of EventStoreDB's protocol", await startEventStoreDb({ directory }), 'url'),
  },
  {
    name: 'kafka',
    variable: 'KAFKA_BROKERS',
    container: 'kafka',
    start: async (directory, lasting) => named(`Apache Kafka ${KAFKA_VERSION}`, await startKafka({ directory, lasting }), 'brokers'),
  },
  {
    name: 'mongodb',
    variable: 'MONGODB_URL',
    container: 'mongodb',
    start: async (directory) => named(`MongoDB ${MONGODB_VERSION}`, await startMongodb({ directory }), 'url'),
  },
];

const named = (what, server, address) => ({ ...server, what, address: server[address] });

/**
 * @param {object} options
 * @param {string} options.directory Each server keeps its data in a folder of its own in it.
 * @param {Record<string, string | undefined>} options.given Addresses by variable, as in `process.env`: such a server is not started.
 *   With `TOCSIN_SERVERS=processes` the others are processes also where a Docker engine answers, which would else run their images.
 * @param {boolean} [options.lasting] For more than some minutes, as `startKafka` has it.
 */
export async function startServers({ directory, given, lasting = false }) {
  const started = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  const wanted = servers.filter(({ variable }) => !given[variable]);
  const inDocker = wanted.length > 0 && given.TOCSIN_SERVERS !== 'processes' && (await dockerAnswers());
  const outcomes = await Promise.allSettled(
    wanted.map(async ({ name, variable, container, start }) => {
      const home = join(directory, name);
      started.push({ name, variable, ...(await (inDocker ? startContainer(container, { directory: home }) : start(home, lasting))) });
    }),
  );
  // Only when all have come to an end: one that was still starting would stay behind.
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const what = servers.map(
    ({ name, variable }) => `${name}: ${started.find((server) => server.name === name)?.what ?? `${variable} is given`}`,
  );
  return {
    started,
    /** Which server each one is, in a line. */
    what: what.join('; '),
    /** Address by variable, given and started. */
    addresses: Object.fromEntries(
      servers.map(({ variable }) => [variable, given[variable] || started.find((server) => server.variable === variable).address]),
    ),
    stop,
  };
}
