module.exports = { ...require('../../jest.preset.js')(), displayName: 'servers', testMatch: ['<rootDir>/*.spec.ts'] };
