import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { AppendReq } from '@eventstore/db-client/generated/streams_pb';
import { EventStoreDBClient, persistentSubscriptionToStreamSettingsFromDefaults } from '@eventstore/db-client';
import { EventStoreDbServer } from './eventstoredb-server';
import type { EventStoreDbServerOptions } from './eventstoredb-server';
import { LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from './loopback-certificate';
import { eventStoreDbProtocol } from './protocol.contract';
import { collect, errorOf, event, events, Heard, idsOf, newStream, readIds } from './under-test.contract';

interface Running {
  readonly directory: string;
  readonly server: EventStoreDbServer;
  readonly client: EventStoreDBClient;
  close(): Promise<void>;
}

// A test that fails half-way must not leave a writer thread behind: it would keep the test run from ending.
const started: EventStoreDbServer[] = [];
afterAll(async () => {
  for (const server of started) await server.stop();
});

async function run(options: Partial<EventStoreDbServerOptions> = {}, query = ''): Promise<Running> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'tocsin-eventstoredb-'));
  const server = await EventStoreDbServer.start({ directory, ...options });
  started.push(server);
  const client = EventStoreDBClient.connectionString(`${server.url}${query}`);
  return {
    directory,
    server,
    client,
    close: async () => {
      await client.dispose();
      await server.stop();
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

eventStoreDbProtocol('the test server', async () => {
  const { client, server, close } = await run();
  return { client, url: server.url, close };
});

describe('the test server of EventStoreDB', () => {
  it('has everything again when it is started on the same directory, and repeats answers with any', async () => {
    const first = await run();
    const [stream, deleted, ended] = [newStream(), newStream(), newStream()];
    const given = events(3);
    const answer = await first.client.appendToStream(stream, given);
    await first.client.appendToStream(deleted, event());
    await first.client.deleteStream(deleted);
    await first.client.appendToStream(ended, event());
    await first.client.tombstoneStream(ended);
    await first.client.dispose();
    await first.server.stop();

    const second = await run({ directory: first.directory });
    expect(await readIds(second.client.readStream(stream))).toEqual(idsOf(given));
    expect(await second.client.appendToStream(stream, given)).toEqual(answer);
    expect(await errorOf(collect(second.client.readStream(deleted)))).toMatchObject({ type: 'stream-not-found' });
    expect(await errorOf(collect(second.client.readStream(ended)))).toMatchObject({ type: 'stream-deleted' });
    await second.close();
    rmSync(first.directory, { recursive: true, force: true });
  });

  it('forgets what is older than the stream keeps', async () => {
    let now = Date.now();
    const { client, close } = await run({ now: () => now });
    const stream = newStream();
    await client.setStreamMetadata(stream, { maxAge: 60 });
    await client.appendToStream(stream, event());
    now += 61_000;
    const young = event();
    await client.appendToStream(stream, young);
    expect(await readIds(client.readStream(stream))).toEqual([young.id]);
    await close();
  });

  it('refuses what it does not do', async () => {
    const { client, close } = await run();
    const refused = client.createPersistentSubscriptionToStream(newStream(), 'group', persistentSubscriptionToStreamSettingsFromDefaults());
    expect(await errorOf(refused)).toMatchObject({ code: 12, message: expect.stringContaining('does not implement') as unknown });
    await close();
  });

  it('is found by its gossip', async () => {
    const { server, client, close } = await run();
    const found = EventStoreDBClient.connectionString(`esdb+discover://${server.host}:${server.port}?tls=false`);
    expect(await found.appendToStream(newStream(), event())).toMatchObject({ success: true });
    await found.dispose();
    await client.dispose();
    await close();
  });

  it('ends open calls as cancelled when it is stopped', async () => {
    const { client, server, close } = await run();
    const one = new Heard(client.subscribeToAll());
    await one.caughtUp();
    const stopped = server.stop();
    expect(await one.failed).toMatchObject({ type: expect.stringMatching(/^(cancelled|unavailable)$/) as unknown });
    await stopped;
    await close();
  });
});

describe('the test server of EventStoreDB with TLS', () => {
  const ca = join(mkdtempSync(join(tmpdir(), 'tocsin-eventstoredb-ca-')), 'ca.pem');
  beforeAll(() => writeFileSync(ca, LOOPBACK_CERTIFICATE));
  const secured = () =>
    run(
      { tls: { certificate: LOOPBACK_CERTIFICATE, key: LOOPBACK_KEY }, users: { admin: 'change:it' } },
      `&tlsCAFile=${encodeURIComponent(ca)}`,
    );
  const as = (server: EventStoreDbServer, user: string): EventStoreDBClient =>
    EventStoreDBClient.connectionString(`esdb://${user}@${server.host}:${server.port}?tls=true&tlsCAFile=${encodeURIComponent(ca)}`);

  it('serves those whose password is right', async () => {
    const { server, close } = await secured();
    const admin = as(server, 'admin:change%3Ait');
    const stream = newStream();
    expect(await admin.appendToStream(stream, event())).toMatchObject({ success: true });
    expect(await collect(admin.readStream(stream))).toHaveLength(1);
    await admin.dispose();
    await close();
  });

  it.each([
    ['a wrong password', 'admin:wrong'],
    ['an unknown user', 'toString:x'],
  ])('refuses %s', async (_name, user) => {
    const { server, close } = await secured();
    const somebody = as(server, user);
    expect(await errorOf(somebody.appendToStream(newStream(), event()))).toMatchObject({ type: 'access-denied' });
    expect(await errorOf(collect(somebody.readStream(newStream())))).toMatchObject({ type: 'access-denied' });
    await somebody.dispose();
    await close();
  });

  it('refuses nobody in particular', async () => {
    const { client, close } = await secured();
    expect(await errorOf(collect(client.readAll({ maxCount: 1 })))).toMatchObject({ type: 'access-denied' });
    await close();
  });

  it('is not trusted by a client that does not know its certificate', async () => {
    const { server, close } = await secured();
    const stranger = EventStoreDBClient.connectionString(`esdb://${server.host}:${server.port}?tls=true`);
    expect(await errorOf(stranger.appendToStream(newStream(), event()))).toMatchObject({ code: 14 });
    await close();
  });
});

describe('a fault of the test server of EventStoreDB', () => {
  let running: Running;
  beforeAll(async () => {
    running = await run({}, '&defaultDeadline=2000');
  });
  afterAll(() => running.close());
  afterEach(() => running.server.faults.none());
  /** One call per append: with its credentials the client does not share one call among them. */
  const alone = { credentials: { username: 'u', password: 'p' } };

  it('loses the answer of an append that was made', async () => {
    const { server, client } = running;
    const stream = newStream();
    const given = events(2);
    server.faults.next({ kind: 'lose-answer', asked: 'append' });
    expect(await errorOf(client.appendToStream(stream, given, { expectedRevision: 'no_stream', ...alone }))).toMatchObject({
      type: 'unavailable',
    });
    expect(await readIds(client.readStream(stream))).toEqual(idsOf(given));
    expect(await client.appendToStream(stream, given, { expectedRevision: 'no_stream' })).toMatchObject({ nextExpectedRevision: 1n });
  });

  it('takes no half of an append whose connection breaks', async () => {
    const { server, client, close } = await run();
    for (let n = 0; n < 12; n++) {
      const stream = newStream();
      const raw = new StreamsClient(`${server.host}:${server.port}`, credentials.createInsecure());
      const outcome = await new Promise((resolve) => {
        const call = raw.append({ deadline: Date.now() + 500 }, resolve);
        call.on('error', () => undefined);
        const options = new AppendReq.Options();
        options.setStreamIdentifier(new StreamIdentifier().setStreamName(Uint8Array.from(Buffer.from(stream))));
        options.setAny(new Empty());
        call.write(new AppendReq().setOptions(options));
        const message = new AppendReq.ProposedMessage();
        message.setId(new UUID().setString(event().id));
        message.getMetadataMap().set('type', 'Half').set('content-type', 'application/json');
        // The library may send it again over a new connection, which nobody cuts: then the deadline ends it.
        call.write(new AppendReq().setProposedMessage(message), () => setTimeout(() => server.cutConnections(), n));
      });
      expect(outcome).toBeInstanceOf(Error);
      raw.close();
    }
    const everything = await collect(client.readAll());
    expect(everything.map((one) => one.event?.type)).not.toContain('Half');
    await close();
  });

  it('cuts the connection before an append is made', async () => {
    const { server, client } = running;
    const stream = newStream();
    server.faults.next({ kind: 'cut', asked: 'append' });
    expect(await errorOf(client.appendToStream(stream, event()))).toMatchObject({ type: 'unavailable' });
    expect(await errorOf(collect(client.readStream(stream)))).toMatchObject({ type: 'stream-not-found' });
  });

  it('sends the client to the leader', async () => {
    const { server, client } = running;
    server.faults.next({ kind: 'not-leader', asked: 'append', leader: { host: server.host, port: server.port } });
    const refused = await errorOf(client.appendToStream(newStream(), event(), alone));
    expect(refused).toMatchObject({ type: 'not-leader', leader: { address: server.host, port: server.port } });
    expect(await client.appendToStream(newStream(), event(), alone)).toMatchObject({ success: true });
  });

  it('lets an append wait until the client gives up', async () => {
    const { server, client } = running;
    server.faults.next({ kind: 'hang', asked: 'append' });
    expect(await errorOf(client.appendToStream(newStream(), event(), { ...alone, deadline: 200 }))).toMatchObject({
      type: 'deadline-exceeded',
    });
  });

  it('is not ready', async () => {
    const { server, client } = running;
    server.faults.next({ kind: 'unavailable', asked: 'read' });
    expect(await errorOf(collect(client.readStream(newStream())))).toMatchObject({ type: 'unavailable' });
  });

  it('makes an answer late', async () => {
    const { server, client } = running;
    server.faults.next({ kind: 'delay', asked: 'append', delayMs: 100 });
    const begun = performance.now();
    await client.appendToStream(newStream(), event(), alone);
    expect(performance.now() - begun).toBeGreaterThan(95);
  });

  it('breaks a subscription off', async () => {
    const { server, client } = running;
    const one = new Heard(client.subscribeToAll());
    await one.caughtUp();
    server.cutConnections();
    expect(await one.failed).toMatchObject({ type: expect.stringMatching(/^(unavailable|cancelled)$/) as unknown });
  });
});
