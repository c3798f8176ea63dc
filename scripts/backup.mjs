// Copies what cannot be rebuilt (log.db and secret.key) from a data directory, also while Tocsin runs on it.
// Usage: npm run backup -- <new directory>
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const USAGE = 'usage: npm run backup -- <new directory>   (copies from TOCSIN_DATA_DIR, usually ./data)';
const ALL_PAGES_AT_ONCE = 2 ** 31 - 1;

function flush(path) {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function sqlite() {
  // Older versions have no node:sqlite at all, or one without its backup.
  const module = await import('node:sqlite').catch(() => ({}));
  if (module.backup === undefined)
    throw new Error('a backup needs the installed Node.js: run "npm start" once, or use Node.js 24.11 or newer');
  return module;
}

async function copyLog(from, to) {
  const { backup, DatabaseSync } = await sqlite();
  // Read-only, and in one step: a copy in several steps would begin again whenever the server writes.
  const source = new DatabaseSync(from, { readOnly: true });
  try {
    await backup(source, to, { rate: ALL_PAGES_AT_ONCE });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(to);
  try {
    const [{ quick_check: verdict }] = copy.prepare('PRAGMA quick_check(1)').all();
    if (verdict !== 'ok') throw new Error(`the copy of ${from} is damaged: ${verdict}`);
    return copy.prepare('SELECT count(*) AS count FROM events').get().count;
  } finally {
    copy.close();
  }
}

async function main() {
  const [given, ...rest] = process.argv.slice(2);
  if (!given || rest.length > 0) throw new Error(USAGE);
  const data = resolve(process.env.TOCSIN_DATA_DIR?.trim() || './data');
  // npm changes to the repository; whoever typed a relative path meant it from where they stood.
  const target = resolve(process.env.INIT_CWD ?? '.', given);
  if (!existsSync(join(data, 'log.db'))) throw new Error(`there is no log.db in ${data}: set TOCSIN_DATA_DIR as for npm start`);
  if (existsSync(target) && (!statSync(target).isDirectory() || readdirSync(target).length > 0))
    throw new Error(`${target} exists and is not an empty directory: a backup never overwrites anything`);

  const draft = `${target}.part`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  try {
    const events = await copyLog(join(data, 'log.db'), join(draft, 'log.db'));
    const hasKey = existsSync(join(data, 'secret.key'));
    if (hasKey) copyFileSync(join(data, 'secret.key'), join(draft, 'secret.key'));
    for (const name of readdirSync(draft)) {
      chmodSync(join(draft, name), 0o600);
      flush(join(draft, name));
    }
    flush(draft);
    renameSync(draft, target);
    flush(dirname(target));
    console.log(`backup complete: ${target} (${events} events, ${statSync(join(target, 'log.db')).size} bytes)`);
    if (!hasKey)
      console.log('there is no secret.key in the data directory: keep TOCSIN_SECRET_KEY as well, the backup is of no use without it');
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

main().catch((error) => {
  console.error(`tocsin: ${error.message}`);
  process.exit(1);
});
