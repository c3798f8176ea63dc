module.exports = { ...require('../../jest.preset.js')(), displayName: 'deployment', testMatch: ['<rootDir>/**/*.spec.ts'] };
