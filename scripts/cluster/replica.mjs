import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const LAST_LINES = 20;
const ENDED_ODDLY_AGAIN_AFTER_MS = 500;

/** One replica of one service as a process of its own; with `restart` it is started again when it dies, on the same port. */
export class Replica {
  /** While it serves: whoever has none is asked nothing, as in Kubernetes, where a pod that is not ready gets no requests. */
  url = '';
  #port = '0';
  #child;
  #stopping = false;
  #exited = Promise.resolve();
  #lines = [];
  #options;

  /**
   * @param {object} options
   * @param {string} options.service
   * @param {number} options.number From 1.
   * @param {Record<string, string>} options.env
   * @param {boolean} options.restart
   * @param {(line: string) => void} options.say
   */
  constructor(options) {
    this.#options = options;
  }

  get service() {
    return this.#options.service;
  }

  get pid() {
    return this.#child?.pid;
  }

  /** Resolves when it serves, and rejects when it ends before that. */
  start() {
    const { service, number, env, restart, say } = this.#options;
    const main = fileURLToPath(new URL(`../../apps/${service}/dist/main.js`, import.meta.url));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
      env: { ...env, PORT: this.#port, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    return new Promise((resolve, reject) => {
      const take = (line) => {
        const url = new RegExp(`^tocsin ${service} ready (\\S+)$`).exec(line)?.[1];
        if (url === undefined) {
          this.#lines = [...this.#lines.slice(1 - LAST_LINES), line];
          say(`[${service} ${number}] ${line}`);
          return;
        }
        this.url = url;
        this.#port = new URL(url).port;
        say(`service ${service} ${number} pid ${child.pid} ${url}`);
        resolve();
      };
      for (const output of [child.stdout, child.stderr]) createInterface({ input: output }).on('line', take);
      this.#exited = new Promise((gone) => {
        child.once('exit', (code, signal) => {
          gone();
          this.url = '';
          if (this.#stopping) return;
          const how = signal ?? `exit ${code}`;
          const hasServed = this.#port !== '0';
          if (!hasServed || !restart) reject(new Error(`${service} ${number} ended (${how})\n${this.#lines.join('\n')}`));
          if (!hasServed) return;
          say(`service ${service} ${number} ended (${how})`);
          if (restart) setTimeout(() => this.#again(), signal === 'SIGKILL' ? 0 : ENDED_ODDLY_AGAIN_AFTER_MS);
        });
      });
    });
  }

  /** SIGTERM, as an operator stops it. */
  async stop() {
    this.#stopping = true;
    this.#child?.kill('SIGTERM');
    await this.#exited;
  }

  #again() {
    if (!this.#stopping) this.start().catch((error) => this.#options.say(error.message));
  }
}
