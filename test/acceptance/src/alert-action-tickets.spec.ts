import type { UserId } from '@tocsin/domain';
import { startGithub, startJira, startServiceNow, startZendesk } from '@tocsin/testing';
import { World } from './world';

const DISK = { summary: 'disk full', details: 'free: 0', alertKey: 'disk' };

/** What each system has in its own words, and what a story looks at. */
interface Ticket {
  readonly title: string;
  readonly text: string;
  readonly open: boolean;
  readonly comments: readonly string[];
}

interface System {
  readonly type: string;
  readonly env: Readonly<Record<string, string>>;
  readonly connector: object;
  readonly params: object;
  readonly troubles: (number | 'lost')[];
  tickets(): readonly Ticket[];
  stop(): Promise<void>;
}

const jira = async (cloud: boolean): Promise<System> => {
  const account = { email: 'tocsin@example.test', password: 'jira-token' };
  const server = await startJira('OPS', account, cloud);
  return {
    type: 'jira',
    env: { TOCSIN_OUTGOING_ALLOW: server.url },
    connector: { url: server.url, ...account },
    params: { project: 'OPS', issueType: 'Bug' },
    troubles: server.troubles,
    tickets: () =>
      server.tickets.map(({ fields, done, comments }) => ({
        ...{ title: String(fields['summary']), text: String(fields['description']), open: !done, comments },
      })),
    stop: () => server.stop(),
  };
};

const systems: Readonly<Record<string, () => Promise<System>>> = {
  'jira, in the cloud': () => jira(true),
  'jira, a server of one’s own': () => jira(false),
  servicenow: async () => {
    const account = { username: 'tocsin', password: 'sn-password' };
    const server = await startServiceNow(account);
    return {
      type: 'servicenow',
      env: { TOCSIN_OUTGOING_ALLOW: server.url },
      connector: { url: server.url, ...account },
      params: { callerId: 'ops@example.test', impact: '1', urgency: '2' },
      troubles: server.troubles,
      tickets: () =>
        server.tickets.map(({ fields, notes }) => ({
          ...{ title: String(fields['short_description']), text: String(fields['description']) },
          ...{ open: fields['state'] !== '6', comments: notes },
        })),
      stop: () => server.stop(),
    };
  },
  zendesk: async () => {
    const account = { email: 'tocsin@example.test', apiKey: 'zd-token' };
    const server = await startZendesk(account);
    return {
      type: 'zendesk',
      env: { TOCSIN_OUTGOING_ALLOW: server.url },
      connector: { url: server.url, ...account },
      params: { priority: 'urgent' },
      troubles: server.troubles,
      tickets: () =>
        server.tickets.map(({ subject: title, status, comments: [first, ...others] }) => ({
          ...{ title, text: first?.body ?? '', open: status !== 'solved', comments: others.map(({ body }) => body) },
        })),
      stop: () => server.stop(),
    };
  },
  github: async () => {
    const github = await startGithub('us/ours', 'gh-token');
    return {
      type: 'github',
      env: { GITHUB_API_BASE_URL: github.url },
      connector: { apiKey: 'gh-token' },
      params: { owner: 'us', repository: 'ours', labels: ['alert'] },
      troubles: github.troubles,
      tickets: () => github.tickets.map(({ title, body: text, state, comments }) => ({ title, text, open: state === 'open', comments })),
      stop: () => github.stop(),
    };
  },
};

describe.each(Object.entries(systems))('an action of type %s', (_name, startSystem) => {
  let type: string;
  let world: World;
  let system: System;
  let ana: UserId;
  let key: string;
  let connectorId: string;
  beforeEach(async () => {
    system = await startSystem();
    ({ type } = system);
    world = await World.start({}, system.env);
    ana = await world.person('ana');
    key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: ana }], timeoutMin: 300 }]));
    const connector = await world.post<{ id: string }>('/api/connectors', { type, name: 'ours', params: system.connector });
    expect(connector.status).toBe(201);
    connectorId = connector.body.id;
  });
  afterEach(async () => {
    await world.stop();
    await system.stop();
  });

  const make = async (changes: object = {}) => {
    const made = await world.post('/api/alert-actions', {
      ...{ name: 'ticket', connectorType: type, connectorId, params: system.params },
      triggerTypes: ['alert-created', 'alert-acknowledged', 'alert-resolved'],
      ...changes,
    });
    expect(made).toMatchObject({ status: 201 });
    return String(made.body['id']);
  };

  it('opens one ticket for an alert, tells it what happens, and closes it', async () => {
    await make();
    await world.event(key, DISK);
    const { id } = await world.alert();
    expect(system.tickets()).toMatchObject([{ title: 'disk full', open: true, comments: [] }]);
    expect(system.tickets()[0]?.text).toContain('free: 0');
    expect(system.tickets()[0]?.text).toContain(`Alert #${id} of source`);
    await world.put(`/api/alerts/${id}/accept`, undefined, await world.keyOf(ana));
    await world.settle();
    expect(system.tickets()).toMatchObject([
      { open: true, comments: [expect.stringMatching(/alert-acknowledged, ACCEPTED, assigned to Ana Tester/)] },
    ]);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    expect(system.tickets()).toMatchObject([{ open: false, comments: [expect.anything(), expect.stringContaining('RESOLVED')] }]);
    expect((await world.timeline(id)).filter((line) => line.startsWith('Action ticket'))).toHaveLength(3);
  });

  it('opens no second ticket when nobody heard that the first was opened', async () => {
    await make();
    system.troubles.push('lost');
    await world.event(key, DISK);
    await world.advance('10s');
    expect(system.tickets()).toHaveLength(1);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    expect(system.tickets()).toMatchObject([{ open: false }]);
  });

  it('opens none to close it', async () => {
    await make({ triggerTypes: ['alert-resolved'] });
    await world.event(key, DISK);
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    expect(system.tickets()).toEqual([]);
  });

  it('waits while the system is away, and ends when it is not let in', async () => {
    await make();
    system.troubles.push(503);
    await world.event(key, DISK);
    expect(system.tickets()).toEqual([]);
    await world.advance('10s');
    expect(system.tickets()).toHaveLength(1);
    await world.put(`/api/connectors/${connectorId}`, {
      type,
      name: 'ours',
      params: { ...system.connector, ...wrongSecret(system.connector) },
    });
    await world.event(key, { ...DISK, eventType: 'RESOLVE' });
    await world.advance('1h');
    expect(system.tickets()).toMatchObject([{ open: true }]);
    expect(await world.timeline((await world.alert()).id)).toContain('Action ticket: failed for alert-resolved: unauthorised, 401');
  });

  it('keeps its connector from being deleted, and shows its secrets to administrators alone', async () => {
    const id = await make();
    const refused = await world.delete(`/api/connectors/${connectorId}`);
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'STILL_IN_USE', details: [{ resource: { type: 'alert-action', name: 'ticket' } }] },
    });
    const carl = await world.keyOf(await world.person('carl'));
    expect((await world.get<{ params: object }>(`/api/connectors/${connectorId}`)).body.params).toEqual(system.connector);
    expect(Object.keys((await world.get<{ params: object }>(`/api/connectors/${connectorId}`, carl)).body.params)).not.toContain(
      secretName(system.connector),
    );
    expect((await world.put(`/api/connectors/${connectorId}`, {}, carl)).status).toBe(403);
    await world.delete(`/api/alert-actions/${id}`);
    expect((await world.delete(`/api/connectors/${connectorId}`)).status).toBe(204);
  });
});

const secretName = (connector: object): string => ('password' in connector ? 'password' : 'apiKey');
const wrongSecret = (connector: object): object => ({ [secretName(connector)]: 'another' });
