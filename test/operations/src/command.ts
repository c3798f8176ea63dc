import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Outcome {
  readonly code: number | null;
  readonly said: string;
}

/** One of the operator's commands in a process of its own. */
export class Command {
  private said = '';
  private readonly child;
  readonly ended: Promise<Outcome>;

  constructor(name: 'export' | 'import' | 'rebuild', args: readonly string[], env: Readonly<Record<string, string>>) {
    const script = join(__dirname, '../../../scripts', `${name}.mjs`);
    this.child = spawn(process.execPath, ['--no-warnings', script, ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const output of [this.child.stdout, this.child.stderr]) output.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.ended = once(this.child, 'close').then(() => ({ code: this.child.exitCode, said: this.said }));
  }

  /** `kill -9` */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

export const run = (...command: ConstructorParameters<typeof Command>): Promise<Outcome> => new Command(...command).ended;
