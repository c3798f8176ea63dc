// Writes the description of the API anew, from the code: `npm run describe`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { readSettings, startStandalone } from '../apps/standalone/dist/index.js';

const file = fileURLToPath(new URL('../libs/contracts/openapi.json', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'tocsin-describe-'));
try {
  // The one process that has every route.
  const standalone = await startStandalone(readSettings({ TOCSIN_DATA_DIR: directory, TOCSIN_PORT: '0', LOG_LEVEL: 'error' }));
  try {
    const document = JSON.stringify(await standalone.describe(), null, 2);
    writeFileSync(file, await format(document, { ...(await resolveConfig(file)), filepath: file }));
    console.log(`written: ${file}`);
  } finally {
    await standalone.stop();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
