import { World } from './world';

type Member = readonly [fingerprint: string, status: 'firing' | 'resolved', startsAt?: string];

const group = (...members: readonly Member[]) => ({
  version: '4',
  groupKey: '{}:{alertname="DiskFull"}',
  status: members.some(([, status]) => status === 'firing') ? 'firing' : 'resolved',
  receiver: 'tocsin',
  groupLabels: { alertname: 'DiskFull' },
  commonLabels: { alertname: 'DiskFull' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.test',
  alerts: members.map(([fingerprint, status, startsAt = '2026-01-05T08:59:00Z']) => ({
    status,
    fingerprint,
    startsAt,
    labels: { alertname: 'DiskFull', instance: fingerprint },
    annotations: { summary: `disk of ${fingerprint} full` },
  })),
});

describe('a group of Alertmanager', () => {
  let world: World;
  let key: string;
  const post = async (...members: readonly Member[]): Promise<void> => {
    const { status } = await world.post(`/api/events/prometheus/${key}`, group(...members));
    expect(status).toBe(202);
    await world.settle();
  };
  const statuses = async () => (await world.alerts()).map(({ status }) => status);
  beforeEach(async () => {
    world = await World.start();
    const ana = await world.person('ana');
    key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 30 }]), {
      integrationType: 'PROMETHEUS',
    });
  });
  afterEach(() => world.stop());

  it('is one alert that ends with its last member (B19)', async () => {
    await post(['a', 'firing']);
    await post(['a', 'firing'], ['b', 'firing']);
    await post(['a', 'resolved'], ['b', 'firing']);
    expect(await statuses()).toEqual(['PENDING']);
    await post(['a', 'resolved'], ['b', 'resolved']);
    expect(await statuses()).toEqual(['RESOLVED']);
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect(await world.timeline((await world.alert()).id)).toEqual(
      expect.arrayContaining(['Joined by b: disk of b full', 'The tool resolved a', expect.stringMatching(/^Resolved by source/)]),
    );
  });

  it('that a slow peer repeats after its end opens nothing: the episode is over (B18)', async () => {
    await post(['a', 'firing']);
    await post(['a', 'resolved']);
    await post(['a', 'firing']);
    expect(await statuses()).toEqual(['RESOLVED']);
    expect(world.mailbox('ana').all()).toHaveLength(1);
    expect(await world.timeline((await world.alert()).id)).toContain('ALERT of the tool changed nothing: episode-over');
  });

  it('that fires again later is a new episode and a new alert (B18)', async () => {
    await post(['a', 'firing']);
    await post(['a', 'resolved']);
    await post(['a', 'firing', '2026-01-05T10:00:00Z']);
    expect(await statuses()).toEqual(['PENDING', 'RESOLVED']);
    expect(world.mailbox('ana').all()).toHaveLength(2);
  });

  it('that a person resolved opens a new alert when it fires on (B18)', async () => {
    await post(['a', 'firing']);
    await world.put(`/api/alerts/${(await world.alert()).id}/resolve`);
    await post(['a', 'firing']);
    expect(await statuses()).toEqual(['PENDING', 'RESOLVED']);
  });
});
