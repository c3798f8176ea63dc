import { START, World } from './world';

let world: World;
beforeEach(async () => void (world = await World.start()));
afterEach(() => world.stop());

interface Shown {
  readonly time: string;
  readonly eventType: string | null;
  readonly alertKey: string | null;
  readonly reason: string;
  readonly text: string;
  readonly count: number;
}

const source = async () => world.source(await world.policy([{ targets: [{ type: 'user', userId: await world.person('ana') }] }]));
const logOf = async (key: string, query = ''): Promise<readonly Shown[]> =>
  (await world.get<readonly Shown[]>(`/api/alert-sources/${key}/events${query}`)).body;
const inShort = async (key: string, query?: string) =>
  (await logOf(key, query)).map(({ eventType, alertKey, reason }) => [eventType, alertKey, reason]);

describe('the event log of a source (B20)', () => {
  it('has what was answered 202 and changed nothing, newest first, with the reason; and nothing else', async () => {
    const key = await source();
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'unknown' });
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    await world.event(key, { eventType: 'ACCEPT' });
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'disk' });
    await world.changeSource(key, (current) => ({ ...current, active: false }));
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    expect(await inShort(key)).toEqual([
      ['ALERT', 'disk', 'source-inactive'],
      ['ACCEPT', null, 'key-required'],
      ['RESOLVE', 'unknown', 'no-open-alert'],
    ]);
    expect((await logOf(key))[2]).toMatchObject({
      time: new Date(START).toISOString(),
      outcome: 'DROPPED',
      text: 'no alert is open for its alertKey',
      count: 1,
    });
  });

  it('is told in pages', async () => {
    const key = await source();
    for (const name of ['a', 'b', 'c']) await world.event(key, { eventType: 'RESOLVE', alertKey: name });
    expect((await logOf(key, '?start-index=1&max-results=1')).map(({ alertKey }) => alertKey)).toEqual(['b']);
  });

  it('survives a restart and is gone after thirty days', async () => {
    const key = await source();
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'unknown' });
    await world.down('29d');
    expect(await logOf(key)).toHaveLength(1);
    await world.advance('3d');
    expect(await logOf(key)).toEqual([]);
  });

  it('tells a flood one by one up to a hundred an hour, and then how many more', async () => {
    const key = await source();
    for (let index = 0; index < 120; index++) await world.event(key, { eventType: 'RESOLVE', alertKey: `k${index}` });
    expect(await logOf(key, '?max-results=100')).toHaveLength(100);
    expect(await logOf(key, '?max-results=100&start-index=100')).toEqual([]);
    await world.advance('1h');
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'after' });
    expect((await logOf(key, '?max-results=2')).map(({ alertKey, count }) => [alertKey, count])).toEqual([
      ['after', 1],
      [null, 20],
    ]);
  });

  it('is not there for a source that is not', async () => {
    expect((await world.get('/api/alert-sources/987654/events')).status).toBe(404);
  });
});
