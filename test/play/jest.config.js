module.exports = {
  ...require('../../jest.preset.js')(),
  displayName: 'play',
  testMatch: ['<rootDir>/*.spec.ts'],
  globalSetup: '<rootDir>/compile.js',
};
