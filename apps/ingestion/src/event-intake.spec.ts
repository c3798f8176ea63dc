import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { topics } from '@tocsin/contracts';
import type { ToolEvent } from '@tocsin/contracts';
import { instant } from '@tocsin/domain';
import type { AlertSource } from '@tocsin/domain';
import { CommitFaults, EmbeddedLog } from '@tocsin/embedded-log';
import { completion, CONFIGURATION_TOPIC, ConfigurationReader } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { EmbeddedMessageBus } from '@tocsin/messaging/embedded';
import { createLogger, Metrics, newUuid, SecretBox, WoundClock } from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import { configurationDirectory, createHttpApp } from '@tocsin/platform/nest';
import { IngestionModule } from './ingestion.module';

const NOON = instant(1_772_452_800_000);

/** The gateway with the bus alone: the event store and the views are not there. */
const gateway = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-intake-'));
  const faults = new CommitFaults();
  const log = await EmbeddedLog.open({ directory, faults });
  const bus = new EmbeddedMessageBus(log);
  const clock = new WoundClock(NOON);
  const configuration = new ConfigurationReader();
  const secrets = new SecretBox(['0123456789abcdef0123456789abcdef']);
  await bus.declare([CONFIGURATION_TOPIC, { name: topics.toolEvents, compacted: false, retentionDays: 7 }]);
  await bus.publish(CONFIGURATION_TOPIC.name, [completion(CONFIGURATION_TOPIC.name, instant(0))]);
  await configuration.start(bus);
  const settings = { publicUrl: 'http://tocsin.test', reachableMethods: new Set(), visibleWithinMs: 100 };
  const metrics = new Metrics();
  const platform = { bus, clock, configuration, secrets, settings, metrics } as unknown as Platform;
  const app = await createHttpApp(IngestionModule.register(platform), {
    log: createLogger({ level: 'silent' }),
    metrics,
    clock,
    secrets,
    credentials: configurationDirectory(configuration),
  });
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace(/\/+$/, '');
  const taken: Message<ToolEvent>[] = [];
  let arrived: () => void = () => undefined;
  const connection = await bus.connect(topics.toolEvents, 'spec', {
    receive: async (messages) => {
      taken.push(...(messages as Message<ToolEvent>[]));
      arrived();
    },
    revoked: async () => undefined,
  });
  return {
    faults,
    url,
    taken,
    /** Resolves when so many messages are on the topic. */
    until: async (count: number): Promise<readonly Message<ToolEvent>[]> => {
      while (taken.length < count) await new Promise<void>((resolve) => (arrived = resolve));
      return taken;
    },
    makes: async (id: number, key: string, more: Partial<AlertSource> = {}): Promise<void> => {
      const resource = {
        id,
        name: `source ${id}`,
        integrationType: 'API',
        integrationKey: { hash: createHash('sha256').update(key).digest('hex'), cipher: 'c' },
        escalationPolicyId: 1,
        alertCreation: 'ONE_ALERT_PER_EMAIL',
        alertPriorityRule: 'HIGH',
        active: true,
        teamIds: [],
        echoed: {},
        createdAt: NOON,
        updatedAt: NOON,
        ...more,
      };
      await bus.publish(CONFIGURATION_TOPIC.name, [
        {
          id: newUuid(),
          key: `source-${id}`,
          type: 'ResourceConfigured',
          schemaVersion: 1,
          time: NOON,
          correlationId: 'c',
          causationId: 'd',
          fact: { stream: `source-${id}`, revision: 0, position: String(id).padStart(20, '0') },
          data: { kind: 'source', resource },
        },
      ]);
    },
    close: async () => {
      await connection.close();
      await app.close();
      await configuration.close();
      await log.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

let edge: Awaited<ReturnType<typeof gateway>>;
beforeAll(async () => {
  edge = await gateway();
  await edge.makes(1, 'il1api-key');
  await edge.makes(2, 'window-key', { alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW', alertGroupingWindow: 'PT10M' });
});
afterAll(() => edge.close());
let accepted = 0;
beforeEach(() => {
  edge.taken.length = 0;
  accepted = 0;
});
// What was taken in one test must not arrive in the next.
afterEach(() => edge.until(accepted));

const post = async (path: string, body: string | object, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await fetch(`${edge.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.ok) accepted += 1;
  return { status: answer.status, headers: answer.headers, body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> };
};
const event = (more: object = {}) => ({
  integrationKey: 'il1api-key',
  eventType: 'ALERT',
  summary: 'disk full',
  alertKey: 'Disk',
  ...more,
});

const ALERTS_OF_SOURCE_1 = /^https?:\/\/[^/]+\/api\/alerts\?sources=1$/;

describe('an event of a tool', () => {
  it('is durable when it is answered, with the id that follows it everywhere', async () => {
    const answer = await post('/api/events', event());
    expect([answer.status, answer.body]).toEqual([202, {}]);
    const [message] = await edge.until(1);
    expect(message).toMatchObject({
      id: answer.headers.get('correlation-id'),
      correlationId: answer.headers.get('correlation-id'),
      data: {
        sourceId: 1,
        sourceRevision: 0,
        integrationType: 'API',
        receivedAt: NOON,
        eventType: 'ALERT',
        summary: 'disk full',
        alertKey: 'Disk',
      },
    });
    // The key opens the door; nothing behind it needs to know it.
    expect(JSON.stringify(message)).not.toContain('il1api-key');
  });

  it('is answered in the words of version 1 on its path', async () => {
    const answer = await post('/api/v1/events', event());
    const url = { incidentUrl: expect.stringMatching(ALERTS_OF_SOURCE_1), alertUrl: expect.stringMatching(ALERTS_OF_SOURCE_1) };
    expect([answer.status, answer.body]).toEqual([200, { incidentKey: 'Disk', alertKey: 'Disk', responseCode: 'ACCEPTED', ...url }]);
    const keyless = await post('/api/v1/events', event({ alertKey: undefined }));
    expect(keyless.body).toEqual({ incidentKey: null, alertKey: null, responseCode: 'ACCEPTED', ...url });
  });

  it('goes to one lane per key, whatever its case and blanks, and to one lane per source where keys do not decide', async () => {
    for (const alertKey of ['Disk', ' disk ', 'DISK', 'cpu']) await post('/api/events', event({ alertKey }));
    await post('/api/events', event({ alertKey: undefined }));
    for (const alertKey of ['a', 'b']) await post('/api/events', event({ integrationKey: 'window-key', alertKey }));
    const lanes = (await edge.until(7)).map(({ key }) => key);
    expect(new Set(lanes)).toEqual(new Set(['1:disk', '1:cpu', '1', '2']));
    expect(lanes.filter((lane) => lane === '1:disk')).toHaveLength(3);
  });

  it.each(['/api/events', '/api/v1/events'])('is taken with blanks around its key and its path: %s', async (path) => {
    const answer = await post(`${path}%20`, event({ integrationKey: ' il1api-key\n' }));
    expect([200, 202]).toContain(answer.status);
    await edge.until(1);
  });

  it('is taken from a body that says it is text', async () => {
    const answer = await post('/api/events', event(), { 'content-type': 'text/plain' });
    expect(answer.status).toBe(202);
    expect(await edge.until(1)).toMatchObject([{ data: { summary: 'disk full' } }]);
  });

  it.each([
    ['no key', { integrationKey: undefined }, 400, 'integrationKey'],
    ['a blank key', { integrationKey: '  ' }, 400, 'integrationKey'],
    ['a key nobody has', { integrationKey: 'il1api-guessed' }, 404, 'integration key'],
    ['no type', { eventType: undefined }, 400, 'eventType'],
  ])('is refused with %s, and nothing is stored', async (_situation, change, status, named) => {
    const answer = await post('/api/events', event(change));
    expect([answer.status, String(answer.body['message'])]).toEqual([status, expect.stringContaining(named)]);
    // The refused key may be a mistyped secret: it is not repeated.
    expect(JSON.stringify(answer.body)).not.toContain('guessed');
    await post('/api/events', event({ summary: 'the next' }));
    expect(await edge.until(1)).toMatchObject([{ data: { summary: 'the next' } }]);
  });

  it('with a key that was made a moment ago, elsewhere, is taken: the configuration is read to its end first', async () => {
    await edge.makes(30, 'fresh-key');
    // As a replica sees it whose reader is a moment behind.
    const find = jest.spyOn(ConfigurationReader.prototype, 'find').mockReturnValueOnce(undefined);
    expect((await post('/api/events', event({ integrationKey: 'fresh-key' }))).status).toBe(202);
    find.mockRestore();
    expect(await edge.until(1)).toMatchObject([{ data: { sourceId: 30 } }]);
  });
});

describe('a payload of a tool', () => {
  it('is refused for a tool or a key nobody knows', async () => {
    expect((await post('/api/events/telepathy/il1api-key', {})).status).toBe(404);
    expect((await post('/api/events/prometheus/guessed', { alerts: [] })).status).toBe(404);
  });

  it('becomes as many events as it tells of, in one answer', async () => {
    const payload = {
      version: '4',
      groupKey: 'g',
      status: 'firing',
      receiver: 'tocsin',
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: 'http://am.test',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'Disk' },
          annotations: {},
          startsAt: '2026-03-02T12:00:00Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'http://p.test',
          fingerprint: 'f1',
        },
      ],
    };
    const answer = await post('/api/v1/events/prometheus/il1api-key', payload);
    expect([answer.status, answer.body['responseCode']]).toEqual([200, 'ACCEPTED']);
    const messages = await edge.until(1);
    expect(messages[0]?.correlationId).toBe(answer.headers.get('correlation-id'));
  });

  it('of Netdata proves that it knows the key, and no other tool has a challenge', async () => {
    const ask = (path: string) => fetch(`${edge.url}${path}`);
    const proof = await ask('/api/events/netdata/il1api-key?crc_token=abc');
    expect(await proof.json()).toEqual({ response_token: expect.stringMatching(/^sha256=/) });
    const statuses = await Promise.all(
      [
        '/api/events/netdata/guessed?crc_token=abc',
        '/api/events/netdata/il1api-key',
        `/api/events/netdata/il1api-key?crc_token=${'x'.repeat(1_025)}`,
        '/api/events/prometheus/il1api-key?crc_token=abc',
      ].map(async (path) => (await ask(path)).status),
    );
    expect(statuses).toEqual([404, 400, 400, 404]);
  });
});

describe('an event while the bus cannot be written', () => {
  it('is not answered with success', async () => {
    edge.faults.set('disk-full');
    expect(await post('/api/events', event())).toMatchObject({ status: 503, body: { code: 'BUS_UNAVAILABLE' } });
    edge.faults.set('none');
    await post('/api/events', event({ summary: 'the next' }));
    expect(await edge.until(1)).toMatchObject([{ data: { summary: 'the next' } }]);
  });
});
