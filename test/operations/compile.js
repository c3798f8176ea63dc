const { compile } = require('../../tools/jest/compile.js');

module.exports = () => compile('libs/log-file', 'libs/platform');
