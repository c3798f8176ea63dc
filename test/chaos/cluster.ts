import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const API_KEY = 'tk_chaosadministratorkey';
const ANSWER_WITHIN_MS = 15_000;

const LOOK_EVERY_MS = 100;

interface ReplicaProcess {
  readonly service: string;
  readonly name: string;
  readonly pid: number;
  readonly url: string;
}

/** `npm run cluster`, seen only through its output, its front door and the processes it names. */
export class Cluster {
  url = '';
  private readonly child: ChildProcess;
  private readonly living = new Map<string, ReplicaProcess>();
  private readonly toldToStop = new Set<number>();
  /** Replicas that ended and were neither killed nor told to, in words. */
  readonly endedByThemselves: string[] = [];
  /** Replicas that were told to stop and said that they could not do it cleanly, in words. */
  readonly endedUncleanly: string[] = [];

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
        const [, service, number, pid, at] = /^service (\w+) (\d+) pid (\d+) (\S+)/.exec(line) ?? [];
        if (service !== undefined && at !== undefined) this.lives({ service, name: `${service} ${number}`, pid: Number(pid), url: at });
        const [, ended, how] = /^service (\w+ \d+) ended \((.+)\)/.exec(line) ?? [];
        if (ended !== undefined && how !== undefined) this.ended(ended, how);
        const url = /^tocsin ready (\S+)$/.exec(line)?.[1];
        if (url === undefined) return;
        this.url = url;
        resolve();
      };
      for (const output of [this.child.stdout, this.child.stderr]) if (output !== null) createInterface({ input: output }).on('line', take);
      this.child.once('exit', () => reject(new Error(`the cluster ended before it was ready: ${logFile}`)));
    });
  }

  private lives(replica: ReplicaProcess): void {
    this.living.set(replica.name, replica);
  }

  private ended(name: string, how: string): void {
    const wasTold = this.toldToStop.delete(this.living.get(name)?.pid ?? 0);
    this.living.delete(name);
    if (how === 'SIGKILL') return;
    if (!wasTold) this.endedByThemselves.push(`${name} (${how})`);
    else if (how !== 'exit 0') this.endedUncleanly.push(`${name} (${how})`);
  }

  /** Those that live at the moment. */
  replicas(): readonly ReplicaProcess[] {
    return [...this.living.values()];
  }

  /** False when it has died meanwhile. */
  signal(replica: ReplicaProcess, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): boolean {
    if (signal === 'SIGTERM') this.toldToStop.add(replica.pid);
    try {
      return this.living.get(replica.name)?.pid === replica.pid && process.kill(replica.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }

  /** As an operator restarts it. Resolves when the process that came in its place is ready. */
  async restart(replica: ReplicaProcess): Promise<void> {
    this.signal(replica, 'SIGTERM');
    for (;;) {
      await delay(LOOK_EVERY_MS);
      const next = this.living.get(replica.name);
      if (next !== undefined && next.pid !== replica.pid && (await answersReady(next.url))) return;
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

  isReady(): Promise<boolean> {
    return answersReady(this.url);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}

const answersReady = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })).ok;
  } catch {
    return false;
  }
};
