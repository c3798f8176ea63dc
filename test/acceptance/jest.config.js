const preset = require('../../jest.preset.js')();

// Stories are told on both profiles, by the same specs. On real servers each world takes some seconds to start: a few of them are
// told in every run, all of them in the long one (TOCSIN_TEST_FULL=1).
const onBoth = ['alert-list', 'alertmanager', 'api-description', 'escalation', 'escalation-policies', 'explain', 'several-channels'];
const cluster = process.env.TOCSIN_TEST_CLUSTER === '1';
const full = process.env.TOCSIN_TEST_FULL === '1';

module.exports = {
  ...preset,
  displayName: 'acceptance',
  globalSetup: '<rootDir>/compile.js',
  testMatch: cluster && !full ? onBoth.map((name) => `<rootDir>/src/${name}.spec.ts`) : preset.testMatch,
  // A first start without settings is for one process alone.
  testPathIgnorePatterns: ['/node_modules/', ...(cluster ? ['first-start\\.spec\\.ts$'] : [])],
};
