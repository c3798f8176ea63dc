import { instant } from '@tocsin/domain';
import type { ApiKeyId, EscalationPolicy, EscalationPolicyId, Team, TeamId, User, UserId } from '@tocsin/domain';
import { CONFIGURATION_TOPIC, ConfigurationReader } from './configuration-topic';
import type { ConfigurationChange } from './configuration-topic';
import type { Message, OutgoingMessage } from './message-bus';
import { outgoing } from './testing/messages';
import { onDisk } from './testing/on-disk';
import type { OnDisk } from './testing/on-disk';
import { completion } from './topic-completion';

const at = instant(1_700_000_000_000);
const stamps = { createdAt: at, updatedAt: at };

const policy = (id: number, about: Partial<EscalationPolicy> = {}): EscalationPolicy => ({
  id: id as EscalationPolicyId,
  name: `policy ${id}`,
  rules: [],
  repeating: false,
  frequency: 1,
  delayMin: 0,
  teamIds: [],
  ...stamps,
  ...about,
});

const user = (id: number, about: Partial<User> = {}): User => ({
  id: id as UserId,
  username: `user${id}`,
  firstName: 'A',
  lastName: 'B',
  email: `user${id}@example.org`,
  timezone: 'Europe/Berlin',
  language: 'en',
  role: 'USER',
  contacts: [],
  alertPreferences: [],
  ...stamps,
  ...about,
});

const team = (id: number, name: string): Team => ({ id: id as TeamId, name, visibility: 'PUBLIC', members: [], ...stamps });

const fact = (stream: string, revision: number): Partial<OutgoingMessage> => ({ key: stream, fact: { stream, revision, position: '' } });

const configured = (kind: string, revision: number, resource: { readonly id: number }): OutgoingMessage =>
  outgoing({ ...fact(`${kind}-${resource.id}`, revision), type: 'ResourceConfigured', data: { kind, resource } });

const deleted = (stream: string, revision: number): OutgoingMessage =>
  outgoing({ ...fact(stream, revision), type: 'ResourceDeleted', data: null });

let disk: OnDisk;
let reader: ConfigurationReader;
let listenerErrors: unknown[];

beforeEach(async () => {
  disk = await onDisk();
  listenerErrors = [];
  reader = new ConfigurationReader((error) => listenerErrors.push(error));
  await disk.bus.declare([CONFIGURATION_TOPIC]);
  await publish(completion(CONFIGURATION_TOPIC.name, at));
});

afterEach(async () => {
  await reader.close();
  await disk.close();
});

const publish = (...messages: readonly OutgoingMessage[]): Promise<void> => disk.bus.publish(CONFIGURATION_TOPIC.name, messages);

describe('configuration published before the start', () => {
  it('is there when start resolves, ascending by id', async () => {
    await publish(configured('policy', 0, policy(12)), configured('policy', 0, policy(3)), configured('team', 0, team(1, 'ops')));
    await reader.start(disk.bus);
    expect(reader.list('policy').map(({ id }) => id)).toEqual([3, 12]);
    expect(reader.get('team', 1)?.name).toBe('ops');
    expect(reader.get('team', 2)).toBeUndefined();
  });

  it('is read once by all who share the reader', async () => {
    const changes: ConfigurationChange[] = [];
    reader.onChange((change) => changes.push(change));
    await publish(configured('policy', 0, policy(1)));
    await Promise.all([reader.start(disk.bus), reader.start(disk.bus)]);
    expect(changes).toHaveLength(1);
  });
});

describe('a change', () => {
  it('is visible after waiting for its revision, and told to listeners with what was before', async () => {
    await publish(configured('policy', 0, policy(1)));
    await reader.start(disk.bus);
    const changes: ConfigurationChange[] = [];
    const end = reader.onChange((change) => changes.push(change));
    const seen = reader.waitFor('policy-1', 1, 5_000);
    await publish(configured('policy', 1, policy(1, { name: 'renamed' })));
    expect(await seen).toBe(true);
    expect(reader.get('policy', 1)?.name).toBe('renamed');
    expect(reader.revision('policy', 1)).toBe(1);
    expect(changes).toMatchObject([{ kind: 'policy', id: 1, before: { name: 'policy 1' }, after: { name: 'renamed' } }]);
    end();
    await publish(deleted('policy-1', 2));
    await reader.upToDate(5_000);
    expect(changes).toHaveLength(1);
    expect(reader.get('policy', 1)).toBeUndefined();
    expect(reader.revision('policy', 1)).toBe(2);
  });

  it('that comes again or too late changes nothing (P4)', async () => {
    await reader.start(disk.bus);
    await publish(
      configured('policy', 0, policy(1, { name: 'first' })),
      configured('policy', 1, policy(1, { name: 'second' })),
      configured('policy', 0, policy(1, { name: 'first' })),
      deleted('policy-1', 2),
      configured('policy', 1, policy(1, { name: 'second' })),
    );
    await reader.upToDate(5_000);
    expect(reader.list('policy')).toEqual([]);
  });

  it('that does not come within the time is reported as not seen', async () => {
    await reader.start(disk.bus);
    expect(await reader.waitFor('policy-1', 0, 5)).toBe(false);
  });

  it('reaches the other listeners and readers when one listener throws', async () => {
    const bug = new TypeError('listener');
    const changes: ConfigurationChange[] = [];
    reader.onChange(() => {
      throw bug;
    });
    reader.onChange((change) => changes.push(change));
    await reader.start(disk.bus);
    await publish(configured('policy', 0, policy(1)), configured('policy', 0, policy(2)));
    await reader.upToDate(5_000);
    expect(changes).toHaveLength(2);
    expect(listenerErrors).toEqual([bug, bug]);
  });

  it('of a kind this version does not know is passed over (P12)', async () => {
    await publish(configured('hotline', 0, { id: 1 }), configured('policy', 0, policy(1)));
    await reader.start(disk.bus);
    expect(reader.list('policy')).toHaveLength(1);
  });
});

describe('a resource that an older version has said', () => {
  it('is the one that this version knows (P12)', async () => {
    await publish(
      outgoing({ ...fact('team-1', 0), type: 'ResourceConfigured', schemaVersion: 1, data: { kind: 'team', resource: { title: 'ops' } } }),
    );
    const upcasting = new ConfigurationReader(undefined, {
      'ResourceConfigured@1': (event) => ({ ...event, data: { kind: 'team', resource: team(1, 'ops') }, schemaVersion: 2 }),
    });
    await upcasting.start(disk.bus);
    expect(upcasting.get('team', 1)).toEqual(team(1, 'ops'));
    await upcasting.close();
  });

  it('is told to listeners as this version knows it, also when its type had another name', async () => {
    const upcasting = new ConfigurationReader(undefined, {
      'TeamNamed@1': (event) => ({
        ...event,
        type: 'ResourceConfigured',
        data: { kind: 'team', resource: team(1, String(event.data)) },
        schemaVersion: 2,
      }),
    });
    const told: unknown[] = [];
    upcasting.onChange(({ message }) => told.push([message.type, message.schemaVersion]));
    await publish(outgoing({ ...fact('team-1', 0), type: 'TeamNamed', data: 'ops' }));
    await upcasting.start(disk.bus);
    expect(told).toEqual([['ResourceConfigured', 2]]);
    await upcasting.close();
  });
});

describe('looking for something that may have been made a moment ago, elsewhere', () => {
  it('finds what was published before the look', async () => {
    await reader.start(disk.bus);
    await publish(configured('policy', 0, policy(1)));
    expect((await reader.surely(() => reader.get('policy', 1)))?.id).toBe(1);
  });

  it('finds nothing only when it was not there at the time of the look', async () => {
    await reader.start(disk.bus);
    expect(await reader.surely(() => reader.get('policy', 1))).toBeUndefined();
  });

  it('says neither when the topic cannot be read', async () => {
    await expect(reader.surely(() => reader.get('policy', 1))).rejects.toMatchObject({ reason: 'unavailable' });
  });
});

describe('a person who was erased', () => {
  it('is gone by the bare tombstone of their stream', async () => {
    await publish(configured('user', 4, user(1)));
    await reader.start(disk.bus);
    await publish(outgoing({ key: 'user-1', type: 'ResourceDeleted', data: null }));
    await reader.upToDate(5_000);
    expect(reader.get('user', 1)).toBeUndefined();
    expect(reader.find('user', 'email', 'user1@example.org')).toBeUndefined();
  });
});

describe('finding by a declared field', () => {
  it('ignores case for user names, addresses and routing keys, and nothing else', async () => {
    await publish(
      configured('user', 0, user(1, { username: 'Ana', email: 'Ana@Example.org' })),
      configured('policy', 0, policy(1, { routingKey: 'DB-Prod', name: 'Database' })),
      configured('apikey', 0, { id: 9 as ApiKeyId, name: 'ci', hash: 'abc' } as never),
    );
    await reader.start(disk.bus);
    expect(reader.find('user', 'username', ' ana ')?.id).toBe(1);
    expect(reader.find('user', 'email', 'ANA@example.org')?.id).toBe(1);
    expect(reader.find('policy', 'routingKey', 'db-prod')?.id).toBe(1);
    expect(reader.find('policy', 'name', 'database')).toBeUndefined();
    expect(reader.find('policy', 'name', 'Database')?.id).toBe(1);
    expect(reader.find('apikey', 'hash', 'abc')?.id).toBe(9);
  });

  it('follows changes: the old value finds nothing, a shared one the lowest id', async () => {
    await publish(configured('team', 0, team(2, 'ops')), configured('team', 0, team(1, 'ops')), configured('team', 0, team(3, 'db')));
    await reader.start(disk.bus);
    expect(reader.find('team', 'name', 'ops')?.id).toBe(1);
    await publish(configured('team', 1, team(1, 'infra')), deleted('team-3', 1));
    await reader.upToDate(5_000);
    expect(reader.find('team', 'name', 'ops')?.id).toBe(2);
    expect(reader.find('team', 'name', 'infra')?.id).toBe(1);
    expect(reader.find('team', 'name', 'db')).toBeUndefined();
  });
});

describe('a configuration topic that has not had everything yet', () => {
  it('lets nobody say that something is not there, until it has', async () => {
    await disk.bus.declare([{ ...CONFIGURATION_TOPIC, name: 'new' }]);
    const isNew = Object.assign(Object.create(disk.bus) as typeof disk.bus, {
      followCompacted: (_topic: string, ...others: [(message: Message) => void]) => disk.bus.followCompacted('new', ...others),
    });
    const early = new ConfigurationReader();
    await early.start(isNew);
    await disk.bus.publish('new', [configured('policy', 0, policy(1))]);
    await expect(early.surely(() => early.get('policy', 2))).rejects.toMatchObject({ name: 'MessageBusFault', reason: 'unavailable' });
    await disk.bus.publish('new', [completion('new', at)]);
    await early.whenComplete();
    expect(await early.surely(() => early.get('policy', 2))).toBeUndefined();
    expect(early.list('policy').map(({ id }) => id)).toEqual([1]);
    await early.close();
  });
});
