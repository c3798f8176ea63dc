module.exports = { ...require('../../jest.preset.js')(), displayName: 'boundaries', testMatch: ['<rootDir>/**/*.spec.ts'] };
