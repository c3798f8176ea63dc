const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

/** What is killed is the program as it is started, so it is compiled as it is for a start; nothing happens when it has been. */
module.exports = () => {
  const root = join(__dirname, '../..');
  const compiler = join(root, 'node_modules/typescript-7/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-b', 'apps/standalone'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the standalone does not compile');
};
