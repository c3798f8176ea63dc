import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * A directory outside of the repository that `fill` fills once. It is filled beside and renamed, so that whoever is
 * killed leaves nothing half done and two who fill it at once do not disturb each other. `name` should change with the contents.
 * @param {string} name
 * @param {(directory: string) => Promise<void>} fill
 */
export async function cached(name, fill) {
  const directory = join(process.env.TOCSIN_TOOLS_CACHE || join(homedir(), '.cache/tocsin-tools'), name);
  if (existsSync(directory)) return directory;
  const draft = `${directory}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  mkdirSync(dirname(directory), { recursive: true });
  try {
    await fill(draft);
    renameSync(draft, directory);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}
