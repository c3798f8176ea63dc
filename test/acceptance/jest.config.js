const preset = require('../../jest.preset.js')();

// Stories are told on both profiles, by the same specs.
module.exports = {
  ...preset,
  displayName: 'acceptance',
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.TOCSIN_TEST_CLUSTER === '1' ? ['first-start\\.spec\\.ts$'] : [])],
};
