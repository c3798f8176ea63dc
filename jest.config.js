const { existsSync, readdirSync } = require('node:fs');

const folders = ['libs', 'apps', 'test'].filter((folder) => existsSync(`${__dirname}/${folder}`));
const projects = folders.flatMap((folder) => readdirSync(`${__dirname}/${folder}`).map((name) => `${folder}/${name}`));

const servers = { globalSetup: '<rootDir>/tools/jest/start-servers.mjs', globalTeardown: '<rootDir>/tools/jest/stop-servers.mjs' };

module.exports = {
  ...(process.env.TOCSIN_TEST_CLUSTER === '1' ? servers : {}),
  // Of a project's own configuration this is not heard when several run at once; a suite that needs longer says so itself.
  testTimeout: 60_000,
  // What a suite has loaded stays in its process. One worker at a time, and a new one before all suites together are too much for it.
  maxWorkers: 1,
  workerIdleMemoryLimit: '1500MB',
  projects: projects.filter((project) => existsSync(`${__dirname}/${project}/jest.config.js`)).map((project) => `<rootDir>/${project}`),
};
