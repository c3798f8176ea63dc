import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serviceOf, services } from '@tocsin/contracts';

interface FrontDoor {
  readonly url: string;
  close(): Promise<void>;
}

const NOBODY = 'http://127.0.0.1:1';

let servers: Server[];
let door: FrontDoor | undefined;
beforeEach(() => {
  servers = [];
});
afterEach(async () => {
  await door?.close();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A replica that says what it was asked. */
const replica = async (name: string): Promise<string> => {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => response.end([name, request.method, request.url, request.headers['content-type'] ?? '-', body].join(' ')));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const open = async (replicas: Readonly<Record<string, readonly string[]>>): Promise<FrontDoor> => {
  const path = '../../scripts/cluster/front-door.mjs';
  const { startFrontDoor } = (await import(path)) as { startFrontDoor(options: object): Promise<FrontDoor> };
  return (door = await startFrontDoor({
    host: '127.0.0.1',
    port: 0,
    services: Object.keys(services),
    serviceOf,
    replicasOf: (service: string) => replicas[service] ?? [],
  }));
};

const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' };

describe('the front door', () => {
  it('leads each path to the service that owns it', async () => {
    const { url } = await open({ ingestion: [await replica('ingestion')], alerts: [await replica('alerts')] });
    expect(await (await fetch(`${url}/api/events`, post)).text()).toBe('ingestion POST /api/events application/json {"a":1}');
    expect(await (await fetch(`${url}/api/alerts?states=PENDING`)).text()).toBe('alerts GET /api/alerts?states=PENDING - ');
    expect(await (await fetch(`${url}/`)).text()).toBe('alerts GET / - ');
  });

  it('asks the replicas in turn, and passes by one that takes no connection, with the whole request', async () => {
    const { url } = await open({ ingestion: [NOBODY, await replica('second')] });
    for (let n = 0; n < 4; n++)
      expect(await (await fetch(`${url}/api/events`, post)).text()).toBe('second POST /api/events application/json {"a":1}');
  });

  it('says that no replica answers', async () => {
    const { url } = await open({ oncall: [NOBODY] });
    for (const path of ['/api/users/current', '/api/alerts']) {
      const response = await fetch(`${url}${path}`);
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await response.json()).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    }
  });

  it('is ready when of each service a replica is, and names the services that are waited for', async () => {
    const one = await replica('one');
    const replicas = Object.fromEntries(Object.keys(services).map((service) => [service, [one, NOBODY]]));
    const { url } = await open(replicas);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    replicas['oncall'] = [];
    const response = await fetch(`${url}/health/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      code: 'NOT_READY',
      message: 'waits for oncall',
      details: [{ check: 'oncall', message: 'a replica' }],
    });
  });
});
