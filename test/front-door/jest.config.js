module.exports = { ...require('../../jest.preset.js')(), displayName: 'front-door', testMatch: ['<rootDir>/*.spec.ts'] };
