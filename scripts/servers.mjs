// The servers of the cluster profile on this machine, for trying it and for its tests: `npm run servers`. Ends with SIGTERM.
import { join } from 'node:path';
import { startServers } from './servers/servers.mjs';

const directory = join(process.env.TOCSIN_DATA_DIR ?? './data', 'servers');

let stopping = false;
// What a server needs and does not find is one sentence; where in these scripts that was noticed helps nobody.
const { started, what, addresses, stop } = await startServers({ directory, given: process.env }).catch((error) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

const end = async (code) => {
  if (stopping) return;
  stopping = true;
  await stop();
  process.exit(code);
};
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void end(0));
for (const { name, exited } of started) {
  void exited.then(() => {
    if (!stopping) console.error(`server ${name} ended by itself`);
    return end(1);
  });
}

console.log(`servers: ${what}`);
for (const { name, pid } of started) console.log(`server ${name} pid ${pid}`);
for (const [variable, address] of Object.entries(addresses)) console.log(`${variable}=${address}`);
console.log('servers ready');
