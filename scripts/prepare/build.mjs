import { existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { run } from './run.mjs';
import { digestOf, readText, writeStamp } from './stamp.mjs';

/** What is compiled for whom. */
const builds = {
  production: { title: 'compiling the standalone', projects: ['apps/standalone'], stamp: '.stamps/standalone-build' },
  services: {
    title: 'compiling the services',
    projects: ['apps/ingestion', 'apps/alerts', 'apps/escalation', 'apps/oncall', 'apps/notifications'],
    stamp: '.stamps/services-build',
  },
  // What exports and imports the log, which no service needs.
  log: { title: 'compiling export and import', projects: ['libs/log-file', 'libs/platform'], stamp: '.stamps/log-build' },
  // The server that stands in for EventStoreDB is one of the fakes, as all others are that `npm run play` needs.
  servers: { title: 'compiling the fakes', projects: ['libs/testing'], stamp: '.stamps/servers-build' },
};

// A project and everything it refers to, directly or not.
function projectsOf(root, project, found = new Set()) {
  if (found.has(project)) return found;
  found.add(project);
  const { references = [] } = JSON.parse(readText(join(root, project, 'tsconfig.json')) ?? '{}');
  for (const { path } of references) projectsOf(root, normalize(join(project, path)), found);
  return found;
}

function wanted(root, { projects }) {
  const all = new Set(projects.flatMap((project) => [...projectsOf(root, project)]));
  const inputs = [...all].sort().flatMap((each) => [`${each}/src`, `${each}/tsconfig.json`, `${each}/package.json`]);
  return digestOf(root, ['package-lock.json', 'tsconfig.base.json', ...inputs], (file) => !/\.(spec|contract)\.ts$/.test(file));
}

const isMade = (root, { projects }) =>
  projects.every((project) => existsSync(join(root, project, 'dist/main.js')) || existsSync(join(root, project, 'dist/index.js')));

/** @param {keyof typeof builds} name */
export function isBuilt(root, name) {
  const wants = builds[name];
  return isMade(root, wants) && readText(join(root, wants.stamp)) === wanted(root, wants);
}

/** @param {keyof typeof builds} name */
export async function build(root, name, hold) {
  const wants = builds[name];
  const stamp = wanted(root, wants);
  await run(wants.title, process.execPath, [join(root, 'node_modules/typescript-7/bin/tsc'), '-b', ...wants.projects], { cwd: root, hold });
  writeStamp(join(root, wants.stamp), stamp);
}
