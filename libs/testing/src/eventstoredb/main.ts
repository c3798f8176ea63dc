import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DataDirectoryRefused } from '@tocsin/embedded-log';
import { EventStoreDbServer } from './eventstoredb-server';

const USAGE =
  'usage: main.js --directory <where events are kept> [--port 2113] [--certificate <pem> --key <pem>] [--user <name>:<password>]';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      directory: { type: 'string' },
      port: { type: 'string', default: '2113' },
      certificate: { type: 'string' },
      key: { type: 'string' },
      user: { type: 'string', multiple: true },
    },
  });
  const { directory, certificate, key, user } = values;
  const port = Number(values.port);
  if (directory === undefined || !Number.isInteger(port) || (certificate === undefined) !== (key === undefined)) return refuse(USAGE);
  const server = await EventStoreDbServer.start({
    directory,
    port,
    ...(certificate !== undefined &&
      key !== undefined && { tls: { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') } }),
    ...(user !== undefined && { users: Object.fromEntries(user.map(nameAndPassword)) }),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void server.stop());
  console.log(
    'eventstoredb: a test server that speaks the protocol of EventStoreDB, for one machine; not EventStoreDB, and not for production',
  );
  console.log(`eventstoredb ready ${server.url}`);
}

const nameAndPassword = (given: string): [string, string] => {
  const colon = given.indexOf(':');
  return [given.slice(0, Math.max(0, colon)), given.slice(colon + 1)];
};

function refuse(line: string): void {
  console.error(line);
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  if (error instanceof DataDirectoryRefused || (error instanceof Error && 'syscall' in error)) return refuse(error.message);
  console.error(error);
  process.exit(1);
});
