import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { EscalationTarget, UserId } from '@tocsin/domain';
import { readSettings } from '@tocsin/standalone';
import { World } from './world';

interface ArchivedLine {
  readonly alertId: number;
  readonly summary: string;
  readonly raisedAt: string;
  readonly resolvedAt: string;
  readonly events: readonly { readonly time: string; readonly type: string; readonly stream: string; readonly actor: unknown }[];
}

const user = (userId: UserId): EscalationTarget => ({ type: 'user', userId });
const DISK = { summary: 'disk full', alertKey: 'disk' };

const archiveOf = async (world: World): Promise<readonly (readonly [file: string, lines: readonly ArchivedLine[]])[]> => {
  const directory = join(world.directory, 'archive');
  const files = (await readdir(directory).catch(() => [])).toSorted();
  const read = async (file: string) =>
    gunzipSync(await readFile(join(directory, file)))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ArchivedLine);
  return Promise.all(files.map(async (file) => [file, await read(file)] as const));
};

/** Streams that are in the log, but those of configuration and of the machinery. */
const streamsOf = async (world: World): Promise<readonly string[]> => {
  const prefixes = ['alert-', 'alertkey-', 'escalation-', 'notification-', 'action-'];
  const page = await world.platform.eventStore.readAll({ after: '00000000000000000000' as never, prefixes, limit: 500 });
  return [...new Set(page.events.map(({ stream }) => stream))];
};

describe('the setting of retention', () => {
  it.each(['1', '7', '-1', 'a year'])('refuses what cannot be meant: %s', (days) =>
    expect(() => readSettings({ TOCSIN_RETENTION_DAYS: days })).toThrow('TOCSIN_RETENTION_DAYS'),
  );
  it.each([
    ['0', 0],
    ['8', 8],
    ['', 400],
  ])('takes %j as %d days', (text, days) => expect(readSettings({ TOCSIN_RETENTION_DAYS: text }).retentionDays).toBe(days));
});

describe('an alert that was resolved 400 days ago', () => {
  let world: World;
  let key: string;
  let ana: UserId;
  beforeEach(async () => {
    world = await World.start();
    ana = await world.person('ana');
    key = await world.source(await world.policy([{ targets: [user(ana)], timeoutMin: 600 }]));
    await world.event(key, DISK);
    await world.press(world.mailbox('ana').link('accept'));
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
  });
  afterEach(() => world.stop());

  it('is kept until the day is over, then goes to the archive with all that happened, and nowhere else is anything of it', async () => {
    const { id } = await world.alert();
    await world.advance('400d');
    expect(await world.alerts()).toHaveLength(1);
    expect(await archiveOf(world)).toEqual([]);

    await world.advance('1d');
    const [archived, ...others] = await archiveOf(world);
    expect(others).toEqual([]);
    const [file, lines] = archived ?? ['', []];
    expect(file).toMatch(/^alerts-2026-01-05-\d{20}\.jsonl\.gz$/);
    expect(lines).toMatchObject([
      { alertId: id, summary: 'disk full', alertKey: 'disk', raisedAt: '2026-01-05T09:00:00.000Z', resolvedAt: '2026-01-05T09:00:00.000Z' },
    ]);
    const told = lines[0]?.events.map(({ type }) => type) ?? [];
    expect(told[0]).toBe('AlertRaised');
    for (const type of ['EscalationStarted', 'RespondersActivated', 'NotificationPlanned', 'HandedOver', 'AlertAccepted', 'AlertResolved'])
      expect(told).toContain(type);
    expect(lines[0]?.events.find(({ type }) => type === 'AlertAccepted')).toMatchObject({ actor: { type: 'user', userId: ana } });

    expect(await streamsOf(world)).toEqual([]);
    expect(await world.alerts()).toEqual([]);
    expect((await world.get('/api/alerts/count')).body).toEqual({ count: 0 });
    expect((await world.get('/api/alerts/count?states=RESOLVED')).body).toEqual({ count: 0 });
    for (const path of ['', '/log-entries', '/notifications']) expect((await world.get(`/api/alerts/${id}${path}`)).status).toBe(404);
    expect((await world.put(`/api/alerts/${id}/resolve`)).status).toBe(404);
    // Timers are stored in their own time, at the latest at a stop.
    await world.down('0s');
    for (const view of ['alerts', 'notifications', 'timers-alerts', 'timers-escalation', 'timers-notifications'])
      expect([view, await world.documents(view)]).toEqual([view, []]);
  });

  it('leaves its key free: the next event opens an alert with an id of its own, once (P2)', async () => {
    const { id } = await world.alert();
    await world.advance('401d');
    await world.event(key, DISK);
    await world.event(key, DISK);
    const alerts = await world.alerts();
    expect(alerts).toMatchObject([{ status: 'PENDING' }]);
    expect(alerts[0]?.id).toBeGreaterThan(id);
  });

  it('is taken off a guard that has another alert, which stays the open one (P2)', async () => {
    await world.advance('300d');
    await world.event(key, DISK);
    const { id } = await world.alert();
    await world.advance('101d');
    expect((await streamsOf(world)).filter((stream) => /^alert(key)?-/.test(stream))).toHaveLength(2);
    await world.event(key, DISK);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    expect(await world.alerts()).toMatchObject([{ id, status: 'RESOLVED' }]);
    await world.event(key, DISK);
    expect(await world.alerts()).toHaveLength(2);
    expect((await archiveOf(world)).flatMap(([, lines]) => lines)).toHaveLength(1);
  });

  it('goes when Tocsin is started again, if it came due while nothing ran', async () => {
    await world.down('500d');
    expect(await archiveOf(world)).toHaveLength(1);
    expect(await streamsOf(world)).toEqual([]);
  });

  it('is not in views that are made anew either, and an open or younger one is (P9)', async () => {
    await world.event(key, { summary: 'open for a year', alertKey: 'open' });
    await world.advance('200d');
    await world.event(key, { summary: 'younger', alertKey: 'younger' });
    await world.event(key, { summary: 'younger', alertKey: 'younger', eventType: 'RESOLVE' });
    await world.advance('201d');
    const read = async () => ({
      alerts: await world.alerts(),
      counts: await Promise.all(['PENDING', 'RESOLVED'].map((state) => world.get(`/api/alerts/count?states=${state}`))),
      outbox: await world.get('/api/audit-log?max-results=100'),
    });
    const live = await read();
    expect(live.alerts.map(({ summary }) => summary)).toEqual(['younger', 'open for a year']);
    await world.down('0s', () => rm(join(world.directory, 'views.db'), { force: true }));
    expect(await read()).toEqual(live);
  });

  it('names a deleted person by their number only, in the archive as on the timeline', async () => {
    const admin = await world.person('boss', { role: 'ADMIN' });
    expect((await world.delete(`/api/users/${ana}?confirm-gaps=true`, await world.keyOf(admin))).status).toBe(204);
    await world.advance('401d');
    const text = JSON.stringify(await archiveOf(world));
    expect(text).toContain(`"userId":${ana}`);
    expect(text).not.toMatch(/ana@|Ana|Tester/);
  });
});
