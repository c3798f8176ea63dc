const { compile } = require('../../tools/jest/compile.js');

module.exports = () => compile('apps/standalone', 'libs/testing');
