import { spawnSync } from 'node:child_process';
import type { SpawnSyncReturns } from 'node:child_process';
import { join } from 'node:path';

export const root = join(__dirname, '../..');

/** Where a program is that a suite runs, fetched if need be; undefined, and a line that says why, where it cannot be had. */
export const fetched = (name: string): string | undefined => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/fetch.mjs'), name], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  process.stderr.write(`${stderr.trim()}\n`);
  return undefined;
};

/** A suite that needs a program. Without it the suite says in one line which one is missing and is skipped; in CI that is a failure. */
export const describeWith = <Thing>(what: string, thing: Thing | undefined, suite: (thing: Thing) => void): void => {
  if (thing !== undefined) return describe(`with a ${what}`, () => suite(thing));
  process.stderr.write(`skipped: no ${what}\n`);
  if (process.env['CI']) {
    it(`has a ${what} in CI`, () => {
      throw new Error(`skipped: no ${what}`);
    });
  } else {
    // Its reason: not every machine can have a cluster, helm or promtool. CI must, wherefore it fails above.
    describe.skip(`with a ${what}, which is missing here`, () => it('has no tests', () => undefined));
  }
};

export const run = (
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
) => spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });

/** What it printed. @throws with what it complained about */
export const mustRun = (...[command, args, options]: Parameters<typeof run>): SpawnSyncReturns<string> => {
  const done = run(command, args, options);
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${done.status}:\n${done.stderr}${done.stdout}`);
  return done;
};
