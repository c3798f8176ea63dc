import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../prepare/run.mjs';
import { freePorts, LOOPBACK } from './loopback.mjs';
import { startProcess } from './server-process.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The test server that speaks the protocol of EventStoreDB (`libs/testing/src/eventstoredb`), on the loopback interface. It keeps
 * what it has under `directory` and continues with it.
 *
 * @param {object} options
 * @param {string} options.directory
 * @param {number} [options.port] Any free one by default.
 */
export async function startEventStoreDb(options) {
  await run('compiling the test server of EventStoreDB', process.execPath, ['node_modules/typescript-7/bin/tsc', '-b', 'libs/testing'], {
    cwd: root,
  });
  return launchEventStoreDb(options);
}

/** For whoever has compiled it, and starts it again and again. */
export async function launchEventStoreDb({ directory, port }) {
  const home = resolve(directory);
  mkdirSync(home, { recursive: true });
  const listening = port ?? (await freePorts(1))[0];
  const main = `${root}/libs/testing/dist/eventstoredb/main.js`;
  const server = await startProcess({
    name: 'eventstoredb',
    command: process.execPath,
    args: ['--no-warnings', main, '--directory', home, '--port', String(listening)],
    isReady: (output) => output.includes('eventstoredb ready '),
  });
  return { ...server, url: `esdb://${LOOPBACK}:${listening}?tls=false` };
}
