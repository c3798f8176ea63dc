import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServers } from '../../scripts/servers/servers.mjs';

/** Before `npm run test:cluster`: suites find the servers where the services do, in the environment. */
export default async function startAll() {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-servers-'));
  const servers = await startServers({ directory, given: process.env });
  console.log(`cluster tests run on ${servers.what}`);
  for (const [variable, address] of Object.entries(servers.addresses)) {
    const started = servers.started.find((server) => server.variable === variable);
    console.log(`cluster tests: ${variable}=${address} (${started ? `${started.name} started, pid ${started.pid}` : 'given'})`);
    process.env[variable] = address;
  }
  globalThis.serversOfThisRun = { servers, directory };
}
