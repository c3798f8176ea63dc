const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

/** What tests start as its user does has to be compiled as for that, also where they are the first thing that runs; nothing happens when it has been. */
exports.compile = (...projects) => {
  const root = join(__dirname, '../..');
  const compiler = join(root, 'node_modules/typescript-7/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-b', ...projects], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${projects.join(' or ')} does not compile`);
};
