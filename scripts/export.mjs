// Writes the event log into one file, to be imported elsewhere: `npm run export -- <new file> [--data DIR]`.
// From a data directory of the embedded profile on which nothing runs, or from the event store of the cluster profile while it runs.
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EmbeddedLog } from '../libs/embedded-log/dist/index.js';
import { EmbeddedEventStore } from '../libs/event-store/dist/embedded/index.js';
import { EventStoreDbEventStore } from '../libs/event-store/dist/eventstoredb/index.js';
import { exportLog } from '../libs/log-file/dist/index.js';
import { unhandledMessages } from '../libs/messaging/dist/embedded/index.js';
import { topicsOfTheirOwn } from '../libs/messaging/dist/index.js';
import { SECRET_KEY_FILE, secretKeyIn, SecretBox } from '../libs/platform/dist/index.js';
import { end, ProgressLines } from './log/telling.mjs';

const USAGE = `usage: npm run export -- <new file> [--data DIR]
  from DIR (a data directory on which nothing runs, or a backup of one), else from EVENTSTORE_URL, else from TOCSIN_DATA_DIR, usually ./data`;

async function fromDataDirectory(directory) {
  if (!existsSync(join(directory, 'log.db'))) throw new Error(`there is no log.db in ${directory}`);
  const key = process.env.TOCSIN_SECRET_KEY?.trim() || (existsSync(join(directory, SECRET_KEY_FILE)) && secretKeyIn(directory));
  if (!key) throw new Error(`there is no ${SECRET_KEY_FILE} in ${directory}: set TOCSIN_SECRET_KEY to the key that is used`);
  const log = await EmbeddedLog.open({ directory });
  return {
    eventStore: new EmbeddedEventStore(log),
    messages: () => unhandledMessages(log.messages, topicsOfTheirOwn),
    secretKeys: SecretBox.fromSetting(key).keyIds,
    close: () => log.close(),
  };
}

function fromCluster(url) {
  const key = process.env.TOCSIN_SECRET_KEY?.trim();
  const eventStore = new EventStoreDbEventStore({ url });
  return { eventStore, messages: () => [], secretKeys: key ? SecretBox.fromSetting(key).keyIds : [], close: () => eventStore.close() };
}

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { data: { type: 'string' } } });
  const [given, ...rest] = positionals;
  if (!given || rest.length > 0) throw new Error(USAGE);
  // npm changes to the repository; whoever typed a relative path meant it from where they stood.
  const here = process.env.INIT_CWD ?? '.';
  const file = resolve(here, given);
  if (existsSync(file)) throw new Error(`${file} exists: an export never overwrites anything`);
  const { EVENTSTORE_URL, TOCSIN_DATA_DIR } = process.env;
  const isCluster = values.data === undefined && Boolean(EVENTSTORE_URL?.trim());
  const directory = values.data === undefined ? resolve(TOCSIN_DATA_DIR?.trim() || './data') : resolve(here, values.data);
  const { close, ...source } = isCluster ? fromCluster(EVENTSTORE_URL.trim()) : await fromDataDirectory(directory);
  const progress = new ProgressLines();
  try {
    const counts = await exportLog({
      ...source,
      file,
      madeAt: new Date().toISOString(),
      onProgress: (doing, events) => progress.tell(doing, events),
    });
    console.log(
      `export complete: ${file} (${counts.events} events, ${counts.messages} messages not handled yet, ${statSync(file).size} bytes)`,
    );
    if (source.secretKeys.length === 0)
      console.log('which secret key it needs is not in the file: set TOCSIN_SECRET_KEY to have it checked by the import');
  } finally {
    await close();
  }
}

await end(main());
