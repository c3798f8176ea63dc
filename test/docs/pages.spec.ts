import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { markdown, root } from './sources';

const under = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? under(`${folder}/${entry.name}`) : entry.name.endsWith('.md') ? [`${folder}/${entry.name}`] : [],
  );

const projects = ['libs', 'apps'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => existsSync(join(root, path, 'package.json'))),
);
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...under('docs'),
  ...projects.map((path) => `${path}/README.md`).filter((path) => existsSync(join(root, path))),
];

/** What runs or is pasted as it stands names nothing that a reader follows. */
const withoutCode = (text: string): string => text.replace(/```.*?```/gs, '').replace(/`[^`\n]*`/g, '');

describe.each(pages)('the page %s', (page) => {
  const text = markdown(page);

  it('links only to files that exist', () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target);
    const missing = links.filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target)));
    expect(missing).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(markdown('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[a-z:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names only files of the repository that exist', () => {
    const named = [...text.matchAll(/`((?:libs|apps|scripts|test|tools|bench)\/[A-Za-z0-9_./-]+\.[a-z]+)`/g)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('a project', () => {
  it.each(projects)('opens with a README of at most 15 lines: %s', (project) => {
    expect(markdown(`${project}/README.md`).trimEnd().split('\n').length).toBeLessThanOrEqual(15);
  });
});

describe('the glossary', () => {
  it('explains each term once, in alphabetical order', () => {
    const terms = [...markdown('docs/GLOSSARY.md').matchAll(/^\*\*(.+?)\*\*/gm)].map(([, term = '']) => term);
    const alphabetical = [...new Set(terms)].sort((one, other) => one.localeCompare(other, 'en'));
    expect(terms).toEqual(alphabetical);
    expect(terms.length).toBeGreaterThan(20);
  });
});

describe('the records of decisions', () => {
  const records = under('docs/adr').filter((path) => !path.endsWith('README.md'));

  it('are numbered without gaps', () => {
    expect(records.map((path) => Number(/(\d{4})-/.exec(path)?.[1]))).toEqual(records.map((_, index) => index + 1));
  });

  it.each(records)('has context, options, decision and consequences, in 20 to 60 lines: %s', (path) => {
    const text = markdown(path);
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(['Context', 'Options', 'Decision', 'Consequences']);
    const lines = text.trimEnd().split('\n').length;
    expect(lines).toBeGreaterThanOrEqual(20);
    expect(lines).toBeLessThanOrEqual(60);
  });
});
