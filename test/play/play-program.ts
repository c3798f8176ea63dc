import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { State } from '../../scripts/play/scene.ts';

export type Person = State['people'][number];

const PROGRAM = join(__dirname, '../../scripts/play/play.ts');
const READY_WITHIN_MS = 120_000;
const WITHIN_MS = 45_000;
const LOOK_EVERY_MS = 100;

/** What `npm run play` starts, seen as its page sees it. */
export class PlayProgram {
  readonly lines: string[] = [];
  url = '';

  private constructor(
    /** Where it puts what is temporary. */
    readonly directory: string,
    private readonly child: ChildProcess,
    private readonly exited: Promise<unknown>,
  ) {}

  static async start(): Promise<PlayProgram> {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-play-spec-'));
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM], {
      // More alerts than anybody plays with would come together, after half a minute.
      env: { TOCSIN_BUNDLE_PAGES: 'false', PATH: process.env['PATH'], TMPDIR: directory, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const play = new PlayProgram(directory, child, once(child, 'exit'));
    await play.ready();
    return play;
  }

  /** As Ctrl-C does. Resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGINT');
    await this.exited;
    return this.child.exitCode;
  }

  async remove(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
    rmSync(this.directory, { recursive: true, force: true });
  }

  async state(): Promise<State> {
    return (await fetch(`${this.url}/state`)).json() as Promise<State>;
  }

  async post<Answer = unknown>(path: string, body: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** Asks until the answer is something. */
  async until<Found>(what: string, find: (state: State) => Found | undefined | false): Promise<Found> {
    const deadline = performance.now() + WITHIN_MS;
    for (;;) {
      const state = await this.state();
      const found = find(state);
      if (found !== undefined && found !== false) return found;
      if (performance.now() > deadline) throw new Error(`in vain for ${what}: ${JSON.stringify(state.alerts[0], undefined, 1)}`);
      await delay(LOOK_EVERY_MS);
    }
  }

  private async ready(): Promise<void> {
    const ready = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('not ready in time')), READY_WITHIN_MS);
      const take = (line: string): void => {
        this.lines.push(line);
        const url = /^play ready (\S+)$/.exec(line)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      };
      for (const output of [this.child.stdout, this.child.stderr]) if (output !== null) createInterface({ input: output }).on('line', take);
      void this.exited.then(() => {
        clearTimeout(timer);
        reject(new Error('it has ended'));
      });
    });
    try {
      this.url = await ready;
    } catch (error) {
      await this.remove();
      throw new Error(`npm run play: ${this.lines.join('\n')}`, { cause: error });
    }
  }
}

/** By the first name. */
export const personIn = ({ people }: State, firstName: string): Person => {
  const found = people.find(({ name }) => name.startsWith(firstName));
  if (found === undefined) throw new Error(`there is no ${firstName}`);
  return found;
};
