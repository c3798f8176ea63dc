import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(__dirname, '../..');

export interface Source {
  /** From the root. */
  readonly path: string;
  readonly text: string;
}

const notCode = new Set(['node_modules', 'dist', 'testing']);

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return notCode.has(entry.name) ? [] : filesUnder(path);
    return [path];
  });

const isCode = (path: string): boolean => /\.m?ts$/.test(path) && !/\.(spec|contract|d)\.m?ts$/.test(path);

/** What runs: without specs and test kits. */
export const sourcesUnder = (...folders: readonly string[]): readonly Source[] =>
  folders
    .flatMap(filesUnder)
    .filter(isCode)
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** Everything the pattern's first group finds, once each, sorted. */
export const namesIn = (sources: readonly Source[], pattern: RegExp): readonly string[] =>
  sorted(sources.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')));

export const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

export const markdown = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The text under one heading, up to the next heading of any level. */
export const section = (text: string, heading: string): string => {
  const [, after] = text.split(`\n## ${heading}\n`);
  if (after === undefined) throw new Error(`there is no section "${heading}"`);
  return after.split(/^#/m)[0] ?? '';
};

/** Cells of all table rows whose first cell is code; without the backticks. */
export const rows = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
    );

export const firstCells = (text: string): readonly string[] => rows(text).map(([first]) => first ?? '');
