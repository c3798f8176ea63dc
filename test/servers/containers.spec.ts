import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Containers {
  dockerAnswers(host?: string): Promise<boolean>;
  startContainer(service: string, options: { readonly directory: string }): Promise<unknown>;
}

const load = async (): Promise<Containers> => {
  const path = '../../scripts/servers/containers.mjs';
  return (await import(path)) as Containers;
};

const directory = mkdtempSync(join(tmpdir(), 'tocsin-docker-'));
const engines: Server[] = [];
/** Something that speaks HTTP where an engine would. Answers its address. */
const engine = async (name: string, answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
  const server = createServer(answer);
  engines.push(server);
  const socket = join(directory, name);
  await new Promise<void>((listening) => server.listen(socket, listening));
  return `unix://${socket}`;
};
afterAll(() => {
  for (const server of engines) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

describe('whether a Docker engine answers', () => {
  it('is asked of its socket', async () => {
    const { dockerAnswers } = await load();
    expect(await dockerAnswers(await engine('up', (_request, response) => response.end('OK')))).toBe(true);
  });

  it.each([
    ['there is no socket', () => Promise.resolve(`unix://${join(directory, 'none')}`)],
    ['nobody listens at its address', () => Promise.resolve('tcp://127.0.0.1:1')],
    ['it has trouble', () => engine('ill', (_request, response) => response.writeHead(500).end())],
    ['it is silent', () => engine('silent', () => undefined)],
  ])('is no when %s', async (_when, host) => {
    const { dockerAnswers } = await load();
    expect(await dockerAnswers(await host())).toBe(false);
  });
});

describe('the containers of servers', () => {
  interface Asked {
    readonly Image: string;
    readonly Cmd?: readonly string[];
    readonly Env: readonly string[];
    readonly HostConfig: {
      readonly Binds: readonly string[];
      readonly PortBindings: Readonly<Record<string, readonly { readonly HostPort: string; readonly HostIp?: string }[]>>;
    };
  }

  const asked: Asked[] = [];
  beforeAll(async () => {
    process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
    process.env['DOCKER_HOST'] = await engine('makes-nothing', (request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        const isCreate = request.url?.includes('/containers/create') === true;
        if (isCreate) asked.push(JSON.parse(body) as Asked);
        response.writeHead(isCreate ? 500 : 200, { 'content-type': 'application/json' });
        response.end(request.url?.startsWith('/containers/json') === true ? '[]' : '{"message":"makes nothing"}');
      });
    });
  });

  /** What the engine is asked to make. */
  const askedFor = async (service: string, of: string): Promise<Asked> => {
    const { startContainer } = await load();
    await expect(startContainer(service, { directory: join(directory, of) })).rejects.toThrow(/makes nothing/);
    const made = asked.at(-1);
    if (made === undefined) throw new Error('nothing was asked for');
    return made;
  };

  it.each([
    ['kafka', /^docker\.io\/apache\/kafka:/],
    ['eventstore', /^docker\.io\/eventstore\/eventstore:/],
    ['mongodb', /^docker\.io\/library\/mongo:/],
  ])(
    'have the image that %s has in the compose file, are reached on the loopback interface only, and keep their data',
    async (service, image) => {
      const made = await askedFor(service, 'one');
      expect(made.Image).toMatch(image);
      const [[inner = '', [binding] = []] = []] = Object.entries(made.HostConfig.PortBindings);
      expect(binding?.HostIp).toBe('127.0.0.1');
      if (service !== 'eventstore') expect(inner).toBe(`${binding?.HostPort}/tcp`);
      const [volume] = made.HostConfig.Binds;
      expect(volume).toMatch(new RegExp(`^tocsin-${service}-[0-9a-f]{12}:/`));
      expect((await askedFor(service, 'two')).HostConfig.Binds).not.toEqual([volume]);
    },
  );

  it('tell clients where they are reached from here', async () => {
    const kafka = await askedFor('kafka', 'three');
    const port = Object.values(kafka.HostConfig.PortBindings)[0]?.[0]?.HostPort;
    expect(kafka.Env).toContain(`KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:${port}`);
    const mongodb = await askedFor('mongodb', 'three');
    expect(mongodb.Cmd).toEqual(expect.arrayContaining(['--port', Object.values(mongodb.HostConfig.PortBindings)[0]?.[0]?.HostPort]));
  });
});
