import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 30_000;
const LAST_LINES = 30;

/** Tocsin as `npm start` runs it, in a process of its own, seen only through its output, its port and its signals. */
export class Server {
  #child;
  #exited;
  #lines = [];

  constructor(main, settings) {
    // Not the whole environment: with somebody's SMTP_URL the demo would send real e-mails.
    this.#child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.#child, 'exit');
  }

  get pid() {
    return this.#child.pid;
  }

  get lastLines() {
    return this.#lines.join('\n');
  }

  /** @returns {Promise<string>} The URL it serves. */
  ready() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the server was not ready within ${READY_WITHIN_MS / 1000} s`)), READY_WITHIN_MS);
      const take = (line) => {
        this.#lines.push(line);
        if (this.#lines.length > LAST_LINES) this.#lines.shift();
        const url = /^tocsin ready (\S+)$/.exec(line)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      };
      for (const output of [this.#child.stdout, this.#child.stderr]) createInterface({ input: output }).on('line', take);
      this.#child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`the server ended with code ${code} before it was ready`));
      });
    });
  }

  /** SIGKILL: no handler runs, nothing is flushed. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** SIGTERM, as an operator stops it. @returns {Promise<number | null>} The exit code. */
  async stop() {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOPPED_WITHIN_MS);
    await this.#exited;
    clearTimeout(timer);
    return this.#child.exitCode;
  }
}
