const { existsSync, readdirSync } = require('node:fs');
const { availableParallelism } = require('node:os');

const folders = ['libs', 'apps', 'test'].filter((folder) => existsSync(`${__dirname}/${folder}`));
const projects = folders.flatMap((folder) => readdirSync(`${__dirname}/${folder}`).map((name) => `${folder}/${name}`));

const servers = { globalSetup: '<rootDir>/tools/jest/start-servers.mjs', globalTeardown: '<rootDir>/tools/jest/stop-servers.mjs' };

module.exports = {
  ...(process.env.TOCSIN_TEST_CLUSTER === '1' ? servers : {}),
  // Of a project's own configuration this is not heard when several run at once; a suite that needs longer says so itself.
  testTimeout: 60_000,
  // Half of the time a suite waits, for a disk, a server or a timer. More than two at once need more memory than a laptop has to spare.
  maxWorkers: Math.min(2, availableParallelism()),
  // What a suite has loaded stays in its worker: a new one takes its place before all suites together are too much for it.
  workerIdleMemoryLimit: '1500MB',
  projects: projects.filter((project) => existsSync(`${__dirname}/${project}/jest.config.js`)).map((project) => `<rootDir>/${project}`),
};
