module.exports = {
  ...require('../../jest.preset.js')(),
  displayName: 'backup',
  testMatch: ['<rootDir>/**/*.spec.ts'],
};
