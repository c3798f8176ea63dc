const preset = require('../../jest.preset.js')();
const [compile] = Object.values(preset.transform);

// Parts of the page that need no browser have their specs here; a browser takes them as they are.
module.exports = {
  ...preset,
  displayName: 'notifications',
  transform: { ...preset.transform, '/notifications/page/[a-z-]+\\.js$': compile },
};
