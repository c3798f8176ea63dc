import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { run } from './run.mjs';
import { digestOf, readText, writeStamp } from './stamp.mjs';

const TARGET = 'apps/standalone';
const STAMP = '.stamps/standalone-build';

// The standalone and everything it refers to, directly or not.
function projects(root, project = TARGET, found = new Set()) {
  if (found.has(project)) return found;
  found.add(project);
  const { references = [] } = JSON.parse(readText(join(root, project, 'tsconfig.json')) ?? '{}');
  for (const { path } of references) projects(root, normalize(join(project, path)), found);
  return found;
}

function wanted(root) {
  const inputs = [...projects(root)].sort().flatMap((each) => [`${each}/src`, `${each}/tsconfig.json`, `${each}/package.json`]);
  return digestOf(root, ['package-lock.json', 'tsconfig.base.json', ...inputs], (file) => !/\.(spec|contract)\.ts$/.test(file));
}

export function isBuilt(root) {
  return existsSync(join(root, TARGET, 'dist/main.js')) && readText(join(root, STAMP)) === wanted(root);
}

export async function build(root, hold) {
  const stamp = wanted(root);
  await run('compiling the standalone', process.execPath, [join(root, 'node_modules/typescript-7/bin/tsc'), '-b', TARGET], {
    cwd: root,
    hold,
  });
  writeStamp(join(root, STAMP), stamp);
}
