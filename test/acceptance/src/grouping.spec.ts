import type { AlertCreation } from '@tocsin/domain';
import { World } from './world';

describe('a source that groups its events', () => {
  let world: World;
  let key: string;
  const groupedBy = async (alertCreation: AlertCreation, alertGroupingWindow?: string): Promise<void> => {
    const ana = await world.person('ana');
    const policy = await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 30 }]);
    key = await world.source(policy, { alertCreation, ...(alertGroupingWindow === undefined ? {} : { alertGroupingWindow }) });
  };
  const fire = (alertKey: string, summary = `${alertKey} is down`) => world.event(key, { summary, alertKey });
  const resolve = (alertKey?: string) => world.event(key, { eventType: 'RESOLVE', ...(alertKey === undefined ? {} : { alertKey }) });
  const accept = (alertKey?: string) => world.event(key, { eventType: 'ACCEPT', ...(alertKey === undefined ? {} : { alertKey }) });
  const statuses = async () => (await world.alerts()).map(({ status }) => status);
  beforeEach(async () => void (world = await World.start()));
  afterEach(() => world.stop());

  it('by subject puts equal summaries on one alert, which ends with its last key (B19)', async () => {
    await groupedBy('ONE_ALERT_PER_EMAIL_SUBJECT');
    await fire('a', 'link down');
    await fire('b', 'link down');
    await fire('c', 'power lost');
    expect(await statuses()).toEqual(['PENDING', 'PENDING']);
    await resolve('a');
    expect(await statuses()).toEqual(['PENDING', 'PENDING']);
    await resolve('b');
    expect(await statuses()).toEqual(['PENDING', 'RESOLVED']);
  });

  it('into its pending alert opens another once that is accepted', async () => {
    await groupedBy('ONE_PENDING_ALERT_ALLOWED');
    await fire('a');
    await fire('b');
    expect(await statuses()).toEqual(['PENDING']);
    await world.press(world.mailbox('ana').link('accept'));
    await fire('c');
    expect(await statuses()).toEqual(['PENDING', 'ACCEPTED']);
    expect(await world.alert()).toMatchObject({ summary: 'c is down' });
  });

  it('into its open alert keeps the summary of the first event (B17)', async () => {
    await groupedBy('ONE_OPEN_ALERT_ALLOWED');
    await fire('a');
    await world.press(world.mailbox('ana').link('accept'));
    await fire('b');
    expect(await statuses()).toEqual(['ACCEPTED']);
    const alert = await world.alert();
    expect(alert).toMatchObject({ summary: 'a is down' });
    expect(await world.timeline(alert.id)).toContain('Joined by b: b is down');
  });

  it('by a window opens another alert when the window of the first has passed', async () => {
    await groupedBy('ONE_ALERT_GROUPED_PER_WINDOW', 'PT10M');
    await fire('a');
    await world.advance('9m');
    await fire('b');
    expect(await statuses()).toHaveLength(1);
    await world.advance('1m');
    await fire('c');
    expect(await statuses()).toHaveLength(2);
  });

  it('into its open alert takes an ACCEPT and a RESOLVE without a key for that alert (B20)', async () => {
    await groupedBy('ONE_OPEN_ALERT_ALLOWED');
    await fire('a');
    await accept();
    expect(await statuses()).toEqual(['ACCEPTED']);
    await resolve();
    expect(await statuses()).toEqual(['RESOLVED']);
  });

  it('by key alone drops an ACCEPT and a RESOLVE without a key, and answers 202 (B20)', async () => {
    await groupedBy('ONE_ALERT_PER_EMAIL');
    await fire('a');
    expect((await accept()).status).toBe(202);
    expect((await resolve()).status).toBe(202);
    expect(await statuses()).toEqual(['PENDING']);
  });
});

describe('a source whose grouping is changed while an alert is open', () => {
  let world: World;
  beforeEach(async () => void (world = await World.start()));
  afterEach(() => world.stop());

  it('still has at most one open alert per key, and resolves the old one (P2)', async () => {
    const ana = await world.person('ana');
    const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 30 }]));
    const changeTo = (alertCreation: AlertCreation) => world.changeSource(key, (source) => ({ ...source, alertCreation }));
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    await changeTo('ONE_OPEN_ALERT_ALLOWED');
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    expect((await world.alerts()).filter(({ status }) => status !== 'RESOLVED')).toHaveLength(1);
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'disk' });
    expect((await world.alerts()).filter(({ status }) => status !== 'RESOLVED')).toHaveLength(0);
    await world.event(key, { summary: 'disk full again', alertKey: 'disk' });
    await changeTo('ONE_ALERT_PER_EMAIL');
    await world.event(key, { summary: 'disk full again', alertKey: 'disk' });
    expect((await world.alerts()).filter(({ status }) => status !== 'RESOLVED')).toHaveLength(1);
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'disk' });
    expect((await world.alerts()).filter(({ status }) => status !== 'RESOLVED')).toHaveLength(0);
  });
});
