import 'reflect-metadata';
import { Controller, Delete, Get, Module, Post } from '@nestjs/common';
import { instant, plusMinutes } from '@tocsin/domain';
import type { ApiKey, ApiKeyId, Instant, Role, User, UserId } from '@tocsin/domain';
import { MessageBusFault } from '@tocsin/messaging';
import { WoundClock } from '../clock/wound-clock';
import type { ChangeContext } from '../configuration-store';
import { hashSecret, newApiKey, SecretBox } from '../secrets';
import { ChangeBy, CurrentUser, Public, RequiresRole } from './auth.decorators';
import { Authenticator } from './authenticator';
import type { CredentialDirectory, Principal } from './authenticator';
import { routesOf } from './http-app';
import { csrfToken, endedSessionCookie, sessionCookie } from './session';
import { edge } from './testing/edge';
import type { EdgeUnderTest } from './testing/edge';

const now = instant(1_700_000_000_000);
const secrets = new SecretBox(['0123456789abcdef0123456789abcdef']);

@Controller('api')
class Guarded {
  @Get('me')
  me(@CurrentUser() principal: Principal): Principal {
    return principal;
  }

  @Post('alerts')
  write(@ChangeBy() context: ChangeContext): ChangeContext {
    return context;
  }

  @Delete('users')
  @RequiresRole('ADMIN')
  admin(): object {
    return { done: true };
  }

  @Get('admin')
  @RequiresRole('ADMIN')
  look(): object {
    return {};
  }

  @Post('own')
  @RequiresRole('STAKEHOLDER')
  own(): object {
    return {};
  }

  @Post('events')
  @Public()
  events(): object {
    return { taken: true };
  }
}

@Module({ controllers: [Guarded] })
class GuardedModule {}

class People implements CredentialDirectory {
  readonly keys = new Map<string, ApiKey>();
  readonly users = new Map<number, User>();
  looks = 0;
  look: () => Promise<void> = () => Promise.resolve();

  person(id: number, username: string, role: Role): User {
    const user = { id: id as UserId, username, email: `${username}@example.org`, role } as User;
    this.users.set(id, user);
    return user;
  }

  key(user: User, about: { role?: Role; use?: 'api' | 'session'; expiresAt?: Instant } = {}): string {
    const key = newApiKey();
    this.take(key, user, about);
    return key;
  }

  take(key: string, user: User, about: { role?: Role; use?: 'api' | 'session'; expiresAt?: Instant } = {}): void {
    const id = (this.keys.size + 1) as ApiKeyId;
    this.keys.set(hashSecret(key), { id, userId: user.id, role: 'ADMIN', use: 'api', hash: hashSecret(key), ...about } as ApiKey);
  }

  apiKeyByHash(hash: string): ApiKey | undefined {
    return this.keys.get(hash);
  }
  userById(id: UserId): User | undefined {
    return this.users.get(id);
  }
  userByUsernameOrEmail(name: string): User | undefined {
    return [...this.users.values()].find(({ username, email }) => username === name.toLowerCase() || email === name.toLowerCase());
  }
  upToDate(): Promise<void> {
    this.looks++;
    return this.look();
  }
}

let people: People;
let app: EdgeUnderTest;
let ana: User;

beforeAll(async () => {
  people = new People();
  ana = people.person(1, 'ana', 'ADMIN');
  app = await edge(GuardedModule, { credentials: people, secrets, publicUrl: 'https://tocsin.example.org' });
});
afterAll(() => app.close());
beforeEach(() => {
  people.looks = 0;
  people.look = () => Promise.resolve();
});

const basic = (name: string, key: string): string => `Basic ${Buffer.from(`${name}:${key}`).toString('base64')}`;
const as = (authorization: string, path = '/api/me', init: RequestInit = {}) =>
  app.json(path, { ...init, headers: { authorization, ...(init.headers as Record<string, string> | undefined) } });

describe('an API key', () => {
  it.each([
    ['as a bearer token', (key: string) => `Bearer ${key}`],
    ['in lower case, with blanks', (key: string) => `bearer   ${key} `],
    ['alone', (key: string) => key],
  ])('is taken %s', async (_how, header) => {
    expect((await as(header(people.key(ana)))).body).toMatchObject({ userId: 1, role: 'ADMIN', via: 'bearer' });
  });

  it.each(['ana', 'ANA', 'ana@acme', 'ana@example.org', 'ana@example.org@acme'])('is taken as the password of %s', async (name) => {
    expect((await as(basic(name, people.key(ana)))).body).toMatchObject({ userId: 1, via: 'basic' });
  });

  it('is not taken as somebody else’s password', async () => {
    people.person(2, 'ben', 'USER');
    expect(await as(basic('ben', people.key(ana)))).toMatchObject({ status: 403, body: { code: 'KEY_ERROR' } });
  });

  it('acts with the lower of its own and its user’s role', async () => {
    expect((await as(people.key(ana, { role: 'USER' }))).body['role']).toBe('USER');
    expect((await as(people.key(people.person(3, 'cem', 'RESPONDER')))).body['role']).toBe('RESPONDER');
  });

  it('ends at its expiry', async () => {
    expect((await as(people.key(ana, { expiresAt: instant(now + 1) }))).status).toBe(200);
    expect((await as(people.key(ana, { expiresAt: now }))).body['code']).toBe('KEY_ERROR');
  });

  it('of a deleted user is worth nothing', async () => {
    const gone = people.person(4, 'dan', 'ADMIN');
    const key = people.key(gone);
    people.users.delete(4);
    expect((await as(key)).body['code']).toBe('KEY_ERROR');
  });
});

describe('a request without a key', () => {
  it('is 401 and told how', async () => {
    const answer = await app.json('/api/me');
    expect(answer).toMatchObject({ status: 401, body: { status: 401, code: 'UNAUTHORIZED' } });
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('from a browser makes it ask for a name and a key', async () => {
    expect((await app.json('/api/me', { headers: { accept: 'text/html' } })).headers.get('www-authenticate')).toContain('Basic');
  });

  it.each(['Bearer', 'Bearer a b', 'Digest x=1', 'Basic !!!', basic('', 'tk_x'), basic('ana', '')])(
    'and with "%s" is a key error',
    async (header) => {
      expect(await as(header)).toMatchObject({ status: 403, body: { code: 'KEY_ERROR' } });
    },
  );
});

describe('a key nobody knows here yet', () => {
  it('is looked for in everything configured up to now before it is refused', async () => {
    const key = newApiKey();
    people.look = async () => people.take(key, ana);
    expect((await as(key)).status).toBe(200);
    expect(people.looks).toBe(1);
    expect((await as(key)).status).toBe(200);
    expect(people.looks).toBe(1);
  });

  it('is 503 while that cannot be said, and never 403', async () => {
    people.look = () => Promise.reject(new MessageBusFault('unavailable', true));
    expect(await as(newApiKey())).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
  });

  it('costs one look at a time, however many come', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    people.look = () => held;
    const authenticator = new Authenticator(people, new WoundClock(now));
    const ask = () => authenticator.authenticate({ authorization: newApiKey(), sessionCookie: undefined });
    const first = ask();
    while (people.looks === 0) await new Promise((resolve) => setImmediate(resolve));
    const answers = Promise.allSettled([first, ...Array.from({ length: 20 }, ask)]);
    release();
    expect((await answers).every(({ status }) => status === 'rejected')).toBe(true);
    // The first one's, and one more that began after all the others had asked.
    expect(people.looks).toBe(2);
  });
});

describe('a role', () => {
  it('that is too low is 403 and says what is needed', async () => {
    const key = people.key(ana, { role: 'USER' });
    expect(await as(key, '/api/users', { method: 'DELETE' })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', message: 'this needs the role ADMIN; this key acts with USER' },
    });
    expect((await as(people.key(ana), '/api/users', { method: 'DELETE' })).status).toBe(200);
  });

  it('that only looks on writes nothing unless the route says so', async () => {
    const key = people.key(ana, { role: 'STAKEHOLDER' });
    expect((await as(key)).status).toBe(200);
    expect((await as(key, '/api/alerts', { method: 'POST' })).body['code']).toBe('FORBIDDEN');
    expect((await as(key, '/api/own', { method: 'POST' })).status).toBe(201);
  });
});

describe('a session', () => {
  const cookieOf = (key: string): string => sessionCookie(key, plusMinutes(now, 60)).split(';')[0] ?? '';
  const post = (headers: Record<string, string>, body?: string) =>
    app.json('/api/alerts', { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
  let key: string;
  let cookie: string;

  beforeEach(() => {
    key = people.key(ana, { use: 'session', expiresAt: plusMinutes(now, 60) });
    cookie = cookieOf(key);
  });

  it('lives in a cookie that scripts cannot read', () => {
    expect(sessionCookie('tk_x', now)).toBe('tocsin_session=tk_x; Path=/; Expires=Tue, 14 Nov 2023 22:13:20 GMT; HttpOnly; SameSite=Lax');
    expect(endedSessionCookie()).toContain('Expires=Thu, 01 Jan 1970');
  });

  it('says who asks', async () => {
    expect((await app.json('/api/me', { headers: { cookie } })).body).toMatchObject({ userId: 1, via: 'session' });
  });

  it('does not work as a key, nor a key as a session', async () => {
    expect((await as(key)).body['code']).toBe('KEY_ERROR');
    expect((await app.json('/api/me', { headers: { cookie: cookieOf(people.key(ana)) } })).body['code']).toBe('KEY_ERROR');
  });

  it.each([
    ['its own site', { 'sec-fetch-site': 'same-origin' }],
    ['the public origin', { origin: 'https://tocsin.example.org' }],
  ])('writes for %s', async (_whose, headers) => {
    expect((await post({ cookie, ...headers })).status).toBe(201);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sister site', { 'sec-fetch-site': 'same-site' }],
    ['another site that says it is us', { 'sec-fetch-site': 'cross-site', origin: 'https://tocsin.example.org' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin like ours', { origin: 'https://tocsin.example.org.evil.example' }],
    ['a hidden origin', { origin: 'null' }],
    ['nobody knows whom', {}],
  ])('does not write for %s', async (_whose, headers) => {
    expect(await post({ cookie, ...headers })).toMatchObject({ status: 403, body: { code: 'CSRF_ERROR' } });
  });

  it('writes with a token from a page of ours, in the form or a header', async () => {
    const { keyId } = (await app.json('/api/me', { headers: { cookie } })).body as unknown as Principal;
    const token = csrfToken(secrets, { keyId }, now);
    expect((await post({ cookie, 'x-csrf-token': token })).status).toBe(201);
    expect((await post({ cookie, 'content-type': 'application/x-www-form-urlencoded' }, `_csrf=${token}`)).status).toBe(201);
    const other = csrfToken(secrets, { keyId: 999 as ApiKeyId }, now);
    expect((await post({ cookie, 'x-csrf-token': other })).body['code']).toBe('CSRF_ERROR');
  });
});

describe('a name and key that a browser remembers', () => {
  it('do not write for another site, and do for a program', async () => {
    const authorization = basic('ana', people.key(ana));
    expect((await as(authorization, '/api/alerts', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } })).body['code']).toBe(
      'CSRF_ERROR',
    );
    expect((await as(authorization, '/api/alerts', { method: 'POST' })).status).toBe(201);
  });
});

describe('a change', () => {
  it('knows who made it, from where, and is told from every other', async () => {
    const [one, other] = [
      await as(people.key(ana), '/api/alerts', { method: 'POST' }),
      await as(people.key(ana), '/api/alerts', { method: 'POST' }),
    ];
    expect(one.body).toMatchObject({ actor: { type: 'user', userId: 1 }, remoteAddress: '127.0.0.1' });
    expect(one.body['requestId']).not.toBe(other.body['requestId']);
  });
});

describe('every route', () => {
  it('needs a key unless it is one of these', async () => {
    const open: string[] = [];
    for (const { method, url } of routesOf(app.app)) {
      const { status } = await app.fetch(url, { method });
      if (status !== 401) open.push(`${method} ${url}`);
    }
    expect(open.sort()).toEqual([
      'GET /api-docs',
      'GET /api-docs/:file',
      'GET /api-docs/openapi.json',
      'GET /api-docs/start.js',
      'GET /health/live',
      'GET /health/ready',
      'GET /metrics',
      'HEAD /api-docs',
      'HEAD /api-docs/:file',
      'HEAD /api-docs/openapi.json',
      'HEAD /api-docs/start.js',
      'HEAD /health/live',
      'HEAD /health/ready',
      'HEAD /metrics',
      'POST /api/events',
    ]);
  });

  it('leaves no key in the log', async () => {
    const key = people.key(ana);
    await as(`Bearer ${key}`, `/api/nothing/${key}?key=${key}`);
    expect(JSON.stringify(app.logged())).not.toContain(key);
  });
});
