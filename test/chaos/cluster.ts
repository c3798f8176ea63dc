import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const API_KEY = 'tk_chaosadministratorkey';
const ANSWER_WITHIN_MS = 15_000;

interface ReplicaProcess {
  readonly name: string;
  readonly pid: number;
}

/** `npm run cluster`, seen only through its output, its front door and the processes it names. */
export class Cluster {
  url = '';
  private readonly child: ChildProcess;
  private readonly pids = new Map<string, number>();
  /** Replicas that ended and were not killed, in words. */
  readonly endedByThemselves: string[] = [];

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  /** Resolves when every replica of every service serves. What they print is kept in `logFile`. */
  static async start(directory: string, replicas: number, env: Readonly<Record<string, string>>, logFile: string): Promise<Cluster> {
    const program = fileURLToPath(new URL('../../scripts/cluster.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--no-warnings', program, '--replicas', String(replicas), '--restart'], {
      env: {
        PATH: process.env['PATH'] ?? '',
        TZ: 'UTC',
        TOCSIN_DATA_DIR: directory,
        TOCSIN_PORT: '0',
        TOCSIN_BOOTSTRAP_API_KEY: API_KEY,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const cluster = new Cluster(child);
    await cluster.ready(logFile);
    return cluster;
  }

  private ready(logFile: string): Promise<void> {
    const log = createWriteStream(logFile);
    this.child.once('close', () => log.end());
    return new Promise((resolve, reject) => {
      const take = (line: string): void => {
        log.write(`${new Date().toISOString()} ${line}\n`);
        const [, service, number, pid] = /^service (\w+) (\d+) pid (\d+) /.exec(line) ?? [];
        if (pid !== undefined) this.pids.set(`${service} ${number}`, Number(pid));
        const [, ended, how] = /^service (\w+ \d+) ended \((.+)\)/.exec(line) ?? [];
        if (ended !== undefined) this.pids.delete(ended);
        if (ended !== undefined && how !== 'SIGKILL') this.endedByThemselves.push(`${ended} (${how})`);
        const url = /^tocsin ready (\S+)$/.exec(line)?.[1];
        if (url === undefined) return;
        this.url = url;
        resolve();
      };
      for (const output of [this.child.stdout, this.child.stderr]) if (output !== null) createInterface({ input: output }).on('line', take);
      this.child.once('exit', () => reject(new Error(`the cluster ended before it was ready: ${logFile}`)));
    });
  }

  /** Those that live at the moment. */
  replicas(): readonly ReplicaProcess[] {
    return [...this.pids].map(([name, pid]) => ({ name, pid }));
  }

  /** False when it has died meanwhile. */
  signal(replica: ReplicaProcess, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean {
    try {
      return this.pids.get(replica.name) === replica.pid && process.kill(replica.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }

  async call<Body>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Body> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Body;
  }

  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })).ok;
    } catch {
      return false;
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}
