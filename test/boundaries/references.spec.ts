import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(__dirname, '../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

const projects = ['libs', 'apps']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((project) => existsSync(join(root, project, 'tsconfig.json')));

interface Configuration {
  readonly references?: readonly { readonly path: string }[];
  readonly exclude?: readonly string[];
}

/** What the compiler is given of a project. */
const sources = (project: string, { exclude = [] }: Configuration): readonly string[] =>
  readdirSync(join(root, project, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (path) =>
      /\.m?ts$/.test(path) && !/\.(spec|contract)\.m?ts$/.test(path) && !(path.startsWith('testing/') && exclude.includes('src/testing')),
  );

describe('a project', () => {
  // A build in a fresh clone compiles in the order of the references. In another one what is missing may lie there already.
  it.each(projects)('refers to every project that it imports: %s', (project) => {
    const configuration = JSON.parse(text(`${project}/tsconfig.json`)) as Configuration;
    const imported = sources(project, configuration).flatMap((path) =>
      [...text(`${project}/src/${path}`).matchAll(/\b(?:from|import\() ?'@tocsin\/([a-z-]+)/g)].map(([, name = '']) => name),
    );
    const known = [basename(project), ...(configuration.references ?? []).map(({ path }) => basename(path))];
    expect([...new Set(imported)].filter((name) => !known.includes(name))).toEqual([]);
  });
});
