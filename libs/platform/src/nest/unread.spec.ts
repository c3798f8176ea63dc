import 'reflect-metadata';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { ReadStoreFault } from '@tocsin/read-models';
import { Public } from './auth.decorators';
import { ListInParts } from './lists-in-pieces';
import { edge } from './testing/edge';
import type { EdgeUnderTest } from './testing/edge';

const PART = 'x'.repeat(262_144);
const MANY = 2_000;
/** More than two sockets on one machine hold between them. */
const LARGE = 'x'.repeat(32 * 1_048_576);

let made = 0;
let ended: () => void = () => undefined;
const parts = async function* (count: number): AsyncGenerator<readonly string[]> {
  try {
    for (made = 0; made < count; made++) yield [PART];
  } finally {
    ended();
  }
};

async function* empty(): AsyncGenerator<readonly object[]> {}

async function* small(): AsyncGenerator<readonly object[]> {
  yield [{ id: 1 }, { id: 2 }];
  yield [];
  yield [{ id: 3 }];
}

async function* broken(): AsyncGenerator<readonly object[]> {
  yield [{ id: 1 }];
  throw new ReadStoreFault('unavailable', true);
}

@Controller()
@Public()
class Lists {
  @Get('parts/:count')
  inParts(@Param('count') count: string): ListInParts<string> {
    return new ListInParts(parts(Number(count)));
  }

  @Get('small')
  small(): ListInParts<object> {
    return new ListInParts(small());
  }

  @Get('empty')
  empty(): ListInParts<object> {
    return new ListInParts(empty());
  }

  @Get('broken')
  broken(): ListInParts<object> {
    return new ListInParts(broken());
  }

  @Get('large')
  large(): object {
    return { text: LARGE };
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }
}

@Module({ controllers: [Lists] })
class ListsModule {}

let app: EdgeUnderTest;
const sockets: Socket[] = [];

const opened = async (): Promise<Socket> => {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
};

/** Sends this, and nothing more; resolves when the server has seen the headers. `over` is when it has done with it. */
const sends = async (text: string): Promise<{ readonly socket: Socket; readonly over: Promise<unknown> }> => {
  const socket = await opened();
  const seen = once(app.app.getHttpServer(), 'request') as Promise<[IncomingMessage, ServerResponse]>;
  socket.write(text);
  const [, answer] = await seen;
  return { socket, over: once(answer, 'close') };
};

/** Asks and reads no more than the first bytes of the answer. */
const asksAndDoesNotRead = async (path: string) => {
  const asked = await sends(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(asked.socket, 'readable');
  asked.socket.read(1);
  return asked;
};

const answerOn = async ({ socket }: { readonly socket: Socket }): Promise<string> => {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(socket, 'close');
  return text;
};

const BEGUN = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"a":';

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app.close();
});

describe('a body that is never finished', () => {
  it('takes no place among the requests that are answered', async () => {
    app = await edge(ListsModule, { overload: { maxInFlight: 1 } });
    await sends(BEGUN);
    await sends(BEGUN);
    expect((await app.fetch('/small')).status).toBe(200);
  });

  it('gives way to newer ones when there are too many, and those are answered', async () => {
    app = await edge(ListsModule, { maxArriving: 1 });
    const first = answerOn(await sends(BEGUN));
    const { socket: second } = await sends(BEGUN);
    expect(await first).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1[^]*"code":"OVERLOADED"/);
    second.write('"second"}');
    await once(second, 'readable');
    expect(String(second.read())).toMatch(/^HTTP\/1\.1 201 /);
  });

  it('is given up after a time', async () => {
    app = await edge(ListsModule, { receiveTimeoutMs: 50 });
    expect(await answerOn(await sends(BEGUN))).toMatch(/^HTTP\/1\.1 408 [^]*"code":"REQUEST_TIMEOUT"/);
  });
});

describe('a list in parts', () => {
  beforeEach(async () => {
    app = await edge(ListsModule);
  });

  it('has a length when it is short', async () => {
    const answer = await app.fetch('/small');
    expect(await answer.text()).toBe('[{"id":1},{"id":2},{"id":3}]');
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('content-length')).toBe('28');
    expect(await (await app.fetch('/empty')).json()).toEqual([]);
  });

  it('is whole when it is long, and has the usual headers', async () => {
    const answer = await app.fetch('/parts/12');
    expect(await answer.json()).toEqual(Array.from({ length: 12 }, () => PART));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('that cannot be made is an error answer', async () => {
    expect(await app.json('/broken')).toMatchObject({ status: 503, body: { code: 'VIEWS_UNAVAILABLE' } });
  });

  it('is made no further than it is read, and is over when the client goes', async () => {
    const over = new Promise<void>((resolve) => (ended = resolve));
    const { socket } = await asksAndDoesNotRead(`/parts/${MANY}`);
    for (let n = 0; n < 50; n++) await app.json('/small');
    expect(made).toBeLessThan(MANY);
    socket.destroy();
    await over;
    expect(made).toBeLessThan(MANY);
  });
});

describe('answers that nobody reads', () => {
  it('leave no room for further large ones until they are gone; small ones are answered all the same', async () => {
    app = await edge(ListsModule, { maxAnswerBytes: 1_048_576 });
    const unread = await asksAndDoesNotRead('/large');
    for (const path of ['/large', `/parts/${MANY}`]) {
      const refused = await app.json(path);
      expect(refused).toMatchObject({ status: 503, body: { status: 503, code: 'OVERLOADED' } });
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.headers.get('content-type')).toBe('application/json');
    }
    expect((await app.json('/small')).status).toBe(200);
    unread.socket.destroy();
    await unread.over;
    expect((await app.json('/large')).status).toBe(200);
  });

  it.each(['/large', `/parts/${MANY}`])('are cut off after a time: %s', async (path) => {
    app = await edge(ListsModule, { answerTimeoutMs: 50 });
    const { over } = await asksAndDoesNotRead(path);
    await over;
  });

  it('do not keep the server from stopping', async () => {
    app = await edge(ListsModule, { drainMs: 50 });
    await asksAndDoesNotRead(`/parts/${MANY}`);
    await app.close();
  });
});
