import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createPlainSocketServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { AllowedTargets } from './allowed-targets';
import { KeptConnections } from './kept-connections';
import { Outgoing, OutgoingFault, OutgoingRefused } from './outgoing';
import type { OutgoingOptions } from './outgoing';

jest.setTimeout(30_000);

const servers: Server[] = [];
const listening = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const listeningAt = async (address: string, port: number): Promise<void> => {
  const server = createServer((_request, response) => response.end('elsewhere'));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
};

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver that keeps what it gets. */
const receiver = async (answer: (request: Received, response: ServerResponse) => void = (_request, response) => response.end('ok')) => {
  const received: Received[] = [];
  const port = await listening(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const whole = { method, url, headers, body: Buffer.concat(chunks).toString() };
        received.push(whole);
        answer(whole, response);
      });
    }),
  );
  return { port, received };
};

afterAll(() => {
  for (const server of servers) {
    (server as { closeAllConnections?: () => void }).closeAllConnections?.();
    server.close();
  }
});

const at = (...addresses: readonly string[]): NonNullable<OutgoingOptions['resolve']> => {
  return () => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
};
const allowing = (...entries: readonly string[]) => ({ allowed: AllowedTargets.from(entries) });
const refusal = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof OutgoingRefused ? error.reason : error),
  );

describe('a URL whose host leads nowhere public', () => {
  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.0.0.1/',
    'https://017700000001/',
    'https://0177.0.0.01/',
    'https://0/',
    'https://0.0.0.0/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://100.100.100.200/',
    'https://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254#.office.com',
    'https://office.com@169.254.169.254/',
    'https://office.com%2f@169.254.169.254/',
    'https://168.63.129.16/',
    'https://192.0.0.192/',
    'https://198.18.0.1/',
    'https://203.0.113.7/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://127.0.0.1./',
    'https://①②⑦.⓪.⓪.①/',
    'https://127。0。0。1/',
    'https://[::]/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[::127.0.0.1]/',
    'https://[0:0:0:0:0:ffff:10.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[64:ff9b:1::1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:0:7f00:1::]/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[fd00:ec2::254]/',
    'https://[ff02::1]/',
    'https://[2001:db8::1]/',
    'https://[100::1]/',
  ])('is refused: %s', async (url) => {
    await expect(refusal(new Outgoing({ resolve: at('127.0.0.1') }).send({ url, method: 'GET' }))).resolves.toBe('address');
  });

  it.each([
    ['one name at one such address', ['169.254.169.254']],
    ['a public address beside one that is not', ['93.184.215.14', '10.0.0.1']],
    ['an IPv6 address of this machine beside public ones', ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::1']],
    ['a mapped address', ['::ffff:192.168.0.1']],
    ['an address with a zone', ['fe80::1%eth0']],
  ])('is refused for %s', async (_case, addresses) => {
    await expect(refusal(new Outgoing({ resolve: at(...addresses) }).check('https://hooks.example.com/'))).resolves.toBe('address');
  });
});

describe('a URL whose host is public', () => {
  it.each([
    'https://hooks.example.com/',
    'https://hooks.example.com./',
    'https://hooks.example.com:8443/a?b#c',
    'https://name:word@hooks.example.com/',
    'https://bücher.example/',
    'https://93.184.215.14/',
    'https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/',
    'https://[64:ff9b::5db8:d70e]/',
    'https://[::ffff:93.184.215.14]/',
  ])('may be called: %s', async (url) => {
    await expect(new Outgoing({ resolve: at('93.184.215.14', '64:ff9b::5db8:d70e') }).check(url)).resolves.toBeUndefined();
  });

  it.each([
    ['https://hooks.example.com:22/', 'port'],
    ['https://hooks.example.com:6379/', 'port'],
    ['http://hooks.example.com/', 'plain-http'],
    ['ftp://hooks.example.com/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['gopher://hooks.example.com/', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['//hooks.example.com/', 'malformed'],
    ['https://', 'malformed'],
    ['https://exa mple.com/', 'malformed'],
    ['https://hooks.example.com:99999/', 'malformed'],
    ['https://[::1/', 'malformed'],
    ['', 'malformed'],
  ])('is refused all the same: %s, for its %s', async (url, reason) => {
    await expect(refusal(new Outgoing({ resolve: at('93.184.215.14') }).check(url))).resolves.toBe(reason);
  });

  it('is looked up in the form that is asked for', async () => {
    const asked: string[] = [];
    const resolve = async (host: string) => (asked.push(host), [{ address: '93.184.215.14', family: 4 }]);
    await new Outgoing({ resolve }).check('https://BÜCHER.example.:8443/');
    expect(asked).toEqual(['xn--bcher-kva.example']);
  });
});

describe('what the administrator allows', () => {
  it.each([
    ['10.0.0.0/8', 'https://10.1.2.3/', []],
    ['10.1.2.3', 'https://jira.corp/', ['10.1.2.3']],
    ['jira.corp', 'https://jira.corp/', ['10.1.2.3']],
    ['JIRA.corp.', 'https://jira.corp/', ['10.1.2.3']],
    ['*.corp', 'https://jira.corp/', ['192.168.7.1', 'fd00::7']],
    ['jira.corp:9443', 'https://jira.corp:9443/', ['10.1.2.3']],
    ['hooks.example.com:9443', 'https://hooks.example.com/', ['93.184.215.14']],
    ['http://jira.corp:8080', 'http://jira.corp:8080/', ['10.1.2.3']],
    ['http://jira.corp', 'https://jira.corp/', ['10.1.2.3']],
    ['http://10.0.0.0/8', 'http://jira.corp/', ['10.1.2.3']],
    ['http://hooks.example.com', 'http://hooks.example.com/', ['93.184.215.14']],
    ['localhost', 'https://localhost/', ['127.0.0.1', '::1']],
    ['[fd00::7]:9443', 'https://[fd00::7]:9443/', []],
    ['169.254.169.254', 'https://169.254.169.254/', []],
  ])('is enough: %s for %s', async (entry, url, addresses) => {
    await expect(new Outgoing({ ...allowing(entry), resolve: at(...addresses) }).check(url)).resolves.toBeUndefined();
  });

  it.each([
    ['10.0.0.0/8', 'https://192.168.0.1/', [], 'address'],
    ['10.0.0.0/8', 'https://jira.corp/', ['10.1.2.3', '192.168.0.1'], 'address'],
    ['jira.corp', 'https://other.corp/', ['10.1.2.3'], 'address'],
    ['*.corp', 'https://corp/', ['10.1.2.3'], 'address'],
    ['*.corp', 'https://jira.notcorp/', ['10.1.2.3'], 'address'],
    // A name of one's own that was made to lead to the machine's keys, or to this machine.
    ['jira.corp', 'https://jira.corp/', ['169.254.169.254'], 'address'],
    ['jira.corp', 'https://jira.corp/', ['127.0.0.1'], 'address'],
    ['jira.corp', 'http://jira.corp/', ['10.1.2.3'], 'plain-http'],
    ['jira.corp', 'https://jira.corp:9443/', ['10.1.2.3'], 'port'],
    ['jira.corp:9443', 'https://jira.corp/', ['10.1.2.3'], 'port'],
    ['http://jira.corp:8080', 'http://jira.corp:8081/', ['10.1.2.3'], 'port'],
    ['http://jira.corp:8080', 'http://other.example/', ['93.184.215.14'], 'plain-http'],
  ])('is no more than it says: %s for %s', async (entry, url, addresses, reason) => {
    await expect(refusal(new Outgoing({ ...allowing(entry), resolve: at(...addresses) }).check(url))).resolves.toBe(reason);
  });

  it.each(['10.0.0.0/40', 'ftp://jira.corp', 'jira.corp/path', 'a b', 'jira.corp:99999', '*', 'user@jira.corp', '10.0.0.0/8/8'])(
    'is said at the start when it cannot be read: %s',
    (entry) => {
      expect(() => AllowedTargets.from([entry])).toThrow(RangeError);
    },
  );
});

describe('a request', () => {
  it('goes to the address that was checked, under the name, however the name changes', async () => {
    const { port, received } = await receiver();
    const answers = ['127.0.0.1', '10.0.0.1'];
    const resolve = async () => [{ address: answers.shift() ?? '10.0.0.2', family: 4 }];
    const outgoing = new Outgoing({ ...allowing(`http://127.0.0.1:${port}`), resolve });
    const url = `http://rebinding.example:${port}/hook?a=b`;
    const answer = await outgoing.send({ url, method: 'POST', headers: { 'x-own': 'yes' }, body: 'grüß' });
    expect(answer).toMatchObject({ status: 200, body: 'ok', isCut: false });
    expect(received).toMatchObject([
      {
        method: 'POST',
        url: '/hook?a=b',
        body: 'grüß',
        headers: { host: `rebinding.example:${port}`, 'x-own': 'yes', 'content-length': '6' },
      },
    ]);
    await expect(refusal(outgoing.send({ url, method: 'POST' }))).resolves.toBe('address');
    expect(received).toHaveLength(1);
  });

  it('goes over the connection of the one before it, and not when the name leads elsewhere meanwhile', async () => {
    const { port, received } = await receiver();
    const [first] = servers.slice(-1);
    await listeningAt('127.0.0.2', port);
    let connections = 0;
    first?.on('connection', () => (connections += 1));
    let leadsTo = '127.0.0.1';
    const outgoing = new Outgoing({
      ...allowing(`http://127.0.0.1:${port}`, `http://127.0.0.2:${port}`),
      resolve: () => Promise.resolve([{ address: leadsTo, family: 4 }]),
    });
    const send = async () => (await outgoing.send({ url: `http://moving.example:${port}/`, method: 'POST', body: '{}' })).body;
    expect([await send(), await send(), connections]).toEqual(['ok', 'ok', 1]);
    leadsTo = '127.0.0.2';
    expect([await send(), received.length, connections]).toEqual(['elsewhere', 2, 1]);
    leadsTo = '10.0.0.1';
    await expect(refusal(send())).resolves.toBe('address');
  });

  it('may have arrived when the connection of the one before it is lost, and each after that has its own', async () => {
    let connections = 0;
    const port = await listening(
      createPlainSocketServer((socket) => {
        connections += 1;
        let requests = 0;
        socket.on('data', () => {
          requests += 1;
          if (requests === 2) socket.destroy();
          else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        });
      }),
    );
    const outgoing = new Outgoing(allowing(`http://127.0.0.1:${port}`));
    const send = () => outgoing.send({ url: `http://127.0.0.1:${port}/`, method: 'POST', body: '' });
    await send();
    await expect(send()).rejects.toMatchObject({ reason: 'connection-lost', mayHaveArrived: true });
    for (let n = 0; n < 3; n++) expect((await send()).body).toBe('ok');
    expect(connections).toBe(4);
  });

  it('leaves nothing behind on the connection that is kept', async () => {
    const { port } = await receiver();
    const warned = jest.fn();
    process.on('warning', warned);
    const outgoing = new Outgoing(allowing(`http://127.0.0.1:${port}`));
    for (let n = 0; n < 20; n++) await outgoing.send({ url: `http://127.0.0.1:${port}/`, method: 'GET' });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });

  it.each(['http:', 'https:'])('shares a connection with none that leads elsewhere: %s', (protocol) => {
    const agent = new KeptConnections().for(new URL(`${protocol}//moving.example`));
    const named = (...addresses: readonly string[]) =>
      agent && agent.getName({ host: 'moving.example', port: 443, checked: addresses.map((address) => ({ address, family: 4 })) } as never);
    expect(named('192.0.2.1', '192.0.2.2')).toBe(named('192.0.2.2', '192.0.2.1'));
    expect(named('192.0.2.1')).not.toBe(named('192.0.2.2'));
  });

  it('goes over a new connection when the server has closed the one before it', async () => {
    let closed = (): void => undefined;
    const { port, received } = await receiver((_request, response) => {
      response.socket?.once('close', () => closed());
      response.end('ok').once('finish', () => response.socket?.end());
    });
    const outgoing = new Outgoing(allowing(`http://127.0.0.1:${port}`));
    for (let n = 1; n <= 3; n++) {
      const over = new Promise<void>((resolve) => (closed = resolve));
      await outgoing.send({ url: `http://127.0.0.1:${port}/`, method: 'POST', body: '{}' });
      // When both ends have closed it.
      await over;
      expect(received).toHaveLength(n);
    }
  });

  it('asks for the name when it is encrypted, at the address that was checked', async () => {
    let named = '';
    const port = await listening(
      createSecureServer({ SNICallback: (name, done) => ((named = name), done(new Error('no certificate'))) }).on(
        'tlsClientError',
        () => undefined,
      ),
    );
    const outgoing = new Outgoing({ ...allowing(`127.0.0.1:${port}`), resolve: at('127.0.0.1') });
    await expect(outgoing.send({ url: `https://secure.example:${port}/`, method: 'GET' })).rejects.toThrow(OutgoingFault);
    expect(named).toBe('secure.example');
  });

  it('shows the name and password of the URL, and no other', async () => {
    const { port, received } = await receiver();
    const outgoing = new Outgoing(allowing(`http://127.0.0.1:${port}`));
    await outgoing.send({ url: `http://us%40er:p%3Aw@127.0.0.1:${port}/`, method: 'GET' });
    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('us@er:p:w').toString('base64')}`);
  });

  it('reads no more than 64 KB of an answer', async () => {
    const { port } = await receiver((_request, response) => response.end('x'.repeat(1_000_000)));
    const answer = await new Outgoing(allowing(`http://127.0.0.1:${port}`)).send({ url: `http://127.0.0.1:${port}/`, method: 'GET' });
    expect([answer.status, answer.body.length, answer.isCut]).toEqual([200, 65_536, true]);
  });

  it.each([
    ['never answers', undefined],
    ['answers drop by drop for ever', (response: ServerResponse) => void setInterval(() => response.write('.'), 20).unref()],
  ])('ends in time when the server %s', async (_case, answer) => {
    const { port } = await receiver((_request, response) => answer?.(response));
    const outgoing = new Outgoing({ ...allowing(`http://127.0.0.1:${port}`), timeoutMs: 300 });
    await expect(outgoing.send({ url: `http://127.0.0.1:${port}/`, method: 'GET' })).rejects.toMatchObject({
      reason: 'timeout',
      mayHaveArrived: true,
    });
  });

  it('ends in time when the name is not found in time', async () => {
    const outgoing = new Outgoing({ resolve: () => new Promise(() => undefined), timeoutMs: 50 });
    await expect(outgoing.send({ url: 'https://slow.example/', method: 'GET' })).rejects.toMatchObject({
      reason: 'timeout',
      mayHaveArrived: false,
    });
  });

  it('says that the name is not found', async () => {
    const outgoing = new Outgoing({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    await expect(outgoing.check('https://nowhere.example/')).rejects.toMatchObject({ reason: 'unresolved', mayHaveArrived: false });
  });

  it('says that nobody listens', async () => {
    const server = createPlainSocketServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    const outgoing = new Outgoing(allowing(`http://127.0.0.1:${port}`));
    await expect(outgoing.send({ url: `http://127.0.0.1:${port}/`, method: 'GET' })).rejects.toMatchObject({
      reason: 'unreachable',
      mayHaveArrived: false,
    });
  });

  it('says that the connection broke after it was sent', async () => {
    const port = await listening(createPlainSocketServer((socket) => socket.once('data', () => socket.destroy())));
    const outgoing = new Outgoing(allowing(`http://127.0.0.1:${port}`));
    await expect(outgoing.send({ url: `http://127.0.0.1:${port}/`, method: 'GET' })).rejects.toMatchObject({
      reason: 'connection-lost',
      mayHaveArrived: true,
    });
  });
});

describe('a redirect', () => {
  const redirecting = (status: number, location: string) =>
    receiver(({ url }, response) => {
      if (url === '/end') response.end('end');
      else response.writeHead(status, { location }).end();
    });
  const to = (port: number, ...more: readonly string[]) =>
    new Outgoing({ ...allowing(`http://127.0.0.1:${port}`, ...more), resolve: at('127.0.0.1') });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/',
    'https://[::ffff:169.254.169.254]/',
    '//169.254.169.254/',
  ])('to a machine’s keys is not followed: %s', async (location) => {
    const { port } = await redirecting(307, location);
    const reason = await refusal(to(port).send({ url: `http://127.0.0.1:${port}/`, method: 'GET' }));
    expect(['address', 'plain-http']).toContain(reason);
  });

  it('to a name that leads to a private address is not followed', async () => {
    const { port } = await redirecting(308, 'https://hidden.example/');
    const outgoing = new Outgoing({ ...allowing(`http://127.0.0.1:${port}`), resolve: at('192.168.0.1') });
    await expect(refusal(outgoing.send({ url: `http://127.0.0.1:${port}/`, method: 'GET' }))).resolves.toBe('address');
  });

  it('that keeps the request is followed with it', async () => {
    const { port, received } = await redirecting(307, '/end');
    const answer = await to(port).send({ url: `http://127.0.0.1:${port}/`, method: 'POST', headers: { 'x-secret': 's' }, body: 'b' });
    expect(answer.body).toBe('end');
    expect(received.at(-1)).toMatchObject({ method: 'POST', url: '/end', body: 'b', headers: { 'x-secret': 's' } });
  });

  it.each([307, 308])('to another server is not followed with what is sent: %i', async (status) => {
    const other = await receiver();
    const { port } = await redirecting(status, `http://127.0.0.1:${other.port}/`);
    const outgoing = to(port, `http://127.0.0.1:${other.port}`);
    await expect(refusal(outgoing.send({ url: `http://127.0.0.1:${port}/`, method: 'POST', body: 'b' }))).resolves.toBe('elsewhere');
    expect(other.received).toEqual([]);
  });

  it('to another server goes without what was meant for the first', async () => {
    const other = await receiver();
    const { port } = await redirecting(307, `http://elsewhere.example:${other.port}/`);
    const headers = { 'x-secret': 's', authorization: 'a', accept: 'text/plain' };
    await to(port, `http://127.0.0.1:${other.port}`).send({ url: `http://127.0.0.1:${port}/`, method: 'GET', headers });
    expect(other.received[0]?.headers).toMatchObject({ accept: 'text/plain' });
    expect(other.received[0]?.headers).not.toHaveProperty('x-secret');
    expect(other.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('that would turn a POST into a GET is the answer', async () => {
    const { port, received } = await redirecting(302, '/end');
    const answer = await to(port).send({ url: `http://127.0.0.1:${port}/`, method: 'POST', body: 'b' });
    expect([answer.status, received.length]).toEqual([302, 1]);
  });

  it.each([302, 307])('is the answer where none is to be followed: %i', async (status) => {
    const { port, received } = await redirecting(status, '/end');
    const outgoing = new Outgoing({ ...allowing(`http://127.0.0.1:${port}`), resolve: at('127.0.0.1'), follows: false });
    const answer = await outgoing.send({ url: `http://127.0.0.1:${port}/`, method: 'GET' });
    expect([answer.status, received.length]).toEqual([status, 1]);
  });

  it('is followed three times and no more', async () => {
    const { port, received } = await redirecting(307, '/again');
    await expect(refusal(to(port).send({ url: `http://127.0.0.1:${port}/`, method: 'GET' }))).resolves.toBe('redirects');
    expect(received).toHaveLength(4);
  });
});
