import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ESLint, type Linter } from 'eslint';

const root = join(__dirname, '../..');
const fixtures = join(root, 'tools/boundaries/fixtures');

let eslint: ESLint;
let boundaryIds: readonly string[];

beforeAll(async () => {
  const { lintConfig } = (await import(pathToFileURL(join(root, 'tools/lint/config.mjs')).href)) as {
    lintConfig: (options: { typed: boolean }) => Linter.Config[];
  };
  const { boundaries } = (await import(pathToFileURL(join(root, 'tools/boundaries.mjs')).href)) as {
    boundaries: readonly { id: string }[];
  };
  eslint = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: lintConfig({ typed: false }) });
  boundaryIds = boundaries.map(({ id }) => id);
});

/** The rules a text breaks when it stands where its first line says. */
async function brokenRules(text: string): Promise<readonly (string | null)[]> {
  const place = /^\/\/ at (\S+)\n/.exec(text)?.[1];
  if (!place) throw new Error('a fixture starts with the line "// at <path>"');
  const results = await eslint.lintText(text, { filePath: join(root, place) });
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => ruleId ?? message));
}

const files = readdirSync(fixtures).sort();
const read = (file: string): string => readFileSync(join(fixtures, file), 'utf8');

describe('a file that crosses one boundary', () => {
  it.each(files.filter((file) => !file.startsWith('clean.')))('breaks exactly that lint rule: %s', async (file) => {
    expect(await brokenRules(read(file))).toEqual([`boundaries/${file.split('.')[0]}`]);
  });
});

describe('a file that stays within its boundaries', () => {
  it.each(files.filter((file) => file.startsWith('clean.')))('breaks no rule: %s', async (file) => {
    expect(await brokenRules(read(file))).toEqual([]);
  });
});

describe('the table of boundaries', () => {
  it('has a file that crosses each row, and no file for a row it does not have', () => {
    const crossed = new Set(files.map((file) => file.split('.')[0]).filter((id) => id !== 'clean'));
    expect([...crossed].sort()).toEqual([...boundaryIds].sort());
  });
});

describe('a way round the rules', () => {
  it.each([
    ['a lint exception', '// eslint-disable-next-line\nexport const now = (): number => Date.now();\n', 'boundaries/domain-time'],
    ['any', 'export type Anything = any;\n', '@typescript-eslint/no-explicit-any'],
    ['ts-ignore', '// @ts-ignore\nexport const one: string = 1;\n', '@typescript-eslint/ban-ts-comment'],
    ['ts-nocheck', '// @ts-nocheck\nexport const one: string = 1;\n', '@typescript-eslint/ban-ts-comment'],
  ])('is refused: %s', async (_way, text, rule) => {
    expect(await brokenRules(`// at libs/domain/src/time.ts\n${text}`)).toContain(rule);
  });
});
