import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../prepare/run.mjs';
import { accepts, freePorts, LOOPBACK } from './loopback.mjs';
import { startProcess } from './server-process.mjs';
import { cached } from './tools-cache.mjs';

export const VERSION = '4.3.1';
const here = (name) => fileURLToPath(new URL(`kafka/${name}`, import.meta.url));

/**
 * One Kafka broker on the loopback interface, which keeps what it has under `directory`. Started on a directory that was used
 * before, it continues with that data, also after a kill.
 *
 * @param {object} options
 * @param {string} options.directory
 * @param {number} [options.port] Of the plain listener; any free one by default. Whoever restarts a broker under its clients gives the old one.
 * @param {{ username: string, password: string, port?: number }} [options.secure] One listener more, with TLS (a certificate of its own)
 *   and SASL/SCRAM-SHA-512 for this user.
 * @param {number} [options.advertisedPort] Where clients are told to find the plain listener: a proxy in front of it.
 * @param {{ nodeId: number, controllerPorts: number[] }} [options.quorum] As one of several brokers, numbered from 1, which are started together.
 * @param {number} [options.heapMb]
 * @param {boolean} [options.lasting] For more than some minutes: what it does again and again is compiled as a broker of production
 *   does it. That costs the first minute twice the CPU, and then a third less.
 */
export async function startKafka({ directory, port, secure, advertisedPort, quorum, heapMb = 192, lasting = false }) {
  const home = resolve(directory);
  const jars = await fetchBroker();
  const free = await freePorts(3);
  const { nodeId, controllerPorts } = quorum ?? { nodeId: 1, controllerPorts: [free[1]] };
  const ports = { plain: port ?? free[0], controller: controllerPorts[nodeId - 1], secure: secure?.port ?? free[2] };
  mkdirSync(home, { recursive: true });
  const ca = secure && makeCertificate(home);
  const properties = join(home, 'server.properties');
  writeFileSync(
    properties,
    serverProperties(home, { advertised: advertisedPort ?? ports.plain, ...ports }, { nodeId, controllerPorts }, secure),
  );
  const java = [
    ...['-Xms64m', `-Xmx${heapMb}m`, '-XX:+UseSerialGC', ...(lasting ? [] : ['-XX:TieredStopAtLevel=1'])],
    ...[`-Dlog4j2.configurationFile=file:${here('log4j2.properties')}`, `-Dkafka.logs.dir=${home}/logs`, '-cp', `${jars}/*`],
  ];
  if (!existsSync(`${home}/data/meta.properties`)) format(java, properties, secure);
  const broker = await startProcess({
    name: 'kafka',
    command: 'java',
    args: [...java, 'kafka.Kafka', properties],
    cwd: home,
    isReady: () => accepts(ports.plain),
  });
  return {
    brokers: `${LOOPBACK}:${ports.plain}`,
    ...(secure && { secureBrokers: `${LOOPBACK}:${ports.secure}`, ca }),
    pid: broker.pid,
    exited: broker.exited,
    stop: broker.stop,
  };
}

/** The broker's jars, fetched by Maven once and compared with what this repository expects. */
function fetchBroker() {
  const expected = readFileSync(here('jars.sha256'), 'utf8');
  const digest = createHash('sha256').update(expected).digest('hex').slice(0, 8);
  return cached(`kafka-${VERSION}-${digest}`, async (directory) => {
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${directory}`, '-DincludeScope=runtime'];
    await run(`fetching Kafka ${VERSION} (44 MB, once)`, 'mvn', ['-B', '-q', '-C', '-f', here('pom.xml'), ...goal], { cwd: directory });
    const sums = await Promise.all(
      readdirSync(directory)
        .sort()
        .map(async (name) => `${await sha256(join(directory, name))}  ${name}`),
    );
    const unexpected = sums.filter((line) => !expected.includes(`${line}\n`));
    const isComplete = sums.length === expected.trimEnd().split('\n').length;
    if (unexpected.length > 0 || !isComplete) throw new Error(`Kafka ${VERSION} is not what was expected: ${unexpected.join(', ')}`);
  });
}

async function sha256(file) {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
}

function format(java, properties, secure) {
  const user = secure && ['--add-scram', `SCRAM-SHA-512=[name=${secure.username},password=${secure.password}]`];
  execute('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', 'tocsin', '-c', properties, ...(user ?? [])]);
}

/** @returns {string} PEM; the certificate is its own authority. */
function makeCertificate(home) {
  const keystore = `${home}/keystore.p12`;
  const store = ['-keystore', keystore, '-storepass', STORE_PASSWORD, '-alias', 'broker'];
  if (!existsSync(keystore)) {
    const subject = ['-dname', 'CN=tocsin-test-broker', '-ext', `san=ip:${LOOPBACK}`, '-ext', 'bc=ca:true', '-validity', '3650'];
    execute('keytool', ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-storetype', 'PKCS12', ...store, ...subject]);
  }
  return execute('keytool', ['-exportcert', '-rfc', ...store]);
}

// It guards a key that nobody trusts but the test that made it.
const STORE_PASSWORD = 'tocsin-tests';

function execute(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw new Error(`kafka: ${command} did not start (Java 17 or newer is needed): ${error.message}`, { cause: error });
  if (status !== 0) throw new Error(`kafka: ${command} ${args.at(-1)} failed\n${stdout}${stderr}`);
  return stdout;
}

function serverProperties(home, ports, { nodeId, controllerPorts }, secure) {
  const copies = Math.min(3, controllerPorts.length);
  const listeners = [`PLAINTEXT://${LOOPBACK}:${ports.plain}`, `CONTROLLER://${LOOPBACK}:${ports.controller}`];
  if (secure) listeners.push(`SASLTLS://${LOOPBACK}:${ports.secure}`);
  const advertised = listeners.map((listener) => listener.replace(/^(PLAINTEXT:.*):\d+$/, `$1:${ports.advertised}`));
  return `process.roles=broker,controller
node.id=${nodeId}
controller.quorum.voters=${controllerPorts.map((port, index) => `${index + 1}@${LOOPBACK}:${port}`).join(',')}
listeners=${listeners.join(',')}
advertised.listeners=${advertised.join(',')}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASLTLS:SASL_SSL
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=${home}/data
auto.create.topics.enable=false
num.partitions=1
offsets.topic.replication.factor=${copies}
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=${copies}
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=${copies}
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# After a kill the controller waits for the old session to end before the broker may come back.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
# The default is more than the whole heap.
log.cleaner.dedupe.buffer.size=4194304
# The defaults, 3 and 8, are for a machine of many cores and disks; on a few they wake each other up.
num.network.threads=1
num.io.threads=2
# A record twice a second that says nothing. It tells followers of the controller how far they are: one alone has none.
metadata.max.idle.interval.ms=${controllerPorts.length > 1 ? 500 : 0}
${secure ? secureProperties(home) : ''}`;
}

const secureProperties = (home) => `ssl.keystore.type=PKCS12
ssl.keystore.location=${home}/keystore.p12
ssl.keystore.password=${STORE_PASSWORD}
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasltls.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
`;
