/// <reference lib="dom" />
import { NtfyApp, NtfyServer } from '@tocsin/testing';
import type { PushDevice } from '@tocsin/testing';
import type { BrowserContext, Page } from 'playwright-core';
import type { World } from '../../acceptance/src/world';
import { overflows, violations } from './accessibility';
import { withChromium } from './chromium';
import { Responder } from './responder';

jest.setTimeout(60_000);

let ntfy: NtfyServer;
let device: PushDevice;
let ana: Responder;
let world: World;
let context: BrowserContext;
let page: Page;

withChromium('the page of a responder', (browser) => {
  beforeEach(async () => {
    ntfy = await NtfyServer.start('tk_ntfy');
    ana = await Responder.start(browser(), { NTFY_URL: ntfy.url, NTFY_TOKEN: 'tk_ntfy' });
    ({ world, context, page, device } = ana);
  });
  afterEach(async () => {
    await ana.stop();
    await ntfy.stop();
  });

  it('tells who is not signed in how to, and signs in by a link', async () => {
    await page.goto('/me');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await page.getByLabel('Sign-in link or API key').fill(ana.key);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(/\/sign-in\//);
    await ana.signIn();
    await page.getByText('No open alerts. All quiet.').waitFor();
  });

  it('has a sign-in link sent to the address of whoever is not signed in', async () => {
    await page.goto('/me');
    await page.getByLabel('E-mail address').fill('ana@example.test');
    await page.getByRole('button', { name: 'Send me a sign-in link' }).click();
    await page.getByText('a link is on its way').waitFor();
    await world.settle();
    const [, link = ''] = /(https?:\/\/\S+\/sign-in\/\S+)/.exec(world.mailbox('ana').all()[0]?.text ?? '') ?? [];
    await page.goto(link);
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('shows the open alerts with a big accept at 320 pixels, accessible to everybody, and accepts', async () => {
    const id = await ana.raised('disk full on a-machine-with-a-very-long-name-that-does-not-break-by-itself.example.org');
    await ana.signIn();
    const accept = page.getByRole('button', { name: `Accept #${id}` });
    await accept.waitFor();
    expect((await accept.boundingBox())?.height).toBeGreaterThanOrEqual(64);
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await page.getByRole('region', { name: 'On call now' }).getByText('Ana Tester').first().waitFor();
    await accept.click();
    await page.getByText('You accepted this alert.').waitFor();
    expect(await world.alert(id)).toMatchObject({ status: 'ACCEPTED' });
    await accept.waitFor({ state: 'detached' });
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await page.getByRole('button', { name: `Resolve #${id}` }).click();
    await page.getByText('No open alerts. All quiet.').waitFor();
  });

  it('may be installed: the browser finds nothing against it', async () => {
    await ana.signIn();
    await ana.worker();
    const session = await context.newCDPSession(page);
    const { data, errors } = await session.send('Page.getAppManifest');
    expect([JSON.parse(data ?? '{}'), errors]).toMatchObject([{ start_url: '/me', display: 'standalone' }, []]);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // Each test has a browser of its own that remembers nothing, where nothing is ever installed.
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
  });

  it('loads less than 100 kB of script for both of its views, all from its own server', async () => {
    const elsewhere: string[] = [];
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (!response.url().startsWith(world.urlOf(''))) elsewhere.push(response.url());
      if (response.headers()['content-type']?.includes('javascript') === true) scripts.push(response.body());
    });
    await ana.atReach();
    await page.waitForLoadState('networkidle');
    const bytes = (await Promise.all(scripts)).reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(100_000);
    expect(elsewhere).toEqual([]);
  });

  it.each([
    ['at once', async () => undefined],
    ['when the page is opened again', () => page.reload()],
  ])('keeps an answer that is given offline, and sends it when the network is back: %s', async (_when, look) => {
    const id = await ana.raised('disk full');
    await ana.signIn();
    await ana.worker();
    await context.setOffline(true);
    await page.getByRole('button', { name: `Accept #${id}` }).click();
    await page.getByText('No network: your answer is kept').waitFor();
    expect(await world.alert(id)).toMatchObject({ status: 'PENDING' });
    await context.setOffline(false);
    await look();
    await page.getByText('You accepted it.').waitFor();
    expect(await world.alert(id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('switches push on for the device, which is then paged, and off again', async () => {
    await ana.signIn();
    await page.getByRole('button', { name: 'Switch push on' }).click();
    await page.getByRole('button', { name: 'Send a test push' }).click();
    await page.getByText('The test push is on its way.').waitFor();
    await world.settle();
    expect(device.received).toMatchObject([{ title: 'Test notification from Tocsin' }]);
    await page.getByText('It was sent. Look whether it is there').waitFor();
    await ana.raised('disk full');
    expect(device.received[1]).toMatchObject({ title: expect.stringContaining('disk full') });
    await page.getByRole('button', { name: 'Switch push off' }).click();
    await page.getByText('Push is off for this device.').first().waitFor();
    expect((await world.get(`/api/users/${ana.userId}/contacts/push-devices`, ana.key)).body).toEqual([]);
  });

  it('is led by a tap on a push to a page that takes the answer, accessible to everybody at 320 pixels', async () => {
    await ana.signIn();
    await page.getByRole('button', { name: 'Switch push on' }).click();
    await page.getByText('Push is on for this device.').first().waitFor();
    const id = await ana.raised('disk full on a-machine-with-a-very-long-name-that-does-not-break-by-itself.example.org');
    await page.goto(String((device.received[0] as { url?: string }).url));
    await page.getByText(`#${id}`).first().waitFor();
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByText('You accepted this alert.').waitFor();
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    expect(await world.alert(id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('adds the ntfy app by a topic that it shows once and to its owner alone, and removes it', async () => {
    await ana.signIn();
    await page.getByRole('button', { name: 'Add the ntfy app' }).click();
    const topic = page.getByLabel('Your topic');
    await topic.waitFor();
    expect(await topic.getAttribute('type')).toBe('password');
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await page.getByRole('button', { name: 'Show the topic' }).click();
    await page.getByRole('button', { name: 'Hide the topic' }).waitFor();
    expect(await topic.getAttribute('type')).toBe('text');
    await context.grantPermissions(['clipboard-read', 'clipboard-write', 'notifications']);
    await page.getByRole('button', { name: 'Copy the topic' }).click();
    await page.getByText('The topic is copied.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await topic.inputValue());
    const app = new NtfyApp();
    ntfy.listen(app, copied);
    await page.getByRole('button', { name: 'Done' }).click();
    await topic.waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(copied);
    const id = await ana.raised('disk full');
    expect(app.shown).toMatchObject([{ title: `[#${id}] disk full` }]);
    await page.getByRole('button', { name: /^Remove ntfy/ }).click();
    await page.getByText('Removed.').waitFor();
    expect((await world.get(`/api/users/${ana.userId}/contacts/push-devices`, ana.key)).body).toEqual([]);
  });
});
