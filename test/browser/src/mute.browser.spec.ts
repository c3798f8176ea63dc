import { parseInstant } from '@tocsin/domain';
import type { Locator, Page } from 'playwright-core';
import { overflows, violations } from './accessibility';
import { withChromium } from './chromium';
import { Responder } from './responder';

jest.setTimeout(60_000);

let ana: Responder;
let page: Page;
let mute: Locator;

withChromium('a responder who mutes what reaches them (B32)', (browser) => {
  beforeEach(async () => {
    ana = await Responder.start(browser());
    ({ page } = ana);
    mute = page.getByRole('region', { name: 'Mute' });
  });
  afterEach(() => ana.stop());

  const mutedUntil = async (): Promise<unknown> => (await ana.world.get(`/api/users/${ana.userId}`, ana.key)).body['mutedUntil'];

  it('is told what a mute does, is muted for four hours, and sees at their alerts that no page would reach them', async () => {
    await ana.atReach();
    await page.getByText('Yes: a page would reach you now.').waitFor();
    await mute.getByText('nothing is sent to you in any way').waitFor();
    await mute.getByRole('button', { name: 'For four hours' }).click();
    await page.getByText('No: a page would not reach you now.').waitFor();
    await mute.getByText('You are muted until').first().waitFor();
    expect(await mutedUntil()).toBe('2026-01-05T13:00:00.000Z');
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByText('A page would not reach you now.').waitFor();
    await page.getByRole('link', { name: 'See why, and mend it' }).click();
    await mute.getByRole('button', { name: 'End the mute' }).click();
    await page.getByText('Yes: a page would reach you now.').waitFor();
    expect(await mutedUntil()).toBeUndefined();
  });

  it('says at the field which time is none, and keeps what is typed while there is no network', async () => {
    await ana.atReach();
    await mute.getByRole('button', { name: 'Until another time' }).click();
    const field = mute.getByLabel('Muted until');
    await field.fill('2026-01-05T08:00');
    await mute.getByRole('button', { name: 'Mute', exact: true }).click();
    await mute.getByText('Choose a time that is still to come.').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    expect(await violations(page)).toEqual([]);
    await field.fill('2026-01-06T07:30');
    await ana.context.setOffline(true);
    await mute.getByRole('button', { name: 'Mute', exact: true }).click();
    await mute.getByText('What you entered is still here').waitFor();
    expect(await field.inputValue()).toBe('2026-01-06T07:30');
    await ana.context.setOffline(false);
    await mute.getByRole('button', { name: 'Mute', exact: true }).click();
    await mute.getByRole('button', { name: 'End the mute' }).waitFor();
    expect(parseInstant(String(await mutedUntil()))).toBe(Date.parse('2026-01-06T07:30:00Z'));
  });

  it('reads all of it in German, by night', async () => {
    await ana.world.changePerson(ana.userId, (user) => ({ ...user, language: 'de' }));
    await page.emulateMedia({ colorScheme: 'dark' });
    await ana.signIn('Meine offenen Alarme');
    await page.getByRole('link', { name: 'Wie ich erreicht werde' }).click();
    const opening = ['Telefonnummer hinzufügen', 'Schritt hinzufügen: Meine Schichten', 'Bis zu einer anderen Zeit'];
    for (const name of opening) await page.getByRole('button', { name }).click();
    // Several forms are open side by side, and none takes another one's place.
    await page.getByRole('form', { name: 'Telefonnummer hinzufügen' }).getByRole('button', { name: 'Abbrechen' }).waitFor();
    await page.getByRole('form', { name: 'Schritt hinzufügen' }).getByRole('button', { name: 'Abbrechen' }).waitFor();
    expect([await violations(page), await overflows(page)]).toEqual([[], false]);
    // Where the form was the focus stays: nobody has to look for it with the keyboard.
    await page.getByRole('form', { name: 'Bis zu einer anderen Zeit' }).getByRole('button', { name: 'Abbrechen' }).press('Enter');
    expect(await page.getByRole('button', { name: 'Bis zu einer anderen Zeit' }).evaluate((each) => each.matches(':focus'))).toBe(true);
  });
});
