import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const program = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
);

const describeIfThereIsOne = (() => {
  if (program !== undefined || process.env['TOCSIN_TEST_BROWSER'] === '1') return describe;
  console.warn('left out: there is no Chromium (apt-get install chromium, or name one in CHROMIUM)');
  return describe.skip;
})();

/** A suite whose tests share a Chromium; left out, with the reason, only where there is none and none was asked for. */
export const withChromium = (title: string, suite: (browser: () => Browser) => void): void =>
  describeIfThereIsOne(title, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startChromium();
    });
    afterAll(() => browser?.close());
    suite(() => browser);
  });

const startChromium = (): Promise<Browser> => {
  if (program === undefined) throw new Error('there is no Chromium, and TOCSIN_TEST_BROWSER=1 says that there has to be one');
  return chromium.launch({
    executablePath: program,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  });
};
