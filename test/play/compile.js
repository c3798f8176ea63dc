const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

/** It is started as `npm run play` does it, so it is compiled as for that; nothing happens when it has been. */
module.exports = () => {
  const root = join(__dirname, '../..');
  const compiler = join(root, 'node_modules/typescript-7/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-b', 'apps/standalone', 'libs/testing'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the standalone or the fakes do not compile');
};
