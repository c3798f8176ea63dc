import type { PushDevice, PushService } from '@tocsin/testing';
import { withChromium } from './chromium';
import { Responder } from './responder';

jest.setTimeout(60_000);

const PUSH = [{ id: 900 as never, type: 'HIGH_PRIORITY', method: 'PUSH', delayMin: 0 }] as const;

let push: PushService;
let device: PushDevice;
let ana: Responder;
let alertId: number;

withChromium('the worker of the page, when the page is closed', (browser) => {
  beforeEach(async () => {
    ana = await Responder.start(browser());
    ({ push, device } = ana);
    await ana.world.changePerson(ana.userId, (user) => ({ ...user, alertPreferences: PUSH }));
    await ana.signIn();
    await ana.page.getByRole('button', { name: 'Switch push on' }).click();
    await ana.page.getByText('Push is on for this device.').first().waitFor();
    alertId = await ana.raised('disk full');
  });
  afterEach(() => ana.stop());

  /** What was pushed to the device arrives in the browser, whose page is closed. */
  const arrived = async () => {
    const worker = await ana.worker();
    await ana.page.close();
    const pushed = device.received.at(-1);
    if (pushed === undefined) throw new Error('nothing was pushed');
    await worker.push(pushed);
    return worker;
  };
  const status = async () => (await ana.world.alert(alertId)).status;

  it.each([
    ['accept', 'ACCEPTED', /^You accepted this alert\.$/],
    ['resolve', 'RESOLVED', /^You resolved this alert\.$/],
    ['escalate', 'PENDING', /^The alert is escalated to the next level\.$/],
  ])('gives the answer of the pressed button, and says what came of it: %s', async (action, becomes, says) => {
    const worker = await arrived();
    const about = { tag: `alert-${alertId}`, body: expect.stringContaining('Raised by source') };
    expect(await worker.notifications()).toEqual([
      // As many buttons as Chromium likes.
      { ...about, title: `[#${alertId}] disk full`, actions: expect.arrayContaining(['accept', 'resolve']) },
    ]);
    await worker.press(action);
    expect(await worker.notifications()).toMatchObject([{ title: `#${alertId}`, body: expect.stringMatching(says), actions: [] }]);
    expect(await status()).toBe(becomes);
  });

  it('keeps an answer without a network, and sends it when the browser says that it is back', async () => {
    const worker = await arrived();
    await worker.loseNetwork();
    await worker.press('accept');
    expect(await worker.notifications()).toMatchObject([{ body: expect.stringContaining('No network: your answer is kept') }]);
    // Whoever wakes it too early is told to do so again.
    await expect(worker.triesToSend()).rejects.toThrow('no network yet');
    expect(await status()).toBe('PENDING');
    await worker.findNetwork();
    await worker.networkIsBack();
    expect(await worker.notifications()).toMatchObject([{ body: 'You accepted this alert.' }]);
    expect(await status()).toBe('ACCEPTED');
  });

  it('registers a subscription that the browser renewed: pages go there, and the page knows that push is on', async () => {
    const worker = await ana.worker();
    const renewed = push.device();
    push.drop(device);
    await worker.renews(renewed.subscription);
    await ana.raised('cpu hot');
    expect(renewed.received).toMatchObject([{ title: expect.stringContaining('cpu hot') }]);
    await ana.world.settle();
    const devices = await ana.world.get<{ status: string; reason?: string }[]>(`/api/users/${ana.userId}/contacts/push-devices`, ana.key);
    expect(devices.body).toMatchObject([{ status: 'OK' }, { status: 'LOST', reason: 'gone' }]);
    await ana.subscribedBy(renewed);
    await ana.page.reload();
    await ana.page.getByText('Push is on for this device.').first().waitFor();
    await ana.page.getByRole('button', { name: 'Switch push off' }).click();
    await ana.until(async () => {
      const { body } = await ana.world.get<{ status: string }[]>(`/api/users/${ana.userId}/contacts/push-devices`, ana.key);
      return body.every((each) => each.status === 'LOST');
    });
  });
});
