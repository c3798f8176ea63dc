const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

/** Commands are run as an operator runs them, so they are compiled as for that; nothing happens when they have been. */
module.exports = () => {
  const root = join(__dirname, '../..');
  const compiler = join(root, 'node_modules/typescript-7/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-b', 'libs/log-file', 'libs/platform'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('export and import do not compile');
};
