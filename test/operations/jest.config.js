module.exports = {
  ...require('../../jest.preset.js')(),
  displayName: 'operations',
  globalSetup: '<rootDir>/compile.js',
};
