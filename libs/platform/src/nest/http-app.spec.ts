import 'reflect-metadata';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Body, Controller, Delete, Get, HttpCode, Module, Post, Put, Query, Req, Res } from '@nestjs/common';
import { rejected } from '@tocsin/domain';
import { EventStoreFault } from '@tocsin/event-store';
import { Type } from 'class-transformer';
import { IsInt, ValidateNested } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { edge } from './testing/edge';
import type { EdgeUnderTest } from './testing/edge';
import { Public } from './auth.decorators';
import { created } from './http-app';
import { readPage } from './query';
import type { QueryParameters } from './query';
import { OptionalOrNull, ResourceName } from './validation';

class Member {
  @IsInt({ message: 'must be a whole number' })
  id!: number;
}

class TeamBody {
  @ResourceName()
  name!: string;

  @OptionalOrNull()
  @IsInt()
  size?: number;

  @OptionalOrNull()
  @ValidateNested({ each: true })
  @Type(() => Member)
  members?: Member[];
}

@Controller('api')
@Public()
class Things {
  @Get('things')
  list(@Query() query: QueryParameters): object {
    return { page: readPage(query, { usual: 20, cap: 50 }), query };
  }

  @Post('things')
  async echo(@Body() body: unknown): Promise<object> {
    return { body: body === undefined ? 'nothing' : body, type: typeof body };
  }

  @Put('things/accept')
  accept(@Body() body: unknown): object {
    return { accepted: true, body: body ?? null };
  }

  @Delete('things')
  @HttpCode(204)
  remove(): void {}

  @Post('teams')
  team(@Body() body: TeamBody, @Res({ passthrough: true }) reply: FastifyReply): object {
    created(reply, '/api/teams/7');
    return { keys: Object.keys(body).filter((key) => body[key as keyof TeamBody] !== undefined), name: body.name };
  }

  @Get('refused')
  refused(): never {
    throw rejected('alert-already-resolved', 'alert 5 is resolved', { resource: { type: 'alert', id: 5 } });
  }

  @Get('fault')
  fault(): never {
    throw new EventStoreFault('timeout', true);
  }

  @Get('bug')
  bug(): never {
    throw new TypeError('cannot read the secret plan');
  }

  @Get('page')
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.header('content-type', 'text/html; charset=utf-8');
    return '<p>hello</p>';
  }

  @Get('who')
  who(@Req() request: FastifyRequest): object {
    return { ip: request.ip, id: request.id };
  }

  @Get('never')
  never(): Promise<never> {
    return new Promise(() => undefined);
  }
}

@Module({ controllers: [Things] })
class ThingsModule {}

let app: EdgeUnderTest;

beforeAll(async () => {
  app = await edge(ThingsModule, { answerTimeoutMs: 200 });
});
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };

describe('an answer', () => {
  it('is exactly application/json, with the usual protection and a correlation id', async () => {
    const { headers } = await app.fetch('/api/things');
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gives back the correlation id of the caller, and never one that could break a log', async () => {
    expect((await app.fetch('/api/things', { headers: { 'x-correlation-id': 'deploy-17' } })).headers.get('correlation-id')).toBe(
      'deploy-17',
    );
    expect((await app.fetch('/api/things', { headers: { 'x-correlation-id': 'a b"c' } })).headers.get('correlation-id')).not.toContain('"');
  });

  it('has its own request id even when two requests bring the same correlation id', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await app.json('/api/who', { headers: { 'x-correlation-id': 'same' } })).body.id),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('without a body says no type, which one client cannot bear', async () => {
    const answer = await app.fetch('/api/things', { method: 'DELETE', headers: json });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('content-type')).toBeNull();
  });

  it('of a page keeps its type and may be styled', async () => {
    const { headers } = await app.fetch('/api/page');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("form-action 'self'");
  });

  it('to what was created says where it is', async () => {
    const answer = await app.fetch('/api/teams', { method: 'POST', headers: json, body: '{"name":"ops"}' });
    expect([answer.status, answer.headers.get('location')]).toEqual([201, '/api/teams/7']);
  });
});

describe('a request as clients send it', () => {
  it.each(['GET', 'PUT', 'DELETE', 'HEAD', 'POST'])('is taken with the type of JSON and no body: %s', async (method) => {
    const path = method === 'PUT' ? '/api/things/accept' : '/api/things';
    expect((await app.fetch(path, { method, headers: json })).status).toBeLessThan(300);
  });

  it.each(['/api/things/', '/api/things?', '/api/things%20', '/api/things/%20', '//api//things'])(
    'is found with a tainted path: %s',
    async (path) => {
      expect((await app.raw('GET', path)).status).toBe(200);
    },
  );

  it('is found with a parameter as long as a signed token', async () => {
    expect((await app.json(`/api/${'x'.repeat(500)}`)).body.code).toBe('NOT_FOUND');
  });

  it.each([
    ['application/json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['application/vnd.tool+json', '{"a":1}', { a: 1 }],
    ['application/json', '\uFEFF{"a":1}', { a: 1 }],
    ['application/json', '{"__proto__":{"x":1},"a":1}', { a: 1 }],
    ['application/json', '{"_\\u005fproto__":{"x":1},"a":1}', { a: 1 }],
    ['application/json', '{"__pr\\u006fto__":{"x":1},"a":1}', { a: 1 }],
    ['application/json', '{"a":[{"__proto__":{"x":1},"b":2}]}', { a: [{ b: 2 }] }],
    ['application/x-www-form-urlencoded', '{"__proto__":{"x":1},"a":1}', { a: 1 }],
    ['application/x-www-form-urlencoded', '%7B%22a%22%3A%22x+%2B%20y%22%7D', { a: 'x + y' }],
    ['application/x-www-form-urlencoded', '%7Ba', { '{a': '' }],
    ['application/x-www-form-urlencoded', 'a=1&b=x+y&b=z', { a: '1', b: ['x y', 'z'] }],
    ['application/x-www-form-urlencoded', '{"a":1}', { a: 1 }],
    ['text/plain', '{"a":1}', '{"a":1}'],
    ['text/plain; charset=UTF-8', 'disk full', 'disk full'],
  ])('has its body read: %s %s', async (type, body, read) => {
    const answer = await app.json('/api/things', { method: 'POST', headers: { 'content-type': type }, body });
    // As text: `toEqual` does not see a name that is special.
    expect(JSON.stringify(answer.body.body)).toBe(JSON.stringify(read));
  });

  it('is JSON when it says nothing of its type', async () => {
    const answer = await app.raw('POST', '/api/things', {}, '{"a":1}');
    expect(JSON.parse(answer.body)).toMatchObject({ body: { a: 1 } });
  });

  it('is not believed about where it comes from', async () => {
    const { body } = await app.json('/api/who', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(body.ip).toBe('127.0.0.1');
  });
});

describe('an error', () => {
  const problemOf = async (path: string, init?: RequestInit) => {
    const { status, body, headers } = await app.json(path, init);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body.status).toBe(status);
    return body;
  };

  it('of a rule is its status, code and details', async () => {
    expect(await problemOf('/api/refused')).toEqual({
      status: 400,
      message: 'alert 5 is resolved',
      code: 'ALERT_ALREADY_RESOLVED',
      details: [{ message: 'alert 5 is resolved', resource: { type: 'alert', id: 5 } }],
    });
  });

  it('of an adapter is 503 with the reason, and says when to come back', async () => {
    const answer = await app.json('/api/fault');
    expect(answer.body).toMatchObject({
      status: 503,
      code: 'STORE_UNAVAILABLE',
      details: [{ message: 'the reason is: timeout', reason: 'timeout' }],
    });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('of ours is 500 without details, and its stack is in the log', async () => {
    expect(await problemOf('/api/bug')).toEqual({ status: 500, message: 'Internal server error', code: 'INTERNAL_ERROR' });
    const line = app.logged().find(({ message, msg }) => (message ?? msg) === 'request failed');
    expect(line).toMatchObject({ level: 'error', route: '/api/bug', err: { type: 'TypeError' } });
    expect(JSON.stringify(line)).toContain('http-app.spec');
  });

  it('names what is not there', async () => {
    expect(await problemOf('/api/nothing?key=til1apiabcdefghijklmnopqrstuvwxyz234567')).toEqual({
      status: 404,
      message: 'there is no GET /api/nothing',
      code: 'NOT_FOUND',
    });
  });

  it('of a method says which ones there are', async () => {
    const answer = await app.json('/api/things', { method: 'PUT' });
    expect(answer.body).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, POST');
  });

  it('of JSON that is none says what is wrong', async () => {
    const problem = await problemOf('/api/things', { method: 'POST', headers: json, body: '{"a":' });
    expect(problem).toMatchObject({ status: 400, code: 'INVALID_JSON' });
    expect(problem.message).toContain('Unexpected end of JSON input');
  });

  it('of a body that is too large is 413, of an unknown type 415', async () => {
    expect(await problemOf('/api/things', { method: 'POST', headers: json, body: `"${'x'.repeat(512 * 1024)}"` })).toMatchObject({
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
      message: 'the body may have at most 524288 bytes',
    });
    expect(await problemOf('/api/things', { method: 'POST', headers: { 'content-type': 'application/xml' }, body: '<a/>' })).toMatchObject({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
  });

  it('of a broken path is 400', async () => {
    const answer = await app.raw('GET', '/api/%zz');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('of what is not HTTP has the same shape', async () => {
    const { hostname, port } = new URL(app.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write('HELO tocsin\r\n\r\n'));
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    expect(answer).toContain('HTTP/1.1 400 ');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('comes in bounded time when a handler never answers', async () => {
    expect(await problemOf('/api/never')).toMatchObject({ status: 503 });
  });

  it('of a parameter names it; more than the cap is not cut down', async () => {
    expect(await problemOf('/api/things?max-results=51')).toMatchObject({
      status: 400,
      message: 'max-results: must be a whole number from 0 to 50',
    });
    expect(await problemOf('/api/things?start-index=-1')).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
    expect((await app.json('/api/things?max-results=&start-index=5')).body.page).toEqual({ startIndex: 5, maxResults: 20 });
  });
});

describe('a body with a class', () => {
  const post = (body: unknown) => app.json('/api/teams', { method: 'POST', headers: json, body: JSON.stringify(body) });

  it('loses what the class does not know and what is null', async () => {
    expect((await post({ name: 'ops', size: null, members: null, colour: 'red', id: 0 })).body).toEqual({ keys: ['name'], name: 'ops' });
  });

  it('is refused with the field and what would be right', async () => {
    expect((await post({ name: '' })).body).toEqual({
      status: 400,
      message: 'name: must be 1 to 255 characters',
      code: 'VALIDATION_ERROR',
      details: [{ field: 'name', message: 'must be 1 to 255 characters' }],
    });
  });

  it('names fields inside lists by their path', async () => {
    const { body } = await post({ name: 'ops', members: [{ id: 1 }, { id: 'x' }] });
    expect(body.details).toEqual([{ field: 'members[1].id', message: 'must be a whole number' }]);
  });

  it('says in the library’s words, without the name twice, where we gave none', async () => {
    expect((await post({ name: 'ops', size: 'big' })).body.message).toBe('size: must be an integer number');
  });

  it.each([[[]], ['text'], [5], [null]])('must be an object: %j', async (body) => {
    expect((await post(body)).body).toMatchObject({ status: 400, message: 'body: must be a JSON object' });
  });

  it.each(['{"name":"Ops","deep":', '{"name":"Ops","__proto__":1,"deep":'])(
    'is refused when no stack could hold it: %s',
    async (beginning) => {
      const body = `${beginning}${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
      const answer = await app.json('/api/teams', { method: 'POST', headers: json, body });
      expect(answer.body).toMatchObject({ status: 400, message: 'body: must not be nested more than 64 levels deep' });
    },
  );

  it('is refused when it has more values than any resource, before they are looked at one by one', async () => {
    const answer = await post({ name: 'ops', members: Array.from({ length: 21_000 }, () => ({ id: 'x' })) });
    expect(answer.body).toMatchObject({ status: 400, message: 'body: must not have more than 40000 values' });
  });

  it('is told the first of many mistakes, and how many there are', async () => {
    const { body } = await post({ name: 'ops', members: Array.from({ length: 70 }, () => ({ id: 'x' })) });
    expect(body.details).toHaveLength(50);
    expect(body.message).toMatch(/members\[49\]\.id: must be a whole number; and 20 more$/);
  });
});

/** Whoever asks `/slow` is answered after `release`; `inside` resolves when somebody has asked. */
const slowModule = () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let entered: () => void = () => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));
  @Controller()
  @Public()
  class Slow {
    @Get('slow')
    async slow(): Promise<object> {
      entered();
      await held;
      return { done: true };
    }

    @Get('quick')
    quick(): object {
      return {};
    }
  }
  @Module({ controllers: [Slow] })
  class SlowModule {}
  return { SlowModule, inside, release };
};

describe('a process with more requests than it can answer', () => {
  it('refuses at once, goes on telling its health, and recovers', async () => {
    const { SlowModule, inside, release } = slowModule();
    const small = await edge(SlowModule, { overload: { maxInFlight: 1 } });
    const first = small.fetch('/slow');
    await inside;
    expect(await small.json('/slow')).toMatchObject({ status: 503, body: { code: 'OVERLOADED' } });
    expect((await small.fetch('/health/live')).status).toBe(200);
    release();
    expect((await first).status).toBe(200);
    await small.closedConnections();
    expect((await small.fetch('/slow')).status).toBe(200);
    await small.close();
  });
});

describe('a process whose turns are slow', () => {
  it('refuses who comes while others are being answered, and never who is alone', async () => {
    const { SlowModule, inside, release } = slowModule();
    const slow = await edge(SlowModule, { overload: { maxTurnMs: -1 } });
    for (let n = 0; n < 5; n++) {
      expect((await slow.json('/quick')).status).toBe(200);
      await slow.closedConnections();
    }
    const first = slow.fetch('/slow');
    await inside;
    // Each of them has a turn timed; one that was timed too long ago counts no more.
    let answer = await slow.json('/quick');
    while (answer.status === 200) answer = await slow.json('/quick');
    expect(answer).toMatchObject({ status: 503, body: { code: 'OVERLOADED' } });
    release();
    expect((await first).status).toBe(200);
    await slow.close();
  });
});

describe('a server that stops', () => {
  it('answers what it has begun, takes nothing new, and does not wait for connections that only stay open', async () => {
    const { SlowModule, inside, release } = slowModule();
    const stopping = await edge(SlowModule);
    await (await stopping.fetch('/health/live')).text();
    const { hostname, port } = new URL(stopping.url);
    const openedAhead = connect(Number(port), hostname);
    await once(openedAhead, 'connect');
    const begun = stopping.json('/slow');
    await inside;
    const closed = stopping.close();
    while (stopping.app.getHttpServer().listening) await new Promise((resolve) => setImmediate(resolve));
    await expect(stopping.raw('GET', '/health/live')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    release();
    expect((await begun).body).toEqual({ done: true });
    await closed;
  });
});

describe('health', () => {
  it('is live, and ready when nothing is waited for', async () => {
    expect((await app.json('/health/live')).status).toBe(200);
    expect((await app.json('/health/ready')).status).toBe(200);
  });

  it('says what it waits for', async () => {
    const waiting = await edge(ThingsModule, { waiting: () => ({ relay: 'the message bus' }) });
    expect(await waiting.json('/health/ready')).toMatchObject({
      status: 503,
      body: { code: 'NOT_READY', details: [{ check: 'relay', message: 'the message bus' }] },
    });
    await waiting.close();
  });

  it('has metrics by route, never by URL', async () => {
    await app.fetch('/api/things?secret=1');
    const answer = await app.fetch('/metrics');
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(/tocsin_http_request_duration_seconds_count\{method="GET",route="\/api\/things",status="200"\} \d+/);
    expect(text).not.toContain('secret');
  });
});

describe('behind https', () => {
  it('every cookie is Secure and browsers stay with https', async () => {
    @Controller()
    @Public()
    class Cookies {
      @Get('cookie')
      set(@Res({ passthrough: true }) reply: FastifyReply): object {
        void reply.header('set-cookie', 'a=1; Path=/');
        return {};
      }
    }
    @Module({ controllers: [Cookies] })
    class CookiesModule {}
    const secure = await edge(CookiesModule, { publicUrl: 'https://tocsin.example.org' });
    const { headers } = await secure.fetch('/cookie');
    expect(headers.getSetCookie()).toEqual(['a=1; Path=/; Secure']);
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
    await secure.close();
  });
});
