// Puts an exported event log into the servers of the cluster profile before its services start: `npm run import -- <file>`.
// Killed and run again it goes on where it was.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { importLog, ImportRefused } from '../libs/log-file/dist/index.js';
import { createLogger, parseSettings, SecretBox, SystemClock } from '../libs/platform/dist/index.js';
import { clusterSchema, openStores } from '../libs/platform/dist/nest/index.js';
import { end, ProgressLines } from './log/telling.mjs';

const USAGE =
  'usage: npm run import -- <file>   (the environment is that of the services: EVENTSTORE_URL, KAFKA_BROKERS, MONGODB_URL, TOCSIN_SECRET_KEY)';

function refuseWithoutKeys(contents, secretKey) {
  const { keyIds } = SecretBox.fromSetting(secretKey);
  if (contents.secretKeys.some((id) => !keyIds.includes(id)))
    throw new ImportRefused(
      'TOCSIN_SECRET_KEY is not the key that the log was written with: links that were sent and secrets that are stored would be unusable. Of a data directory it is the content of secret.key',
    );
}

async function main() {
  const [given, ...rest] = process.argv.slice(2);
  if (!given || rest.length > 0) throw new Error(USAGE);
  const file = resolve(process.env.INIT_CWD ?? '.', given);
  if (!existsSync(file)) throw new Error(`there is no ${file}`);
  const settings = parseSettings(clusterSchema('oncall'), process.env);
  const log = createLogger({ level: 'error' });
  const stores = await openStores(settings, { name: 'oncall', log, clock: new SystemClock(), random: Math.random, leaseTtlMs: undefined });
  const progress = new ProgressLines();
  try {
    const { events, messages, fresh } = await importLog({
      file,
      eventStore: stores.eventStore,
      bus: stores.bus,
      mayImport: async (contents) => {
        refuseWithoutKeys(contents, settings.secretKey);
        if (await stores.readStore.holdsViews())
          throw new ImportRefused(
            'MONGODB_URL has views of another log, or of services that run: give the name of a new database, or drop this one',
          );
      },
      onProgress: ({ doing, events: done, of }) => progress.tell(doing, done, of),
    });
    console.log(
      `import complete: ${events} events, of which ${fresh} are new there, and ${messages} messages. The services can be started.`,
    );
  } finally {
    await stores.close();
  }
}

await end(main());
