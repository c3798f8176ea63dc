import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface StandaloneProcessOptions {
  /** The compiled program. */
  readonly main: string;
  readonly dataDirectory: string;
  readonly apiKey: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  readonly readyWithinMs?: number;
}

/** What one process has used of the machine so far. */
export interface ProcessUse {
  readonly residentBytes: number;
  readonly cpuMs: number;
  /** Of that, by the main thread: all but the writing of the stores, and collecting garbage. */
  readonly mainThreadCpuMs: number;
}

const CLOCK_TICK_MS = 10;
const LAST_LINES = 50;

/** Tocsin as its users run it: a process of its own, seen only through its output, its port and its signals. */
export class StandaloneProcess {
  url = '';
  /** From start to `tocsin ready`. */
  readyMs = 0;
  private readonly lines: string[] = [];
  private readonly startedAt = performance.now();

  private constructor(
    private readonly child: ChildProcess,
    private readonly exited: Promise<unknown>,
  ) {}

  /** Resolves when it says that it is ready. Rejects with its last lines when it does not. */
  static async start(options: StandaloneProcessOptions): Promise<StandaloneProcess> {
    const standalone = StandaloneProcess.launch(options);
    try {
      await standalone.ready(options.readyWithinMs ?? 30_000);
    } catch (error) {
      await standalone.kill();
      throw error;
    }
    return standalone;
  }

  /** For whoever wants to end it before it is ready. */
  static launch(options: StandaloneProcessOptions): StandaloneProcess {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...(options.nodeFlags ?? []), options.main], {
      env: {
        PATH: process.env['PATH'] ?? '',
        TZ: 'UTC',
        TOCSIN_DATA_DIR: options.dataDirectory,
        TOCSIN_PORT: '0',
        TOCSIN_BOOTSTRAP_API_KEY: options.apiKey,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new StandaloneProcess(child, once(child, 'exit'));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the process has not started');
    return this.child.pid;
  }

  /** The last lines of both outputs. */
  get output(): string {
    return this.lines.join('\n');
  }

  /** The key of the first alert source: printed on a first start only. */
  get integrationKey(): string {
    const key = /"integrationKey":"([^"]+)"/.exec(this.output)?.[1];
    if (key === undefined) throw new Error('this was not a first start');
    return key;
  }

  use(): ProcessUse {
    const { pid } = this;
    const residentKb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      residentBytes: Number(residentKb) * 1024,
      cpuMs: cpuMsIn(`/proc/${pid}/stat`),
      mainThreadCpuMs: cpuMsIn(`/proc/${pid}/task/${pid}/stat`),
    };
  }

  /** SIGKILL: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** SIGTERM, as an operator stops it. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    await this.exited;
    return this.child.exitCode;
  }

  /** Asked once, right after `launch`. */
  async ready(withinMs: number): Promise<void> {
    this.url = await this.announced(withinMs);
    this.readyMs = performance.now() - this.startedAt;
  }

  private announced(withinMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${why}\n${this.output}`));
      const timer = setTimeout(() => fail(`not ready within ${withinMs} ms`), withinMs);
      const take = (line: string): void => {
        this.lines.push(line);
        if (this.lines.length > LAST_LINES) this.lines.shift();
        const url = /^tocsin ready (\S+)$/.exec(line)?.[1];
        if (url !== undefined) resolve(url);
      };
      for (const output of [this.child.stdout, this.child.stderr]) if (output !== null) createInterface({ input: output }).on('line', take);
      void this.exited.then(() => fail('ended before it was ready'));
      void this.exited.finally(() => clearTimeout(timer));
      this.child.once('error', (error) => fail(error.message));
    });
  }
}

const cpuMsIn = (file: string): number => {
  // Fields after the program's name, which may contain anything: user time is the 12th of them, system time the 13th.
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
};
