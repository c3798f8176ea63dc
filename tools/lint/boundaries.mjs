import { builtinRules } from 'eslint/use-at-your-own-risk';
import { boundaries } from '../boundaries.mjs';

// Every row is a copy of one of ESLint's own restriction rules under the row's name, so that rows which meet in one
// file add up (options of one rule would replace each other) and a message says which boundary was crossed.
const restrictedSyntax = builtinRules.get('no-restricted-syntax');
const restrictedGlobals = builtinRules.get('no-restricted-globals');

/** Every way to name another module: import, re-export, dynamic import, require, import type. */
function importSelectors(pattern) {
  // A selector's regular expression cannot hold a slash.
  const regex = `/${pattern.replaceAll('/', '\\u002F')}/`;
  return [
    `:matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression)[source.value=${regex}]`,
    `CallExpression[callee.name='require'][arguments.0.value=${regex}]`,
    `CallExpression[callee.object.name='require'][callee.property.name='resolve'][arguments.0.value=${regex}]`,
    `TSExternalModuleReference[expression.value=${regex}]`,
    `TSImportType[source.value=${regex}]`,
  ];
}

function ruleOf({ message, imports, syntax, globals }) {
  if (globals) return [restrictedGlobals, globals.map((name) => ({ name, message }))];
  const selectors = imports ? importSelectors(imports) : syntax;
  return [restrictedSyntax, selectors.map((selector) => ({ selector, message }))];
}

export function boundaryConfigs() {
  const plugin = { rules: Object.fromEntries(boundaries.map((row) => [row.id, ruleOf(row)[0]])) };
  return boundaries.map((row) => ({
    name: `boundaries/${row.id}`,
    files: row.files,
    ignores: row.except ?? [],
    plugins: { boundaries: plugin },
    rules: { [`boundaries/${row.id}`]: ['error', ...ruleOf(row)[1]] },
  }));
}
