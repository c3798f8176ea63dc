// Gives every project under libs/ and apps/ the same two tasks, from the files it has anyway.
const { dirname } = require('node:path');

const targets = (root) => ({
  build: {
    command: `tsc -b ${root}`,
    dependsOn: ['^build'],
    cache: true,
    inputs: ['production', '^production'],
    outputs: ['{projectRoot}/dist'],
  },
  test: {
    command: `node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js --passWithNoTests -c ${root}/jest.config.js`,
    options: { env: { TZ: 'UTC' } },
    cache: true,
    // What a test imports from other projects is read from their sources (jest.preset.js), contract suites included.
    inputs: ['default', '^default', { env: 'TOCSIN_TEST_FULL' }, { env: 'TOCSIN_TEST_CLUSTER' }],
  },
});

module.exports = {
  name: 'tocsin',
  createNodesV2: [
    '{apps,libs}/*/tsconfig.json',
    (files) => files.map((file) => [file, { projects: { [dirname(file)]: { targets: targets(dirname(file)) } } }]),
  ],
};
