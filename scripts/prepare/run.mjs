import { spawn } from 'node:child_process';

const children = new Set();

/** Progress goes to stderr: stdout belongs to the program that is started afterwards. */
export function say(line) {
  process.stderr.write(`tocsin: ${line}\n`);
}

export function stopChildren() {
  for (const child of children) child.kill('SIGTERM');
}

/**
 * Runs a program, says every ten seconds that it is still at it, and shows its output only when it fails.
 * `hold` (from the lock), where there is one, is told the program's process id.
 */
export function run(title, command, args, { hold = () => () => undefined, ...options }) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  say(`${title} ...`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    const release = child.pid === undefined ? () => undefined : hold(child.pid);
    const progress = setInterval(() => say(`${title} ... ${seconds()}`), 10_000);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    const end = (error) => {
      clearInterval(progress);
      children.delete(child);
      release();
      if (error) {
        process.stderr.write(output);
        reject(error);
      } else {
        say(`${title}: done in ${seconds()}`);
        resolve();
      }
    };
    child.on('error', (cause) => end(new Error(`${title}: ${command} did not start: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => end(code === 0 ? undefined : new Error(`${title} failed (${signal ?? `exit ${code}`})`)));
  });
}
