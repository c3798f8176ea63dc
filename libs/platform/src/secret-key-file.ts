import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** In the data directory. */
export const SECRET_KEY_FILE = 'secret.key';

const OWNER_ONLY = 0o600;

/**
 * The data directory's own secret key, made on the first start. Of several processes that start at once all get the same
 * one, and after a crash there is either a whole key or none.
 */
export const secretKeyIn = (dataDirectory: string): string => {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const file = join(dataDirectory, SECRET_KEY_FILE);
  const existing = readKey(file);
  if (existing !== undefined) return existing;
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeDurably(draft, `${randomBytes(32).toString('base64url')}\n`);
  try {
    // Unlike a rename a link never replaces a key that is in use.
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  syncDirectory(dataDirectory);
  const made = readKey(file);
  if (made === undefined) throw new Error(`${file} was removed while it was being made`);
  return made;
};

const readKey = (file: string): string | undefined => {
  try {
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, OWNER_ONLY);
    const key = readFileSync(file, 'utf8').trim();
    if (key === '') throw new Error(`${file} is empty: put the key back from a backup, or remove the file to lose every stored secret`);
    return key;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

const writeDurably = (file: string, text: string): void => {
  const descriptor = openSync(file, 'wx', OWNER_ONLY);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

const syncDirectory = (directory: string): void => {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
