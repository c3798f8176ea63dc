module.exports = { ...require('../../jest.preset.js')(), displayName: 'acceptance', testTimeout: 30_000 };
