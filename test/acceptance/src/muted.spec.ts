import type { AlertPreference, PreferenceId, UserId } from '@tocsin/domain';
import { PushService, TelephoneNetwork } from '@tocsin/testing';
import type { PushDevice, SlackPerson } from '@tocsin/testing';
import { startWithSlack } from './slack-world';
import type { SlackWorld } from './slack-world';
import type { World } from './world';

const METHODS = ['SMS', 'VOICE', 'PUSH', 'SLACK'] as const;
const NUMBER = '+4915112345678';

describe('somebody who muted notifications', () => {
  let network: TelephoneNetwork;
  let push: PushService;
  let both: SlackWorld;
  let world: World;
  let device: PushDevice;
  let inSlack: SlackPerson;
  let ana: UserId;
  let key: string;

  beforeEach(async () => {
    [network, push] = await Promise.all([TelephoneNetwork.start(), PushService.start()]);
    both = await startWithSlack({ ...network.environment('+4930555001'), TOCSIN_OUTGOING_ALLOW: push.url });
    ({ world } = both);
    world.with(network);
    [device, inSlack] = [push.device(), both.slack.team.addPerson('ana')];
    ana = await world.person('ana', { phone: NUMBER, preferences: [] });
    const ben = await world.person('ben');
    key = await world.source(
      await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 30 }, { targets: [{ type: 'user', userId: ben }] }]),
    );
    await both.send(both.slack.command(inSlack, both.slack.team.addChannel('ops'), '/tocsin', 'oncall'));
    const { subscription } = device;
    const added = await world.post(`/api/users/${ana}/contacts/push-devices`, { type: 'WEB_PUSH', name: 'Phone', subscription });
    expect(added.status).toBe(201);
  });
  afterEach(async () => {
    await both.stop();
    await Promise.all([network.stop(), push.stop()]);
  });

  const chooses = (delayMin: number): Promise<void> =>
    world.changePerson(ana, (user) => {
      const phone = user.contacts.find(({ type }) => type === 'phone')?.id;
      const byPhone = phone === undefined ? {} : { contactId: phone };
      const alertPreferences: readonly AlertPreference[] = METHODS.map((method, index) => ({
        ...{ id: (9_000 + index) as PreferenceId, type: 'HIGH_PRIORITY', method, delayMin },
        ...(method === 'SMS' || method === 'VOICE' ? byPhone : {}),
      }));
      return { ...user, alertPreferences };
    });
  const mutes = (hours: number): Promise<void> =>
    world.changePerson(ana, (user) => ({ ...user, mutedUntil: (world.clock.now() + hours * 3_600_000) as never }));
  const reached = () => ({
    SMS: network.telephone(NUMBER).texts.length,
    VOICE: network.telephone(NUMBER).calls.length,
    PUSH: device.received.length,
    SLACK: both.slack.direct(inSlack).length,
  });
  const raise = (summary: string): Promise<number> => world.raise(key, summary);
  const NOWHERE = { SMS: 0, VOICE: 0, PUSH: 0, SLACK: 0 };

  it('is reached on no channel, and the next person is paged at once (B11)', async () => {
    await chooses(0);
    await mutes(1);
    const id = await raise('disk full');
    expect(reached()).toEqual(NOWHERE);
    expect(world.mailbox('ben').subjects).toEqual([expect.stringContaining('disk full')]);
    expect(await world.timeline(id)).toContain('Level 1 skipped: Ana Tester has muted notifications');
    await world.advance('2h');
    expect(reached()).toEqual(NOWHERE);
    // What happens after it reaches them again.
    await raise('load high');
    expect(reached()).toEqual({ SMS: 1, VOICE: 1, PUSH: 1, SLACK: 1 });
  });

  it('is reached by what comes again after the mute, although the same was raised and resolved meanwhile', async () => {
    await chooses(0);
    await mutes(1);
    const first = await raise('disk full');
    await world.put(`/api/alerts/${first}/resolve`);
    expect((await world.alert(first)).status).toBe('RESOLVED');
    await world.advance('1h');
    expect(reached()).toEqual(NOWHERE);
    await raise('disk full');
    expect(reached()).toEqual({ SMS: 1, VOICE: 1, PUSH: 1, SLACK: 1 });
  });

  it('after their pages were planned gets none of them, and each says why', async () => {
    await chooses(5);
    const id = await raise('disk full');
    await world.advance('2m');
    await mutes(1);
    await world.advance('10m');
    expect(reached()).toEqual(NOWHERE);
    const lines = await world.timeline(id);
    for (const method of METHODS) expect(lines).toContain(`${method} Ana Tester: cancelled, the person muted notifications`);
  });
});
