module.exports = {
  ...require('../../jest.preset.js')(),
  displayName: 'kills',
  globalSetup: '<rootDir>/compile.js',
};
