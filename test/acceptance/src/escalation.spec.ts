import { World } from './world';

describe('an alert that nobody answers', () => {
  let world: World;
  beforeAll(async () => void (world = await World.start()));
  afterAll(() => world.stop());

  it('pages level 1, then level 2; the accept link ends it; the tool resolves it', async () => {
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    const key = await world.source(
      await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 30 }, { targets: [{ type: 'user', userId: ben }] }]),
    );

    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    expect(world.mailbox('ana').subjects).toEqual([expect.stringContaining('disk full')]);
    expect(world.mailbox('ben').subjects).toEqual([]);

    await world.advance('29m');
    expect(world.mailbox('ben').subjects).toEqual([]);
    await world.advance('1m');
    expect(world.mailbox('ben').subjects).toEqual([expect.stringContaining('disk full')]);

    expect(await world.press(world.mailbox('ben').link('accept'))).toContain('You accepted this alert.');
    const accepted = await world.alert();
    expect(accepted).toMatchObject({ status: 'ACCEPTED', assignedTo: { id: ben } });
    expect(accepted).not.toHaveProperty('nextEscalation');

    await world.advance('2h');
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect(world.mailbox('ben').all()).toHaveLength(1);

    await world.event(key, { eventType: 'RESOLVE', alertKey: 'disk' });
    expect(await world.alert()).toMatchObject({ status: 'RESOLVED', resolvedByType: 'SOURCE' });
    expect(await world.press(world.mailbox('ana').link('accept'))).toContain('Already resolved by');
  });
});
