import { fileURLToPath } from 'node:url';
import { startProcess } from '../servers/server-process.mjs';
import type { RunningServer } from '../servers/server-process.mjs';

const MAIN = fileURLToPath(new URL('../../apps/standalone/dist/main.js', import.meta.url));

/** Tocsin as `npm start` runs it, in a process of its own, which ends with this one and can be killed and started again on its data. */
export class Product {
  /** The same after each start: links that people have go on working. */
  url = '';
  /** Told when it has ended and was not killed. */
  onEnd: () => void = () => undefined;
  private readonly env: Readonly<Record<string, string>>;
  private wasKilled = false;
  private starting: Promise<void> | undefined;
  private running: RunningServer | undefined;

  constructor(env: Readonly<Record<string, string>>) {
    this.env = env;
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Again changes nothing. */
  start(): Promise<void> {
    return (this.starting ??= this.launch().finally(() => (this.starting = undefined)));
  }

  /** SIGKILL: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    const { running } = this;
    if (running?.pid === undefined) return;
    this.wasKilled = true;
    process.kill(running.pid, 'SIGKILL');
    await running.exited;
  }

  /** SIGTERM, as an operator stops it. */
  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined);
    await this.running?.stop();
  }

  private async launch(): Promise<void> {
    if (this.running !== undefined) return;
    const running = await startProcess({
      name: 'Tocsin',
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', MAIN],
      // Not the whole environment: with somebody's SMTP_URL real mail would be sent.
      env: {
        ...{ PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
        ...this.env,
        TOCSIN_PORT: this.url === '' ? '0' : new URL(this.url).port,
      },
      isReady: (output) => {
        this.url = /^tocsin ready (\S+)$/m.exec(output)?.[1] ?? this.url;
        return /^tocsin ready /m.test(output);
      },
    });
    this.running = running;
    this.wasKilled = false;
    void running.exited.then(() => {
      if (this.running === running) this.running = undefined;
      if (!this.wasKilled) this.onEnd();
    });
  }
}
