module.exports = { ...require('../../jest.preset.js')(), displayName: 'docs', testMatch: ['<rootDir>/**/*.spec.ts'] };
