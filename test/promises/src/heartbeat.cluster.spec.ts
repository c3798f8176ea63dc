import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alertsService } from '@tocsin/alerts';
import { services } from '@tocsin/contracts';
import type { ServiceName } from '@tocsin/contracts';
import { parseInstant } from '@tocsin/domain';
import { escalationService } from '@tocsin/escalation';
import { ingestionService } from '@tocsin/ingestion';
import { notificationsService } from '@tocsin/notifications';
import { oncallService } from '@tocsin/oncall';
import { createLogger, WoundClock } from '@tocsin/platform';
import { startClusterService } from '@tocsin/platform/nest';
import type { ClusterSettings, ServiceDefinition } from '@tocsin/platform/nest';
import { HeartbeatMonitor } from '@tocsin/testing';
import { EventStoreDbServer } from '@tocsin/testing/eventstoredb';

jest.setTimeout(300_000);

type AnyService = ServiceDefinition<ClusterSettings>;
const definitions: Readonly<Record<ServiceName, AnyService>> = {
  ingestion: ingestionService,
  alerts: alertsService as unknown as AnyService,
  escalation: escalationService,
  oncall: oncallService as unknown as AnyService,
  notifications: notificationsService as unknown as AnyService,
};
const names = Object.keys(services) as readonly ServiceName[];

let directory: string;
let eventStore: EventStoreDbServer;
let monitor: HeartbeatMonitor;
let clock: WoundClock;
let settings: Readonly<Record<string, string | undefined>>;
let withheld: string[];
const running: { readonly name: ServiceName; readonly service: ReturnType<typeof startClusterService> }[] = [];

const startReplicas = async (of: readonly ServiceName[]): Promise<void> => {
  const log = createLogger({
    level: 'warn',
    write: (line) => {
      const { msg, matters } = JSON.parse(line) as { msg: string; matters: string[] };
      if (msg === 'heartbeat withheld') withheld.push(...matters);
    },
  });
  const started = of.flatMap((name) =>
    [1, 2].map(() => {
      const definition = definitions[name];
      const service = startClusterService(definition, definition.readSettings(settings), log, { clock, random: Math.random });
      running.push({ name, service });
      return service.started;
    }),
  );
  await Promise.all(started);
};

const stopReplicas = async (name: ServiceName, most = 2): Promise<void> => {
  const stopped = running.filter((each) => each.name === name).slice(0, most);
  for (const each of stopped) running.splice(running.indexOf(each), 1);
  await Promise.all(stopped.map(({ service }) => service.stop()));
};

/** Real time for the real work of one round; what was not done by then is waited for again. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2_000));

/** Winds until the next ping: a change of owner takes real seconds, and rounds from before it are not judged. */
const pingedAgain = async (): Promise<void> => {
  const before = monitor.pings.length;
  while (monitor.pings.length === before) {
    await clock.advance('1m');
    await Promise.race([monitor.pinged(before + 1), turn()]);
  }
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tocsin-'));
  eventStore = await EventStoreDbServer.start({ directory, port: 0 });
  monitor = await HeartbeatMonitor.start();
  const name = `h${randomUUID().slice(0, 8)}`;
  settings = {
    PORT: '0',
    KAFKA_BROKERS: process.env['KAFKA_BROKERS'],
    KAFKA_TOPIC_PREFIX: `${name}.`,
    KAFKA_PARTITIONS: '4',
    MONGODB_URL: process.env['MONGODB_URL']?.replace(/\/[^/?]*(\?|$)/, `/${name}$1`),
    EVENTSTORE_URL: eventStore.url,
    TOCSIN_PUBLIC_URL: 'http://tocsin.test',
    TOCSIN_SECRET_KEY: 'a-secret-key-for-tests-that-is-long-enough',
    TOCSIN_BOOTSTRAP_API_KEY: 'tk_acceptanceadministratorkey',
    TOCSIN_HEARTBEAT_URL: `${monitor.url}/s3cret`,
  };
  clock = new WoundClock(parseInstant('2026-01-05T09:00:00Z'), async () => undefined);
  withheld = [];
  await startReplicas(names);
});

afterAll(async () => {
  await Promise.all(running.map(({ service }) => service.stop()));
  await monitor.stop();
  await eventStore.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a cluster with two replicas of each service', () => {
  it('sends one ping for each round', async () => {
    await pingedAgain();
    for (let round = 0; round < 5; round++) {
      const before = monitor.pings.length;
      await clock.advance('1m');
      await monitor.pinged(before + 1);
      expect(monitor.pings).toHaveLength(before + 1);
    }
  });

  it.each(names.filter((name) => name !== 'ingestion'))(
    'sends none while no replica of %s is there, and says so or is gone',
    async (name) => {
      await pingedAgain();
      await stopReplicas(name);
      const before = monitor.pings.length;
      withheld = [];
      for (let minute = 0; minute < 4; minute++) {
        await clock.advance('1m');
        await turn();
      }
      expect(monitor.pings).toHaveLength(before);
      if (name !== 'notifications') expect(withheld.join('\n')).toContain('no round of probes has come through');
      await startReplicas([name]);
      await pingedAgain();
    },
  );

  it('goes on when one replica of each is gone, whoever sent and pinged before', async () => {
    for (const name of names) await stopReplicas(name, 1);
    await pingedAgain();
    await pingedAgain();
  });
});
