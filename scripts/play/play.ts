// Tocsin between fakes of everything that it talks to, and a page where one can be the phone, the mailbox and the Slack channel.
// Usage: npm run play [-- --port N]. Ctrl-C ends it; nothing of it is kept. With TOCSIN_BUNDLE_PAGES=false every page goes out by itself.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from '../demo/client.mjs';
import { startOutside } from './outside.ts';
import { startPage } from './page-server.ts';
import { Product } from './product.ts';
import { makeReady } from './ready-world.ts';
import { Scene } from './scene.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const { TOCSIN_BUNDLE_PAGES: bundlePages = '' } = process.env;
const apiKey = `tk_${randomBytes(24).toString('base64url')}`;
const say = (line: string): void => console.log(line);

const closings: (() => unknown)[] = [];
let stopping: Promise<void> | undefined;
const stop = (code: number): Promise<void> =>
  (stopping ??= (async () => {
    for (let close = closings.pop(); close !== undefined; close = closings.pop())
      await Promise.resolve(close()).catch((error: unknown) => console.error(error));
    process.exit(code);
  })());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

try {
  say('play: starting Tocsin in a temporary directory, between fakes of the providers ...');
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-play-'));
  closings.push(() => rmSync(directory, { recursive: true, force: true }));
  const outside = await startOutside();
  closings.push(() => outside.stop());
  const product = new Product({
    ...outside.environment,
    ...{ TOCSIN_DATA_DIR: directory, TOCSIN_BOOTSTRAP_API_KEY: apiKey, LOG_LEVEL: 'error', TOCSIN_BUNDLE_PAGES: bundlePages },
  });
  product.onEnd = () => {
    // Ctrl-C is heard by both.
    if (stopping === undefined) console.error('play: Tocsin has ended by itself; it can be started again on the page');
  };
  closings.push(() => product.stop());
  await product.start();
  outside.callBack(product.url);
  const api = new Client(product.url, apiKey);
  const world = await makeReady(api, outside);
  const scene = new Scene({ world, outside, api, product });
  const page = await startPage({ scene, product, api }, Number(values.port));
  closings.push(() => page.close());
  scene.begin();
  closings.push(() => scene.end());
  const [ana, ben, cleo] = world.people.map(({ name }) => name.split(' ')[0]);
  say(`play: ${ana} is on call; ${ben} and ${cleo} are next. Be any of them on the page. Ctrl-C ends it, and nothing of it is kept.`);
  say(`play: Tocsin's own API is at ${product.url}, the key of its administrator is ${apiKey}. An event by hand:`);
  say(
    `  curl -X POST ${product.url}/api/events -H 'Content-Type: application/json' -d '{"integrationKey":"${world.integrationKey}","eventType":"ALERT","summary":"disk full on db1","alertKey":"disk-db1"}'`,
  );
  say(`play ready ${page.url}`);
} catch (error) {
  if (stopping === undefined) console.error(error instanceof Error ? `play: ${error.message}` : error);
  await stop(1);
}
