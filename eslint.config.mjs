import { lintConfig } from './tools/lint/config.mjs';

export default lintConfig({ typed: true });
