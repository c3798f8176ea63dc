import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The test server as the program that it also is: a process of its own, to be killed. */
export class EventStoreDbProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly exited: Promise<unknown>,
    readonly url: string,
    /** What it said before it was ready, and then. */
    readonly lines: readonly string[],
  ) {}

  /** @param main The compiled `eventstoredb/main.js`. */
  static async start(main: string, directory: string, port = 0): Promise<EventStoreDbProcess> {
    const child = spawn(process.execPath, ['--no-warnings', main, '--directory', directory, '--port', String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      const url = /^eventstoredb ready (.+)$/.exec(line)?.[1];
      if (url !== undefined) return new EventStoreDbProcess(child, exited, url, lines);
    }
    throw new Error(`the test server of EventStoreDB did not start:\n${lines.join('\n')}`);
  }

  get port(): number {
    return Number(new URL(this.url.replace('esdb:', 'http:')).port);
  }

  /** SIGKILL: nothing is flushed. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    await this.exited;
    return this.child.exitCode;
  }
}
