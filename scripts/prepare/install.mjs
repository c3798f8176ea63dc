import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { run, say } from './run.mjs';
import { digestOf, readText, writeStamp } from './stamp.mjs';

const STAMPS = 'node_modules/.tocsin';

// What npm reads. The workspaces' package.json files are in the lock file too, but only npm knows how they got there.
function wanted(root) {
  return `${process.platform} ${process.arch} ${digestOf(root, ['package.json', 'package-lock.json'])}`;
}

/** @param {'production' | 'everything'} needs */
export function isInstalled(root, needs) {
  const stamp = wanted(root);
  if (readText(join(root, STAMPS, 'everything')) === stamp) return existsSync(join(root, 'node_modules/jest/package.json'));
  return needs === 'production' && readText(join(root, STAMPS, 'production')) === stamp;
}

/**
 * Installs without ever emptying a node_modules that a server may be running from: `npm ci`, which empties it, is for
 * a checkout without one (or with the ruin of a first install that was interrupted, from which nothing can run).
 * Development dependencies that are there stay there, whoever asks.
 */
export async function install(root, needs, hold) {
  const ruin = join(root, '.stamps/first-install');
  const isFirst = !existsSync(join(root, 'node_modules')) || existsSync(ruin);
  const everything = needs === 'everything' || (!isFirst && hasDevelopmentDependencies(root));
  const stamp = wanted(root);
  if (isFirst) {
    mkdirSync(join(root, '.stamps'), { recursive: true });
    writeFileSync(ruin, '');
  }
  const title = everything ? 'installing all dependencies' : 'installing production dependencies';
  if (isFirst) say(`first start here: ${title} takes about a minute, later starts skip it`);
  // Some packages are built for a newer Node than the one that runs npm; they run under the Node that is installed here.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', everything ? '--include=dev' : '--omit=dev'];
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command, ...args] = [...npm, ...(isFirst ? ['ci'] : ['install', '--no-save']), ...options];
  await run(title, command, args, { cwd: root, hold, env: { ...process.env, NODE_ENV: '' } });
  linkNode(root);
  if (everything) writeStamp(join(root, STAMPS, 'everything'), stamp);
  writeStamp(join(root, STAMPS, 'production'), stamp);
  rmSync(ruin, { force: true });
}

// npm 10 does not link a program called `node`; newer ones do.
function linkNode(root) {
  const program = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  const link = join(root, 'node_modules/.bin/node');
  if (!existsSync(program) || existsSync(link)) return;
  chmodSync(program, 0o755);
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), program), link);
}

function hasDevelopmentDependencies(root) {
  const installed = readText(join(root, 'node_modules/.package-lock.json'));
  return installed === undefined || Object.values(JSON.parse(installed).packages).some((each) => each.dev);
}
