import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written beside and renamed, so that a kill leaves the old stamp or the new one, never half of one. */
export function writeStamp(file, stamp) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, stamp);
  renameSync(draft, file);
}

/** The digest of these files' names and contents; files and folders that do not exist count as empty. */
export function digestOf(root, paths, isWanted = () => true) {
  const digest = createHash('sha256');
  for (const path of paths.flatMap((each) => filesUnder(root, each)).filter(isWanted)) {
    digest
      .update(`${path}\0`)
      .update(readText(join(root, path)) ?? '')
      .update('\0');
  }
  return digest.digest('hex');
}

function filesUnder(root, path) {
  let entries;
  try {
    entries = readdirSync(join(root, path), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR' || error.code === 'ENOENT') return [path];
    throw error;
  }
  return entries
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(root, `${path}/${entry.name}`) : [`${path}/${entry.name}`]));
}
