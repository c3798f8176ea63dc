import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './programs';

export const text = (path: string): string => readFileSync(join(root, path), 'utf8');

export const yaml = <Shape>(path: string): Shape => parse(text(path), { merge: true }) as Shape;

export const json = <Shape>(path: string): Shape => JSON.parse(text(path)) as Shape;

export const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);

/** Names of settings in the reference whose line has a mark. */
export const settings = (mark = ''): readonly string[] =>
  text('docs/reference/configuration.md')
    .split('\n')
    .filter((line) => line.startsWith('| `') && line.includes(mark))
    .map((line) => line.split('`')[1] ?? '');
