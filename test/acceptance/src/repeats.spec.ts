import { World } from './world';

const DISK = { summary: 'disk full', alertKey: 'disk' };

describe('an event that comes again', () => {
  let world: World;
  let key: string;
  beforeEach(async () => {
    world = await World.start();
    const ana = await world.person('ana');
    key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 30 }]));
  });
  afterEach(() => world.stop());

  it('joins the open alert of its key, whatever case and blanks the key is written in', async () => {
    await world.event(key, DISK);
    await world.event(key, { summary: 'disk full', alertKey: '  DISK ' });
    await world.event(key, DISK);
    const alerts = await world.alerts();
    expect(alerts).toHaveLength(1);
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect(await world.timeline(alerts[0]!.id)).toEqual(
      expect.arrayContaining([expect.stringContaining('Received from'), 'Reported again: disk full']),
    );
  });

  it('brings the newest summary and details along (B17)', async () => {
    await world.event(key, DISK);
    await world.event(key, { summary: 'disk nearly full', details: '97 %', alertKey: 'disk' });
    const alert = await world.alert();
    expect(alert).toMatchObject({ summary: 'disk nearly full', details: '97 %' });
    expect(await world.timeline(alert.id)).toContain('Summary changed to: disk nearly full');
  });

  it('opens another alert under another key', async () => {
    await world.event(key, DISK);
    await world.event(key, { summary: 'disk full', alertKey: 'disk of another' });
    expect(await world.alerts()).toHaveLength(2);
  });

  it('opens another alert after a person resolved the first (B18)', async () => {
    await world.event(key, DISK);
    const first = await world.alert();
    await world.put(`/api/alerts/${first.id}/resolve`);
    await world.event(key, DISK);
    const alerts = await world.alerts();
    expect(alerts.map(({ status }) => status)).toEqual(['PENDING', 'RESOLVED']);
    expect(world.mailbox('ana').all()).toHaveLength(2);
  });

  it('is on record each time up to a hundred times, then counted by the hour', async () => {
    await world.event(key, DISK);
    for (let again = 0; again < 130; again++) await world.post('/api/events', { integrationKey: key, eventType: 'ALERT', ...DISK });
    await world.settle();
    const { id } = await world.alert();
    const repeats = async (): Promise<readonly string[]> =>
      (await world.platform.eventStore.readStream(`alert-${id}`)).flatMap(({ type, data }) =>
        type === 'AlertRepeated' ? [String((data as { count: number }).count)] : [],
      );
    expect(await repeats()).toHaveLength(100);
    await world.advance('61m');
    await world.event(key, DISK);
    expect((await repeats()).slice(100)).toEqual(['31']);
  });
});

describe('an alert of low priority', () => {
  let world: World;
  let key: string;
  beforeEach(async () => {
    world = await World.start();
    const ana = await world.person('ana');
    const ben = await world.person('ben');
    key = await world.source(
      await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 5 }, { targets: [{ type: 'user', userId: ben }] }]),
      { priority: 'LOW' },
    );
    await world.event(key, DISK);
  });
  afterEach(() => world.stop());

  it('pages the first level that has somebody and goes no further (B15)', async () => {
    await world.advance('3h');
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect(world.mailbox('ben').all()).toHaveLength(0);
    const link = world.mailbox('ana').link('escalate');
    expect(await world.press(link)).toContain('An alert of low priority is not escalated. Nothing was changed.');
    expect(world.mailbox('ben').all()).toHaveLength(0);
  });

  it('pages again and escalates once a repeat raises it (B15, B17)', async () => {
    await world.advance('3h');
    await world.event(key, { ...DISK, priority: 'HIGH' });
    const alert = await world.alert();
    expect(alert).toMatchObject({ priority: 'HIGH', status: 'PENDING' });
    expect(world.mailbox('ana').all()).toHaveLength(2);
    await world.advance('5m');
    expect(world.mailbox('ben').all()).toHaveLength(1);
    expect(await world.timeline(alert.id)).toContainEqual(expect.stringMatching(/^Raised to high priority by source \d+$/));
  });

  it('pages nobody again when the repeat that raises it finds it accepted', async () => {
    await world.press(world.mailbox('ana').link('accept'));
    await world.event(key, { ...DISK, priority: 'HIGH' });
    await world.advance('3h');
    expect(await world.alert()).toMatchObject({ priority: 'HIGH', status: 'ACCEPTED' });
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect(world.mailbox('ben').all()).toHaveLength(0);
  });

  it('is never lowered by a repeat', async () => {
    await world.event(key, { ...DISK, priority: 'HIGH' });
    await world.event(key, { ...DISK, priority: 'LOW' });
    expect(await world.alert()).toMatchObject({ priority: 'HIGH' });
  });
});
