module.exports = {
  ...require('../../jest.preset.js')(),
  displayName: 'kills',
  globalSetup: '<rootDir>/compile.js',
  testTimeout: process.env.TOCSIN_TEST_FULL === '1' ? 1_800_000 : 180_000,
};
