import { channel } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInstant } from '@tocsin/domain';
import type { Role, UserId } from '@tocsin/domain';
import { ParkedMessages, Parking } from '@tocsin/messaging';
import { WoundClock } from '@tocsin/platform';
import { readSettings, startStandalone } from '@tocsin/standalone';
import type { Standalone } from '@tocsin/standalone';
import type { FastifyInstance } from 'fastify';
import { DescribedAnswers } from './described-answers';
import type { SentAnswer } from './described-answers';

const ADMIN_KEY = 'tk_apitestsadministratorkey';

export interface Route {
  readonly method: string;
  /** With parameters as `:name`. */
  readonly url: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // What an answer holds is what the tests are about.
  readonly body: Record<string, unknown> & readonly Record<string, unknown>[];
}

export interface Request {
  /** An API key; `undefined` for nobody. */
  readonly key?: string | undefined;
  readonly body?: unknown;
  /** In place of `body`: exactly this. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole product in one process, as a client sees it, and what its HTTP server says of its routes. */
export class Server {
  readonly clock = new WoundClock(parseInstant('2026-01-05T09:00:00Z'));
  /** As the HTTP server itself has them. */
  readonly routes: Route[] = [];
  /** Query parameters that handlers looked at, by `METHOD url`. */
  readonly read = new Map<string, Set<string>>();
  /** Successes, as `METHOD url status`. */
  readonly succeeded = new Set<string>();
  /** JSON of the API, each once. */
  private readonly sent = new Map<string, SentAnswer>();
  described!: DescribedAnswers;
  private standalone!: Standalone;

  private constructor(private readonly directory: string) {}

  static async start(): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), 'tocsin-api-')));
    const created = channel('fastify.initialization');
    const observe = (message: unknown): void => server.observe((message as { readonly fastify: FastifyInstance }).fastify);
    created.subscribe(observe);
    const settings = readSettings({
      TOCSIN_DATA_DIR: server.directory,
      TOCSIN_PORT: '0',
      TOCSIN_SECRET_KEY: 'a-secret-key-for-tests-that-is-long-enough',
      TOCSIN_BOOTSTRAP_API_KEY: ADMIN_KEY,
      TOCSIN_BOOTSTRAP_EMAIL: 'admin@example.test',
      LOG_LEVEL: 'error',
    });
    server.standalone = await startStandalone(settings, { clock: server.clock, random: () => 0.5 });
    created.unsubscribe(observe);
    // Before the tests make this process busy: it would refuse with good reason what is only for comparing.
    server.described = new DescribedAnswers((await server.call('GET', '/api-docs/openapi.json')).body as never);
    return server;
  }

  /** @throws Error that lists what was answered and not as the description says */
  async stop(): Promise<void> {
    const mistakes = this.mistakes();
    await this.standalone.stop();
    await rm(this.directory, { recursive: true, force: true });
    if (mistakes.length > 0) throw new Error(`not as described:\n${mistakes.join('\n')}`);
  }

  mistakes(): readonly string[] {
    return [...this.sent.values()].flatMap((answer) => this.described.mistakeIn(answer) ?? []);
  }

  get url(): string {
    return this.standalone.url;
  }

  settle(): Promise<void> {
    return this.standalone.settle();
  }

  /** The description as the code makes it. */
  describe(): Promise<unknown> {
    return this.standalone.describe();
  }

  async call(method: string, path: string, request: Request = {}): Promise<Answer> {
    const { key = ADMIN_KEY, body, raw, headers } = 'key' in request && request.key === undefined ? { ...request, key: '' } : request;
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      // Clients say that they send JSON when they send nothing, too.
      headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }), ...headers },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await answer.text();
    const isJson = method !== 'HEAD' && answer.headers.get('content-type')?.includes('json') === true;
    return { status: answer.status, headers: answer.headers, text, body: (isJson ? JSON.parse(text) : {}) as Answer['body'] };
  }

  /** As when the person has written to the bot, of which there is none here. */
  async linkChat(userId: number): Promise<void> {
    const { configurationStore } = this.standalone.platform;
    const account = { method: 'TELEGRAM', id: '1', address: '1', linkedAt: this.standalone.platform.clock.now() } as const;
    const by = { requestId: 'link', actor: { type: 'system', part: 'test' } } as const;
    await configurationStore.change('user', userId as UserId, (user) => ({ ...user, chatAccounts: [account] }), by);
  }

  /** As if a service had given up this message. The id under which it is parked. */
  async park(offset: number): Promise<string> {
    const { bus, clock } = this.standalone.platform;
    const message = { key: null, type: 'ToolEvent', schemaVersion: 1, time: clock.now(), data: null };
    const ids = { id: '6a1d2f6e-97c1-4d6b-8a65-0f4b1c2d3e4f', correlationId: 'c', causationId: 'd' };
    const delivered = { ...message, ...ids, topic: 'tool-events', epoch: 'e', partition: 0, offset };
    await new Parking(bus, clock).park(delivered, 'alerts', new Error('it cannot be read'));
    const parked = await new ParkedMessages(bus, clock).list();
    return parked.find((each) => each.offset === offset)?.id ?? '';
  }

  /** Creates by POST what has to be there. */
  async create(path: string, body: unknown): Promise<number> {
    const made = await this.call('POST', path, { body });
    if (made.status !== 201) throw new Error(`POST ${path}: ${made.status} ${made.text}`);
    return Number(made.body['id']);
  }

  /** A person of this role and a key of theirs. */
  async person(username: string, role: Role): Promise<{ readonly id: number; readonly key: string }> {
    const id = await this.create('/api/users', {
      username,
      role,
      email: `${username}@example.test`,
      firstName: username,
      lastName: 'Tester',
    });
    const made = await this.call('POST', '/api/api-keys', { body: { name: username, role, user: { id } } });
    return { id, key: String(made.body['key']) };
  }

  private observe(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) this.routes.push({ method: each, url });
    });
    fastify.addHook('preHandler', (request, _reply, done) => {
      const route = `${request.method} ${request.routeOptions.url}`;
      const names = this.read.get(route) ?? new Set<string>();
      this.read.set(route, names);
      request.query = new Proxy(request.query as object, {
        get: (query, name) => {
          // Whoever waits for a value asks whether it is a promise.
          if (typeof name === 'string' && name !== 'then') names.add(name);
          return Reflect.get(query, name) as unknown;
        },
      });
      done();
    });
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const { url } = request.routeOptions;
      const isData = !String(reply.getHeader('content-type') ?? '').startsWith('text/vcard');
      if (url?.startsWith('/api/') === true && request.method !== 'HEAD' && isData) {
        const answer = { method: request.method, url, status: reply.statusCode, payload: typeof payload === 'string' ? payload : '' };
        this.sent.set(JSON.stringify(answer), answer);
      }
      done(null, payload);
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      if (reply.statusCode < 300) this.succeeded.add(`${request.method} ${request.routeOptions.url} ${reply.statusCode}`);
      done();
    });
  }
}

/** The routes of the API proper; that GET also answers HEAD is Fastify's doing. */
export const apiRoutes = (server: Server): readonly Route[] =>
  server.routes.filter(({ method, url }) => url.startsWith('/api/') && method !== 'HEAD');

/** A path of this route on which nothing is. */
export const pathWithout = (url: string): string => url.replace('/users/:user', '/users/current').replaceAll(/:\w+/g, '999999999');
