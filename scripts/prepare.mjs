// Brings a checkout to the state a program needs: packages installed, and what it runs compiled.
// It runs under Node 20 before anything is installed, so it uses nothing but Node itself.
// Usage: node scripts/prepare.mjs production|services|log|servers|play|cluster|everything
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, isBuilt } from './prepare/build.mjs';
import { install, isInstalled } from './prepare/install.mjs';
import { withLock } from './prepare/lock.mjs';
import { installedNodeProblem, platformProblem } from './prepare/platform.mjs';
import { say, stopChildren } from './prepare/run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each program needs: which packages, and what of the product compiled. */
const kinds = {
  production: { packages: 'production', builds: ['production'] },
  services: { packages: 'production', builds: ['services'] },
  log: { packages: 'production', builds: ['log'] },
  servers: { packages: 'everything', builds: ['servers'] },
  play: { packages: 'everything', builds: ['production', 'servers'] },
  cluster: { packages: 'everything', builds: ['servers', 'services'] },
  everything: { packages: 'everything', builds: [] },
};
const needs = kinds[process.argv[2]];

/** @returns {boolean} Whether nothing is left to do. */
function isReady() {
  return isInstalled(root, needs.packages) && needs.builds.every((name) => isBuilt(root, name));
}

function stopAt(problem) {
  if (problem) throw new Error(problem);
}

async function prepare() {
  if (needs === undefined) throw new Error(`usage: node scripts/prepare.mjs ${Object.keys(kinds).join('|')}`);
  if (!existsSync(`${root}/package-lock.json`)) throw new Error('there is no package-lock.json to install from');
  stopAt(platformProblem());
  if (isReady()) return;
  await withLock(`${root}/.stamps`, async (hold) => {
    // Somebody else may have done it while this process waited for the lock.
    if (!isInstalled(root, needs.packages)) await install(root, needs.packages, hold);
    stopAt(installedNodeProblem(root));
    for (const name of needs.builds) if (!isBuilt(root, name)) await build(root, name, hold);
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
