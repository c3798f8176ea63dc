import { spawnSync } from 'node:child_process';

const ENOUGH = [24, 11];
const ENOUGH_TO_INSTALL = [20, 19];

function isAtLeast(version, [major, minor]) {
  const [ours, oursMinor] = version.split('.').map(Number);
  return ours > major || (ours === major && oursMinor >= minor);
}

/**
 * Node 24 comes with the packages on Linux x64 and arm64 (glibc); everywhere else the machine has to bring it.
 * @returns {string | undefined} Why Tocsin cannot run on this machine, in one line.
 */
export function platformProblem() {
  const version = process.versions.node;
  if (isAtLeast(version, ENOUGH)) return undefined;
  const comesWithNode = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  if (!comesWithNode) return `Tocsin needs Node.js ${ENOUGH.join('.')} or newer on ${process.platform} ${process.arch}; this is ${version}`;
  if (!isAtLeast(version, ENOUGH_TO_INSTALL))
    return `Tocsin needs Node.js ${ENOUGH_TO_INSTALL.join('.')} or newer to install itself; this is ${version}`;
  return undefined;
}

/** @returns {string | undefined} Why the Node that should have come with the packages cannot be used, in one line. */
export function installedNodeProblem(root) {
  if (isAtLeast(process.versions.node, ENOUGH)) return undefined;
  if (spawnSync(`${root}/node_modules/.bin/node`, ['--version']).status === 0) return undefined;
  return `the Node.js that comes with Tocsin does not run here (no glibc?); install Node.js ${ENOUGH.join('.')} or newer, this is ${process.versions.node}`;
}
