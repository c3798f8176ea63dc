/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { withChromium } from '../browser/src/chromium';
import { PlayProgram } from './play-program';

jest.setTimeout(180_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const LAPTOP = { width: 1_366, height: 768 };
const PHONE = { width: 360, height: 740 };

let play: PlayProgram;
let page: Page;
let elsewhere: string[];

withChromium('the page of npm run play', (browser) => {
  beforeAll(async () => {
    play = await PlayProgram.start();
  });
  afterAll(async () => {
    await play?.remove();
  });
  afterEach(() => page.context().close());

  const open = async (viewport: typeof LAPTOP): Promise<void> => {
    elsewhere = [];
    page = await (await browser().newContext({ viewport })).newPage();
    page.setDefaultTimeout(30_000);
    page.on('request', (request) => {
      if (!request.url().startsWith(play.url) && !request.url().startsWith('data:')) elsewhere.push(request.url());
    });
    await page.goto(play.url);
    await page.getByText('You are Ana Adams.').waitFor();
  };
  const fire = async (summary: string): Promise<void> => {
    await page.getByLabel('What is wrong').fill(summary);
    await page.getByLabel('Key').fill(summary);
    await page.getByRole('button', { name: 'Fire' }).click();
  };
  const problems = async (): Promise<readonly string[]> => {
    await page.evaluate(AXE);
    return page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
      const wide = document.documentElement.scrollWidth > window.innerWidth ? ['wider than the window'] : [];
      return [...wide, ...(await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)];
    });
  };

  it('shows a text on the telephone as it comes, and the alert as it is answered there', async () => {
    await open(LAPTOP);
    await fire('disk full');
    await page.locator('.bubble', { hasText: 'disk full' }).waitFor();
    await page.getByRole('button', { name: '1', exact: true }).click();
    await page.locator('.bubble', { hasText: 'You accepted this alert.' }).waitFor();
    await page.locator('.alert.accepted', { hasText: 'disk full' }).waitFor();
    expect(await problems()).toEqual([]);
    expect(elsewhere).toEqual([]);
  });

  it('opens the link of a mail beside itself, where its button works', async () => {
    await open(LAPTOP);
    await page.getByLabel('Priority').selectOption('LOW');
    await fire('certificate ends soon');
    await page.locator('.mail', { hasText: 'certificate ends soon' }).click();
    const opened = page.waitForEvent('popup');
    await page.frameLocator('iframe').getByRole('link', { name: 'Accept' }).click();
    await (await opened).getByRole('button').click();
    await (await opened).getByText('You accepted this alert.').waitFor();
    await page.locator('.alert.accepted', { hasText: 'certificate ends soon' }).waitFor();
  });

  it('rings on the telephone of whoever is called, and takes a key', async () => {
    await open(LAPTOP);
    await fire('swap is full');
    await page.locator('.message', { hasText: 'swap is full' }).getByRole('button', { name: 'Escalate' }).click();
    await page.locator('#people').getByRole('button', { name: 'Ben' }).click();
    await page.getByRole('button', { name: 'Pick up' }).click();
    await page.locator('.call').getByText('swap is full').waitFor();
    expect(await page.getByPlaceholder('Text message').isVisible()).toBe(false);
    await page.locator('.call').getByRole('button', { name: '1', exact: true }).click();
    await page.locator('.alert.accepted', { hasText: 'swap is full' }).waitFor();
    expect(await problems()).toEqual([]);
  });

  it('shows what a tool wrote as text, wherever it stands', async () => {
    await open(LAPTOP);
    await fire('<img src=x onerror="document.title=1">');
    await page.locator('.bubble', { hasText: '<img src=x' }).waitFor();
    await page.locator('.message', { hasText: '<img src=x' }).waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('Tocsin: play');
  });

  it('links a channel by the dialog of a command', async () => {
    await open(LAPTOP);
    await page.getByRole('button', { name: '/tocsin', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Alerts in this channel' });
    expect(await dialog.getByLabel('Monitoring').isChecked()).toBe(true);
    await dialog.getByLabel('Assignments').uncheck();
    expect(await problems()).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.message', { hasText: 'Ana Adams linked this channel' }).nth(1).waitFor();
  });

  it('shows one thing at a time at a phone’s width, and what has come elsewhere', async () => {
    await open(PHONE);
    await fire('load high');
    await page.locator('#tabs .badge').first().waitFor();
    for (const tab of ['Alerts', 'Phone', 'Mail', 'Chat', 'Faults']) {
      await page.locator('#tabs').getByRole('button', { name: tab }).click();
      expect([tab, await problems()]).toEqual([tab, []]);
    }
    await page.locator('#people').getByRole('button', { name: 'Ben' }).click();
    await page.getByText('You are Ben Brown.').waitFor();
  });
});
