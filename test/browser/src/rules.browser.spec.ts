import type { ContactId } from '@tocsin/domain';
import type { Locator, Page } from 'playwright-core';
import { overflows, violations } from './accessibility';
import { withChromium } from './chromium';
import { Responder } from './responder';

jest.setTimeout(90_000);

let ana: Responder;
let page: Page;
let rules: Locator;

withChromium('a responder who edits their rules (B32)', (browser) => {
  beforeEach(async () => {
    ana = await Responder.start(browser());
    ({ page } = ana);
    rules = page.getByRole('region', { name: 'My rules' });
    await ana.world.changePerson(ana.userId, (user) => ({
      ...user,
      contacts: [...user.contacts, { id: 8000 as ContactId, type: 'email', target: 'ana@home.test', status: 'OK', verified: false }],
    }));
    await ana.atReach();
  });
  afterEach(() => ana.stop());

  const preferences = async (list: string): Promise<unknown> =>
    (await ana.world.get(`/api/users/${ana.userId}/notification-preferences/${list}`, ana.key)).body;
  const steps = (): Promise<string[]> => rules.getByRole('listitem').locator('strong').allTextContents();
  /** Fills the form of a list by the labels of its fields. */
  const add = async (part: string, how: string, when?: readonly [field: string, value: string]): Promise<void> => {
    await rules.getByRole('button', { name: `Add a step: ${part}` }).click();
    await rules.getByLabel('How', { exact: true }).selectOption({ label: how });
    if (when !== undefined) {
      const field = rules.getByLabel(when[0], { exact: true });
      await (when[0] === 'When' ? field.selectOption({ label: when[1] }) : field.fill(when[1]));
    }
    await rules.getByRole('button', { name: 'Add', exact: true }).click();
    await rules.getByRole('button', { name: `Add a step: ${part}` }).waitFor();
  };

  it('adds a step, sees its place and that it leads to nothing yet, changes it and removes it', async () => {
    await add('Alerts of high priority', 'E-mail to ana@home.test (not usable now)', ['After how many minutes', '5']);
    expect((await steps()).slice(0, 2)).toEqual(['At once: E-mail to ana@example.test', 'After 5 min: E-mail to ana@home.test']);
    const step = rules.getByRole('listitem').filter({ hasText: 'ana@home.test' });
    await step.getByText('Leads to nothing: it is not verified.').waitFor();
    expect(await preferences('alerts')).toMatchObject([
      {},
      {},
      { type: 'HIGH_PRIORITY', method: 'EMAIL', delayMin: 5, contact: { id: 8000 } },
    ]);
    await step.getByRole('button', { name: 'Change' }).click();
    const minutes = rules.getByLabel('After how many minutes');
    await minutes.fill('500');
    await rules.getByRole('button', { name: 'Save' }).click();
    await rules.getByText('Enter whole minutes from 0 to 120.').waitFor();
    expect(await minutes.evaluate((field) => field.matches(':focus'))).toBe(true);
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await minutes.fill('');
    await rules.getByRole('button', { name: 'Save' }).click();
    await rules.getByText('Enter whole minutes from 0 to 120.').waitFor();
    await minutes.fill('20');
    await rules.getByLabel('How', { exact: true }).selectOption({ label: 'E-mail to ana@example.test' });
    await rules.getByRole('button', { name: 'Save' }).click();
    await rules.getByText('After 20 min: E-mail to ana@example.test').waitFor();
    await rules.getByRole('button', { name: 'Remove: After 20 min' }).click();
    await rules.getByRole('heading', { name: 'Remove this step?' }).waitFor();
    await rules.getByRole('button', { name: 'Remove', exact: true }).click();
    await rules.getByText('After 20 min').waitFor({ state: 'detached' });
    expect(await preferences('alerts')).toMatchObject([{ type: 'HIGH_PRIORITY' }, { type: 'LOW_PRIORITY' }]);
  });

  it('is warned before the last step of high priority goes, and sees at once that no page would come', async () => {
    await rules.getByRole('button', { name: 'Remove: At once: E-mail to ana@example.test' }).first().click();
    await rules.getByText('It is the last one: no page would reach you.').waitFor();
    await rules.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('No: a page would not reach you now.').waitFor();
    await page.getByText('You have no rule for alerts of high priority: add one.').waitFor();
    await rules.getByText('No step: no page reaches you. Add one.').waitFor();
  });

  it('is told what becomes of alerts, of shifts, and of what they follow', async () => {
    const mail = 'E-mail to ana@example.test';
    await add('What becomes of my alerts', mail, ['When', 'When it is resolved']);
    await add('My shifts', mail, ['When', '6 h before a shift']);
    await add('Alerts that I follow', mail);
    expect((await steps()).slice(2)).toEqual([`When it is resolved: ${mail}`, `6 h before a shift: ${mail}`, mail]);
    expect(await preferences('updates')).toMatchObject([{ type: 'ALERT_RESOLVED', method: 'EMAIL' }]);
    expect(await preferences('duties')).toMatchObject([{ type: 'ON_CALL', beforeMin: 360 }]);
    expect(await preferences('subscriptions')).toMatchObject([{ method: 'EMAIL' }]);
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
  });

  it('keeps what is chosen while there is no network', async () => {
    await rules.getByRole('button', { name: 'Add a step: My shifts' }).click();
    await rules.getByLabel('When', { exact: true }).selectOption({ label: 'When a shift begins' });
    await ana.context.setOffline(true);
    await rules.getByRole('button', { name: 'Add', exact: true }).click();
    await rules.getByText('What you entered is still here').waitFor();
    await ana.context.setOffline(false);
    await rules.getByRole('button', { name: 'Add', exact: true }).click();
    await rules.getByText('When a shift begins: E-mail').waitFor();
    expect(await preferences('duties')).toMatchObject([{ beforeMin: 0 }]);
  });
});
