// Brings a checkout to the state a program needs: packages installed, and for `production` the standalone compiled.
// It runs under Node 20 before anything is installed, so it uses nothing but Node itself.
// Usage: node scripts/prepare.mjs production|everything
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, isBuilt } from './prepare/build.mjs';
import { install, isInstalled } from './prepare/install.mjs';
import { withLock } from './prepare/lock.mjs';
import { installedNodeProblem, platformProblem } from './prepare/platform.mjs';
import { say, stopChildren } from './prepare/run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const needs = process.argv[2];

/** @returns {boolean} Whether nothing is left to do. */
function isReady() {
  return isInstalled(root, needs) && (needs === 'everything' || isBuilt(root));
}

function stopAt(problem) {
  if (problem) throw new Error(problem);
}

async function prepare() {
  if (needs !== 'production' && needs !== 'everything') throw new Error('usage: node scripts/prepare.mjs production|everything');
  if (!existsSync(`${root}/package-lock.json`)) throw new Error('there is no package-lock.json to install from');
  stopAt(platformProblem());
  if (isReady()) return;
  await withLock(`${root}/.stamps`, async (hold) => {
    // Somebody else may have done it while this process waited for the lock.
    if (!isInstalled(root, needs)) await install(root, needs, hold);
    stopAt(installedNodeProblem(root));
    if (needs === 'production' && !isBuilt(root)) await build(root, hold);
  });
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => {
    stopChildren();
    process.exit(143);
  });
}
prepare().catch((error) => {
  say(error.message);
  process.exit(1);
});
