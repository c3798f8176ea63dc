import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { say } from './run.mjs';

const POLL_MS = 250;
const FOREIGN_LOCK_EXPIRES_MS = 30 * 60_000;

/**
 * Runs `work` while no other process of this checkout does.
 *
 * The lock is a directory with one file in it, named after its owner. It is taken by renaming a filled directory onto
 * it, which the system refuses while the old one holds a file, and it is given back, or taken from the dead, by
 * removing exactly that owner's file. Two processes that find the same dead owner therefore cannot remove a living one.
 *
 * `work` is given a function that makes a child process an owner as well: a package manager whose parent was killed
 * goes on writing, and nobody else may start before it has ended.
 */
export async function withLock(folder, work) {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'lock');
  const name = ownerName(process.pid);
  const draft = join(folder, `lock-${name}`);
  mkdirSync(draft);
  writeFileSync(join(draft, name), ownerOf(process.pid));
  let isWaiting = false;
  try {
    while (!take(draft, lock)) {
      removeDeadOwner(lock);
      if (!isWaiting) say('another process is preparing this checkout, waiting for it');
      isWaiting = true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    // An exit without return (a signal, a bug) gives the lock back as well.
    process.on('exit', () => removeFile(join(lock, name)));
    await work((pid) => alsoHeldBy(lock, pid));
  } finally {
    rmSync(draft, { recursive: true, force: true });
    removeFile(join(lock, name));
  }
}

const ownerName = (pid) => `${pid}-${Date.now()}`;
const ownerOf = (pid) => JSON.stringify({ host: hostname(), startedAt: processStart(pid) });

/** @returns {() => void} To be called when that process has ended. */
function alsoHeldBy(lock, pid) {
  const file = join(lock, ownerName(pid));
  writeFileSync(file, ownerOf(pid));
  return () => removeFile(file);
}

function take(draft, lock) {
  try {
    renameSync(draft, lock);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(error.code)) return false;
    throw error;
  }
}

function removeDeadOwner(lock) {
  for (const name of namesIn(lock)) {
    if (isDead(join(lock, name), Number(name.split('-')[0]))) removeFile(join(lock, name));
  }
}

function isDead(file, pid) {
  let owner;
  let age;
  try {
    owner = JSON.parse(readFileSync(file, 'utf8'));
    age = Date.now() - statSync(file).mtimeMs;
  } catch (error) {
    // It was given back in this moment: the next attempt will see.
    if (error.code === 'ENOENT') return false;
    throw error;
  }
  if (owner.host !== hostname()) return age > FOREIGN_LOCK_EXPIRES_MS;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'ESRCH';
  }
  // The number may have been given to another process since.
  return processStart(pid) !== owner.startedAt;
}

/** When the process started, in the kernel's ticks since boot; undefined where there is no /proc. */
function processStart(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
  } catch {
    return undefined;
  }
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function removeFile(file) {
  try {
    unlinkSync(file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
