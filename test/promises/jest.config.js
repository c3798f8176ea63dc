module.exports = { ...require('../../jest.preset.js')(), displayName: 'promises', testTimeout: 60_000 };
