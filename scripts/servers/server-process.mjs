import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 50;
const UNTIL_READY_CHARACTERS = 10_000_000;
const LAST_CHARACTERS = 20_000;

/**
 * Starts a server and resolves when it is ready. It ends with this process, however that ends: a pipe that only this
 * process holds is watched by a shell, which ends the server when the pipe breaks.
 *
 * @param {object} options
 * @param {string} options.name For error messages.
 * @param {string} options.command
 * @param {string[]} options.args
 * @param {string} [options.cwd]
 * @param {Readonly<Record<string, string>>} [options.env] In place of this process's own.
 * @param {(output: string) => boolean | Promise<boolean>} options.isReady Asked again and again, with what the server has printed.
 * @param {number} [options.readyMs]
 * @param {number} [options.stopMs] How long SIGTERM may take before SIGKILL follows.
 * @returns {Promise<{ pid: number, exited: Promise<void>, stop(): Promise<void> }>}
 */
export async function startProcess({ name, command, args, cwd, env, isReady, readyMs = 60_000, stopMs = 10_000 }) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  // The line that says that it is ready must still be there when it is looked for, however much a server with clients prints.
  let kept = UNTIL_READY_CHARACTERS;
  const collect = (chunk) => (output = `${output}${chunk}`.slice(-kept));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', collect);
  let failure;
  const exited = new Promise((resolve) => {
    child.once('error', (cause) => {
      failure = new Error(`${name}: ${command} did not start: ${cause.message}`, { cause });
      resolve();
    });
    child.once('close', (code, signal) => {
      failure = new Error(`${name} ended (${signal ?? `exit ${code}`})\n${output}`);
      resolve();
    });
  });
  const watcher = child.pid === undefined ? undefined : endWithThisProcess(child.pid);
  void exited.then(() => watcher?.kill('SIGKILL'));

  const stop = async () => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await exited;
    clearTimeout(killer);
  };

  const deadline = performance.now() + readyMs;
  while (failure === undefined) {
    if (await isReady(output)) {
      kept = LAST_CHARACTERS;
      return { pid: child.pid, exited, stop };
    }
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`${name} was not ready after ${readyMs / 1000} s\n${output.slice(-LAST_CHARACTERS)}`);
    }
    await Promise.race([wait(POLL_MS), exited]);
  }
  throw failure;
}

// Of a process group of its own: Ctrl-C in a terminal is for the servers' parent to handle.
function endWithThisProcess(pid) {
  const watcher = spawn('/bin/sh', ['-c', 'read -r _; kill -TERM "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  watcher.stdin.unref();
  watcher.stdin.on('error', () => undefined);
  return watcher;
}
