import { TelephoneNetwork } from '@tocsin/testing';
import type { Telephone } from '@tocsin/testing';
import type { Locator, Page } from 'playwright-core';
import { overflows, violations } from './accessibility';
import { withChromium } from './chromium';
import { Responder } from './responder';

jest.setTimeout(90_000);

const OURS = '+4930555001';
const NUMBER = '+4915112345678';

let network: TelephoneNetwork;
let phone: Telephone;
let ana: Responder;
let page: Page;
let contacts: Locator;

withChromium('a responder who edits their contacts (B32)', (browser) => {
  beforeEach(async () => {
    network = await TelephoneNetwork.start();
    phone = network.telephone(NUMBER);
    ana = await Responder.start(browser(), network.environment(OURS));
    ana.world.with(network);
    ({ page } = ana);
    contacts = page.getByRole('region', { name: 'My contacts' });
    await ana.atReach();
  });
  afterEach(async () => {
    await ana.stop();
    await network.stop();
  });

  const add = async (number: string): Promise<void> => {
    await contacts.getByRole('button', { name: 'Add a telephone number' }).click();
    await contacts.getByLabel('Telephone number', { exact: true }).fill(number);
    await contacts.getByLabel('Country of the number').selectOption({ label: 'Germany' });
    await contacts.getByRole('button', { name: 'Add', exact: true }).click();
  };
  const card = (target: string): Locator => contacts.getByRole('listitem').filter({ hasText: target });
  const numbers = async (): Promise<unknown> => (await ana.world.get(`/api/users/${ana.userId}/contacts/phone-numbers`, ana.key)).body;
  const codeIn = (text = ''): string => /\b\d{6}\b/.exec(text)?.[0] ?? 'none';

  it('adds a number, which counts when the code that is texted there is entered, and tries it out', async () => {
    await add('0151 12345678');
    await card('0151 12345678').getByText('Not verified: nothing is sent there').waitFor();
    await card('0151').getByRole('button', { name: 'Send a code by text message' }).click();
    const code = contacts.getByLabel('Code', { exact: true });
    await code.waitFor();
    await ana.world.settle();
    const sent = codeIn(phone.texts[0]);
    await code.fill(sent === '000000' ? '000001' : '000000');
    await contacts.getByRole('button', { name: 'Verify' }).click();
    await contacts.getByText('The code is not right').waitFor();
    expect(await code.evaluate((field) => field.matches(':focus'))).toBe(true);
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await code.fill(sent);
    await code.press('Enter');
    await card('0151').getByText('Verified.').waitFor();
    expect(await numbers()).toMatchObject([{ target: '0151 12345678', regionCode: 'DE', primary: true, verified: true }]);
    await card('0151').getByRole('button', { name: 'Send a test message: 0151 12345678' }).click();
    await ana.world.settle();
    await card('0151').getByText('It was delivered.').waitFor();
    expect(phone.texts.at(-1)).toContain('test');
  });

  it('says at the field what is wrong with a number, and keeps it while there is no network', async () => {
    await add('12');
    const field = contacts.getByLabel('Telephone number', { exact: true });
    await contacts.getByText('Nothing can be sent there.').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await field.fill(NUMBER);
    await ana.context.setOffline(true);
    await contacts.getByRole('button', { name: 'Add', exact: true }).click();
    await contacts.getByText('What you entered is still here').waitFor();
    // Whoever looks at their alerts meanwhile finds the form as it was.
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByRole('link', { name: 'How I am reached' }).click();
    expect(await field.inputValue()).toBe(NUMBER);
    await ana.context.setOffline(false);
    await contacts.getByRole('button', { name: 'Add', exact: true }).click();
    await card(NUMBER).waitFor();
    await add(NUMBER.replace('15112', '151 12'));
    await contacts.getByText('You have this contact already.').waitFor();
  });

  it('removes a contact after being asked, but none that a rule uses', async () => {
    await add(NUMBER);
    await card(NUMBER)
      .getByRole('button', { name: `Remove: ${NUMBER}` })
      .click();
    await contacts.getByRole('heading', { name: `Remove ${NUMBER}?` }).waitFor();
    await card(NUMBER).getByRole('button', { name: 'Remove', exact: true }).click();
    await card(NUMBER).waitFor({ state: 'detached' });
    expect(await numbers()).toEqual([]);
    const mail = card('ana@example.test');
    await mail.getByRole('button', { name: 'Remove: ana@example.test' }).click();
    await mail.getByRole('button', { name: 'Remove', exact: true }).click();
    await mail.getByText('A rule below uses it.').waitFor();
    await mail.getByRole('button', { name: 'Cancel' }).click();
    await mail.getByRole('button', { name: 'Send a test mail' }).click();
    await mail.getByText('It was sent. Look whether it is there').waitFor();
    expect(ana.world.mailbox('ana').subjects).toEqual(['Test notification from Tocsin']);
  });

  it('tries out push, sees its chats, and unlinks one', async () => {
    const others = page.getByRole('region', { name: 'Push and chats' });
    await others.getByText('Switched on for no device').waitFor();
    const { subscription } = ana.device;
    await ana.world.post('/api/users/current/contacts/push-devices', { type: 'WEB_PUSH', name: 'Phone', subscription }, ana.key);
    await page.reload();
    await others.getByRole('button', { name: 'Send a test push' }).click();
    await others.getByText('It was sent. Look whether it is there').waitFor();
    expect(ana.device.received).toMatchObject([{ title: 'Test notification from Tocsin' }]);
    await ana.world.changePerson(ana.userId, (user) => ({
      ...user,
      chatAccounts: [
        { method: 'TELEGRAM', id: '1', address: '1', linkedAt: user.createdAt, closed: { reason: 'blocked', at: user.createdAt } },
      ],
    }));
    await page.reload();
    await others.getByText('takes no more messages: let the bot write to you again').waitFor();
    await others.getByRole('button', { name: 'Unlink: Telegram' }).click();
    await others.getByText('it answers no alerts for you until it is linked again').waitFor();
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await others.getByRole('button', { name: 'Unlink', exact: true }).click();
    await page.getByText('Your account in Telegram is not linked any more.').waitFor();
    expect((await ana.world.get(`/api/users/${ana.userId}/contacts/chat-accounts`, ana.key)).body).toEqual([]);
  });

  it('has the code read by a call, and sees that a number takes no more messages', async () => {
    await add(NUMBER);
    await card(NUMBER).getByRole('button', { name: 'Have a code read to me by call' }).click();
    await contacts.getByLabel('Code', { exact: true }).waitFor();
    await ana.world.settle();
    expect(network.calls).toMatchObject([{ order: { to: NUMBER } }]);
    await ana.world.changePerson(ana.userId, (user) => ({
      ...user,
      contacts: user.contacts.map((contact) =>
        contact.type === 'phone' ? { ...contact, verified: true, status: 'BLACKLISTED' } : contact,
      ),
    }));
    await page.reload();
    await card(NUMBER).getByText('it takes no more messages').waitFor();
    expect(await card(NUMBER).getByRole('button').allTextContents()).toEqual(['Remove']);
  });
});
