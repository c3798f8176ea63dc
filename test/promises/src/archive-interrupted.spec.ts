import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { EventStoreInBetween } from '@tocsin/event-store';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent, StoredEvent } from '@tocsin/event-store';
import { World } from '../../acceptance/src/world';
import { eventsOf } from './around';

jest.setTimeout(300_000);

const OF_ALERTS = ['alert-', 'alertkey-', 'escalation-', 'notification-', 'action-'];

/** Keeps what a kill would leave on the disk, right before and right after the first step of each kind. */
class Kills {
  readonly kept = new Map<string, string>();
  directory = '';

  constructor(readonly folder: string) {}

  async around<T>(step: string, work: () => Promise<T>): Promise<T> {
    await this.keep(`before ${step}`);
    const done = await work();
    await this.keep(`after ${step}`);
    return done;
  }

  private async keep(moment: string): Promise<void> {
    if (this.kept.has(moment) || this.directory === '') return;
    const copy = join(this.folder, String(this.kept.size));
    this.kept.set(moment, copy);
    await mkdir(copy, { recursive: true });
    const log = new DatabaseSync(join(this.directory, 'log.db'), { readOnly: true });
    // All pages at once: one instant.
    await backup(log, join(copy, 'log.db'), { rate: 1_000_000 });
    log.close();
    await cp(join(this.directory, 'archive'), join(copy, 'archive'), { recursive: true });
  }
}

class Archiving extends EventStoreInBetween {
  constructor(
    inner: EventStore,
    private readonly kills: Kills,
  ) {
    super(inner);
  }

  override append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const work = () => this.inner.append(stream, expected, events);
    return events.some(({ type }) => type === 'AlertsArchived' || type === 'AlertForgotten')
      ? this.kills.around(`append ${category(stream)}`, work)
      : work();
  }

  override deleteStream(stream: string, expected?: number): Promise<void> {
    return this.kills.around(`delete ${category(stream)}`, () => this.inner.deleteStream(stream, expected));
  }
}

/** Lets something happen right before the guard of a key is removed. */
class Overtaken extends EventStoreInBetween {
  meanwhile: (() => Promise<unknown>) | undefined;

  override async deleteStream(stream: string, expected?: number): Promise<void> {
    if (stream.startsWith('alertkey-')) {
      const { meanwhile } = this;
      this.meanwhile = undefined;
      await meanwhile?.();
    }
    return super.deleteStream(stream, expected);
  }
}

const category = (stream: string): string => stream.slice(0, stream.indexOf('-'));

interface Line {
  readonly alertId: number;
  readonly events: readonly { readonly id: string }[];
}

const linesIn = async (world: World): Promise<readonly Line[]> => {
  const directory = join(world.directory, 'archive');
  const files = (await readdir(directory)).filter((file) => file.endsWith('.jsonl.gz'));
  const texts = await Promise.all(files.map(async (file) => gunzipSync(await readFile(join(directory, file))).toString()));
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line) as Line);
};

const isOfGuard = ({ stream }: StoredEvent): boolean => stream.startsWith('alertkey-');

/** Two alerts of one key, one by hand; one more that is open, on the key of the first. */
const told = async (world: World): Promise<readonly StoredEvent[]> => {
  const ana = await world.person('ana');
  const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 5 }]));
  for (const eventType of ['ALERT', 'RESOLVE', 'ALERT', 'RESOLVE'])
    await world.event(key, { eventType, summary: 'disk full', alertKey: 'disk' });
  const byHand = await world.post<{ id: number }>('/api/alerts', { alertSource: { id: world.sourceId(key) }, summary: 'by hand' });
  await world.put(`/api/alerts/${byHand.body.id}/resolve`);
  await world.event(key, { summary: 'alone', alertKey: 'alone' });
  await world.event(key, { eventType: 'RESOLVE', alertKey: 'alone' });
  await world.advance('100d');
  await world.event(key, { summary: 'disk full', alertKey: 'disk' });
  await world.advance('1h');
  return eventsOf(world.platform.eventStore, 'alert-', 'escalation-', 'notification-');
};

const STEPS = ['append archive', 'append alertkey', 'delete alertkey', 'delete alert', 'delete escalation', 'delete notification'];

describe('an archive that is interrupted', () => {
  let kills: Kills;
  let world: World;
  let before: readonly StoredEvent[];
  beforeAll(async () => {
    kills = new Kills(await mkdtemp(join(tmpdir(), 'tocsin-kills-')));
    world = await World.start({ around: { eventStore: (inner) => new Archiving(inner, kills) } });
    before = await told(world);
    kills.directory = world.directory;
    await world.down('301d');
  });
  afterAll(async () => {
    await world.stop();
    await rm(kills.folder, { recursive: true, force: true });
  });

  it.each(STEPS.flatMap((step) => [`before ${step}`, `after ${step}`]))(
    'by a kill %s, loses nothing, doubles nothing and leaves nothing over once it has gone on',
    async (moment) => {
      const copy = kills.kept.get(moment);
      if (copy === undefined) throw new Error(`it never came to: ${moment}`);
      await world.down('0s', async () => {
        await rm(world.directory, { recursive: true });
        await cp(copy, world.directory, { recursive: true });
      });
      const open = await world.alert();
      expect(open).toMatchObject({ status: 'PENDING', summary: 'disk full' });
      expect(await world.alerts()).toHaveLength(1);
      const left = await eventsOf(world.platform.eventStore, ...OF_ALERTS);
      const [guards, others] = [left.filter(isOfGuard), left.filter((event) => !isOfGuard(event))];
      expect([...new Set(others.map(({ stream }) => stream.split('-')[1]))]).toEqual([String(open.id)]);
      expect(new Set(guards.map(({ stream }) => stream)).size).toBe(1);
      const lines = await linesIn(world);
      expect(lines.map(({ alertId }) => alertId).toSorted()).toEqual([1, 2, 3, 4]);
      const kept = new Set([...left, ...lines.flatMap(({ events }) => events)].map(({ id }) => id));
      expect(before.filter(({ id }) => !kept.has(id))).toEqual([]);
    },
  );
});

describe('an archived alert whose key opens another one at that moment', () => {
  it('leaves the guard of the key to that one: the key has one open alert (P2)', async () => {
    let overtaken: Overtaken | undefined;
    const world = await World.start({ around: { eventStore: (inner) => (overtaken = new Overtaken(inner)) } });
    try {
      const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: await world.person('ana') }] }]));
      await world.event(key, { summary: 'alone', alertKey: 'alone' });
      await world.event(key, { eventType: 'RESOLVE', alertKey: 'alone' });
      const again = { integrationKey: key, eventType: 'ALERT', summary: 'again', alertKey: 'alone' };
      if (overtaken === undefined) throw new Error('the store was not made');
      overtaken.meanwhile = async () => {
        await world.post('/api/events', again);
        while (
          (await eventsOf(world.platform.eventStore, 'alert-')).every(({ data }) => (data as { summary?: string }).summary !== 'again')
        )
          await delay(5);
      };
      await world.advance('402d');
      expect(overtaken.meanwhile).toBeUndefined();
      await world.event(key, again);
      expect(await world.alerts('?states=PENDING')).toHaveLength(1);
    } finally {
      await world.stop();
    }
  });
});

describe('an archive that cannot be written', () => {
  it('removes nothing meanwhile, and goes on by itself', async () => {
    const world = await World.start();
    try {
      await told(world);
      const archive = join(world.directory, 'archive');
      await writeFile(archive, 'in the way');
      const before = await eventsOf(world.platform.eventStore, ...OF_ALERTS);
      const due = world.advance('301d');
      await delay(1_000);
      expect(await eventsOf(world.platform.eventStore, ...OF_ALERTS)).toEqual(before);
      await rm(archive);
      await due;
      await world.settle();
      expect(await linesIn(world)).toHaveLength(4);
      expect(await world.alerts()).toHaveLength(1);
    } finally {
      await world.stop();
    }
  });
});
