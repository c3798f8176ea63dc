import tseslint from 'typescript-eslint';
import { boundaryConfigs } from './boundaries.mjs';

const TYPESCRIPT = ['**/*.{ts,mts}'];

const style = {
  name: 'tocsin/style',
  files: TYPESCRIPT,
  rules: {
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-restricted-syntax': [
      'error',
      { selector: 'TSEnumDeclaration', message: 'A union of strings reads the same in code, logs and events.' },
      { selector: 'ExportDefaultDeclaration', message: 'An export has one name, the same everywhere.' },
    ],
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/ban-ts-comment': ['error', { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': 'allow-with-description' }],
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' }],
  },
};

const size = {
  name: 'tocsin/size',
  files: ['libs/*/src/**/*.{ts,mts}', 'apps/*/src/**/*.{ts,mts}'],
  ignores: ['**/*.spec.ts', '**/*.contract.ts'],
  rules: { 'max-lines': ['error', { max: 400 }] },
};

// The two rules that need types: a promise nobody waits for is a lost page.
const promises = {
  name: 'tocsin/promises',
  files: TYPESCRIPT,
  languageOptions: { parserOptions: { project: ['tsconfig.spec.json', 'apps/notifications/page/tsconfig.json'] } },
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': 'error',
  },
};

/** @param {{ typed: boolean }} options Without types a single text can be linted that belongs to no project. */
export function lintConfig({ typed }) {
  return [
    {
      name: 'tocsin/ignored',
      ignores: ['**/dist/**', '**/node_modules/**', '**/coverage/**', '.nx/**', '.stamps/**', 'data/**', 'tools/boundaries/fixtures/**'],
    },
    { name: 'tocsin/no-exceptions', linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },
    ...tseslint.configs.recommended.map((each) => ({ ...each, files: TYPESCRIPT })),
    style,
    size,
    ...(typed ? [promises] : []),
    ...boundaryConfigs(),
  ];
}
