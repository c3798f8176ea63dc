// The five services with their servers and one front door on this machine: `npm run cluster [-- --replicas N] [--restart]`.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serviceOf, services } from '../libs/contracts/dist/index.js';
import { secretKeyIn } from '../libs/platform/dist/index.js';
import { startFrontDoor } from './cluster/front-door.mjs';
import { Replica } from './cluster/replica.mjs';
import { startServers } from './servers/servers.mjs';

const {
  values: { replicas: replicasText, restart },
} = parseArgs({ options: { replicas: { type: 'string', default: '1' }, restart: { type: 'boolean', default: false } } });
const replicaCount = Number(replicasText);
if (!(Number.isSafeInteger(replicaCount) && replicaCount >= 1 && replicaCount <= 9)) refuse('--replicas takes a number from 1 to 9');
const dataDirectory = process.env.TOCSIN_DATA_DIR ?? './data';
const host = process.env.TOCSIN_HOST ?? '127.0.0.1';
const port = Number(process.env.TOCSIN_PORT ?? 8080);
if (!process.env.TOCSIN_BOOTSTRAP_API_KEY)
  refuse("TOCSIN_BOOTSTRAP_API_KEY: must be set (the administrator's API key; in the cluster profile it is never printed)");

const say = (line) => console.log(line);
const closings = [];
let stopping;
const stop = (code) =>
  (stopping ??= (async () => {
    for (const close of closings.reverse()) await close().catch((error) => console.error(error.message));
    process.exit(code);
  })());
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void stop(0));

try {
  const servers = await startServers({ directory: join(dataDirectory, 'servers'), given: process.env });
  closings.push(() => servers.stop());
  say(`servers: ${servers.what}`);
  for (const { name, pid } of servers.started) say(`server ${name} pid ${pid}`);
  for (const [variable, address] of Object.entries(servers.addresses)) say(`${variable}=${address}`);

  const replicas = [];
  const frontDoor = await startFrontDoor({
    host,
    port,
    services: Object.keys(services),
    serviceOf,
    replicasOf: (service) => replicas.filter((replica) => replica.service === service && replica.url !== '').map(({ url }) => url),
  });
  closings.push(() => frontDoor.close());
  const env = {
    ...process.env,
    ...servers.addresses,
    TOCSIN_HOST: host,
    TOCSIN_PUBLIC_URL: process.env.TOCSIN_PUBLIC_URL ?? frontDoor.url,
    TOCSIN_TRUSTED_PROXIES: process.env.TOCSIN_TRUSTED_PROXIES ?? 'loopback',
    TOCSIN_SECRET_KEY: process.env.TOCSIN_SECRET_KEY ?? secretKeyIn(dataDirectory),
  };
  closings.push(() => Promise.all(replicas.map((replica) => replica.stop())));
  for (const service of Object.keys(services))
    for (let number = 1; number <= replicaCount; number++) replicas.push(new Replica({ service, number, env, restart, say }));
  await Promise.all(replicas.map((replica) => replica.start()));
  say(`tocsin ready ${frontDoor.url}`);
} catch (error) {
  if (stopping === undefined) console.error(error.message);
  await stop(1);
}

function refuse(line) {
  console.error(line);
  process.exit(1);
}
