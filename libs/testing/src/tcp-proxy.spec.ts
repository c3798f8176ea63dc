import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { TcpProxy } from './tcp-proxy';

const frame = (text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
};

/** What has come, without the lengths. */
const texts = (bytes: Buffer): string[] => {
  const found: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4 + bytes.readInt32BE(at))
    found.push(bytes.subarray(at + 4, at + 4 + bytes.readInt32BE(at)).toString());
  return found;
};

const client = async (port: number) => {
  const socket: Socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => (received = Buffer.concat([received, chunk])));
  return {
    socket,
    say: (...words: string[]) => socket.write(Buffer.concat(words.map(frame))),
    heard: async (count: number) => {
      while (texts(received).length < count) await once(socket, 'data');
      return texts(received);
    },
  };
};

describe('a proxy between a client and a server that answers with what it is told', () => {
  let server: Server;
  let proxy: TcpProxy;
  beforeEach(async () => {
    server = createServer((socket) => socket.pipe(socket).on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await TcpProxy.listen((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await proxy.close();
    server.close();
  });

  it('passes everything in order, however it is cut into packets', async () => {
    const { socket, heard } = await client(proxy.port);
    for (const byte of Buffer.concat([frame('one'), frame('two')])) socket.write(Buffer.of(byte));
    expect(await heard(2)).toEqual(['one', 'two']);
  });

  it('passes bytes of which it knows nothing', async () => {
    const plain = await TcpProxy.listen(proxy.targetPort, 'bytes');
    const { socket } = await client(plain.port);
    socket.write('no frame');
    expect(String((await once(socket, 'data'))[0])).toBe('no frame');
    await plain.close();
  });

  it('lets nothing arrive while it swallows, and ends the connections that have missed something', async () => {
    const atServer = once(server, 'connection') as Promise<[Socket]>;
    const { socket, say, heard } = await client(proxy.port);
    say('one');
    await heard(1);
    const [served] = await atServer;
    proxy.swallow();
    const gotAll = once(served, 'data');
    say('two');
    await gotAll;
    const ended = new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
    proxy.restore();
    await ended;
    expect(await heard(1)).toEqual(['one']);
    const after = await client(proxy.port);
    after.say('three');
    expect(await after.heard(1)).toEqual(['three']);
  });

  it('keeps one response to itself and passes those around it', async () => {
    const { say, heard } = await client(proxy.port);
    const swallowed = proxy.swallowResponse((request) => request.toString() === 'two');
    say('one', 'two', 'three', 'two');
    await swallowed;
    expect(await heard(3)).toEqual(['one', 'three', 'two']);
  });

  it('delays what is answered, in order', async () => {
    const { say, heard } = await client(proxy.port);
    say('at once');
    await heard(1);
    proxy.delay(100);
    const startedAt = performance.now();
    say('slow', 'as slow');
    expect(await heard(3)).toEqual(['at once', 'slow', 'as slow']);
    // A timer may fire up to a millisecond early.
    expect(performance.now() - startedAt).toBeGreaterThan(98);
  });

  it('ends what it carries when it is cut, and takes new connections when it is restored', async () => {
    const { socket } = await client(proxy.port);
    const ended = once(socket, 'close');
    proxy.cut();
    await ended;
    const refused = connect({ host: '127.0.0.1', port: proxy.port });
    await once(refused, 'close');
    proxy.restore();
    const { say, heard } = await client(proxy.port);
    say('again');
    expect(await heard(1)).toEqual(['again']);
  });
});
