import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { becomePrimary, REPLICA_SET } from './mongodb.mjs';
import { freePorts, LOOPBACK } from './loopback.mjs';

const STARTS_WITHIN_MS = 180_000;
const PING_WITHIN_MS = 1_500;

/** Whether a Docker engine answers here, asked without loading anything that could use it. */
export function dockerAnswers(host = process.env.DOCKER_HOST || 'unix:///var/run/docker.sock') {
  const { protocol, hostname, port, pathname } = new URL(host);
  const where = protocol === 'unix:' ? { socketPath: pathname } : { host: hostname, port };
  return new Promise((answer) => {
    const request = get({ ...where, path: '/_ping', timeout: PING_WITHIN_MS }, (response) => {
      response.resume();
      answer(response.statusCode === 200);
    });
    request.on('error', () => answer(false));
    request.on('timeout', () => request.destroy());
  });
}

/** The server in the image, and with the settings, that `docker/compose.yaml` has for it: nothing else is told twice. */
const compose = parse(readFileSync(new URL('../../docker/compose.yaml', import.meta.url), 'utf8'));

/**
 * The real images. Kafka and MongoDB tell clients where they are, so each listens in its container on the port that it has here.
 * What they keep is in a volume of Docker's that belongs to the directory.
 */
const containers = {
  kafka: {
    inner: (port) => port,
    environment: (port) => ({
      KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${LOOPBACK}:${port}`,
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    }),
    started: (Wait) => Wait.forLogMessage(/Kafka Server started/),
    ready: () => undefined,
    address: (port) => `${LOOPBACK}:${port}`,
  },
  eventstore: {
    inner: () => 2113,
    environment: () => ({}),
    started: (Wait) => Wait.forHttp('/health/live', 2113).forStatusCodeMatching((code) => code >= 200 && code < 300),
    ready: () => undefined,
    address: (port) => `esdb://${LOOPBACK}:${port}?tls=false`,
  },
  mongodb: {
    inner: (port) => port,
    command: (port) => ['mongod', '--replSet', REPLICA_SET, '--bind_ip_all', '--port', String(port)],
    environment: () => ({}),
    started: (Wait) => Wait.forLogMessage(/Waiting for connections/),
    ready: becomePrimary,
    address: (port) => `mongodb://${LOOPBACK}:${port}/tocsin?replicaSet=${REPLICA_SET}`,
  },
};

/**
 * @param {'kafka' | 'eventstore' | 'mongodb'} service Its name in `docker/compose.yaml`.
 * @param {{ directory: string }} options
 * @returns {Promise<{ address: string, what: string, pid: number, exited: Promise<void>, stop(): Promise<void> }>}
 */
export async function startContainer(service, { directory }) {
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  const { image, environment, volumes } = compose.services[service];
  const of = containers[service];
  const [port] = await freePorts(1);
  const container = new GenericContainer(image)
    .withEnvironment({ ...asText(environment), ...of.environment(port) })
    .withExposedPorts({ container: of.inner(port), host: port })
    .withBindMounts(volumes.map((volume) => ({ source: volumeName(service, directory), target: volume.split(':')[1] })))
    .withStartupTimeout(STARTS_WITHIN_MS)
    .withWaitStrategy(of.started(Wait));
  if (of.command !== undefined) container.withCommand(of.command(port));
  onLoopbackOnly(container);
  const started = await container.start();
  const runtime = await getContainerRuntimeClient();
  const handle = runtime.container.getById(started.getId());
  const stop = async () => void (await started.stop());
  try {
    await of.ready(port);
    const { State } = await runtime.container.inspect(handle);
    return { address: of.address(port), what: `${image} in Docker`, pid: State.Pid, exited: handle.wait().then(() => undefined), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The library publishes ports on every interface and has no option for it. */
function onLoopbackOnly(container) {
  for (const bindings of Object.values(container.hostConfig.PortBindings)) for (const binding of bindings) binding.HostIp = LOOPBACK;
}

const volumeName = (service, directory) =>
  `tocsin-${service}-${createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 12)}`;

const asText = (environment = {}) => Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
