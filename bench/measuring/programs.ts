import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { StandaloneProcess } from '@tocsin/testing';
import type { StandaloneProcessOptions } from '@tocsin/testing';

export const API_KEY = 'tk_benchadministratorkey';
const MAIN = fileURLToPath(new URL('../../apps/standalone/dist/main.js', import.meta.url));

/** The standalone as `npm start` runs it, on the given data. `--cpu-prof` writes a profile of it. */
export const startStandalone = (dataDirectory: string, env: StandaloneProcessOptions['env'] = {}): Promise<StandaloneProcess> =>
  StandaloneProcess.start({
    main: MAIN,
    dataDirectory,
    apiKey: API_KEY,
    env,
    nodeFlags: flag('cpu-prof') ? ['--cpu-prof', '--cpu-prof-dir=data/profiles'] : [],
    readyWithinMs: 120_000,
  });

/** Runs with a fresh directory that is gone afterwards; with `--directory` in that one, which stays as it is left. */
export const inDirectory = async <T>(work: (directory: string) => Promise<T>): Promise<T> => {
  const kept = textOption('directory');
  if (kept !== undefined) {
    await mkdir(kept, { recursive: true });
    return work(kept);
  }
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

export const flag = (name: string): boolean => process.argv.includes(`--${name}`);

const textOption = (name: string): string | undefined => {
  const { values } = parseArgs({ options: { [name]: { type: 'string' } }, strict: false, allowPositionals: true });
  const text = values[name];
  return typeof text === 'string' ? text : undefined;
};

export const numberOption = (name: string, usual: number): number => Number(textOption(name) ?? usual);
