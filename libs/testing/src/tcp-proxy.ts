import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const LENGTH_BYTES = 4;

interface Swallowing {
  readonly matches: (request: Buffer) => boolean;
  done(): void;
}

/**
 * Stands between a client and a server and makes the network fail as told. What it knows of a protocol is at most that
 * requests and responses are frames after a length of four bytes, answered in order, as Kafka's are; told that it is
 * `bytes`, it knows nothing, and no single response can be swallowed.
 */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly swallowing: Swallowing[] = [];
  private isCut = false;
  private isDeaf = false;
  private delayMs = 0;

  private constructor(
    private readonly server: Server,
    private readonly protocol: 'frames' | 'bytes',
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  /** Where it sends what it gets; a server may come back somewhere else. */
  targetPort: number | undefined;

  static async listen(targetPort?: number, protocol: 'frames' | 'bytes' = 'frames'): Promise<TcpProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new TcpProxy(server, protocol);
    proxy.targetPort = targetPort;
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends all connections and takes no new ones, until `restore`. */
  cut(): void {
    this.isCut = true;
    this.endAll();
  }

  /** Nothing that the server sends arrives, though it gets everything, until `restore`. */
  swallow(): void {
    this.isDeaf = true;
  }

  /** Connections that have missed something end: what came after would make no sense. */
  restore(): void {
    if (this.isDeaf) this.endAll();
    this.isCut = false;
    this.isDeaf = false;
  }

  /** What the server sends from now on arrives that much later. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** The server answers the next request that matches, and the client never learns of it. Resolves when that has happened. */
  swallowResponse(matches: (request: Buffer) => boolean): Promise<void> {
    return new Promise((resolve) => this.swallowing.push({ matches, done: resolve }));
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private endAll(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  private accept(client: Socket): void {
    if (this.isCut || this.targetPort === undefined) {
      client.destroy();
      return;
    }
    const server = connect({ host: '127.0.0.1', port: this.targetPort });
    const pair = [client, server] as const;
    this.pairs.add(pair);
    const end = (): void => {
      this.pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    /** For each request that is not answered yet: what becomes of its response. */
    const answers: (Swallowing | undefined)[] = [];
    const isFramed = this.protocol === 'frames';
    const requests = isFramed ? frames((request) => answers.push(this.claim(request))) : () => undefined;
    client.on('data', (chunk) => {
      requests(chunk);
      server.write(chunk);
    });
    // In order, also when the delay changes meanwhile.
    let passed: Promise<unknown> = Promise.resolve();
    const pass = (response: Buffer): void => {
      const swallowing = answers.shift();
      if (swallowing !== undefined) return swallowing.done();
      if (this.isDeaf) return;
      const arrived = this.delayMs === 0 ? undefined : wait(this.delayMs);
      passed = passed.then(() => arrived).then(() => client.write(response));
    };
    server.on('data', isFramed ? frames(pass) : pass);
  }

  private claim(request: Buffer): Swallowing | undefined {
    const index = this.swallowing.findIndex(({ matches }) => matches(request.subarray(LENGTH_BYTES)));
    return index < 0 ? undefined : this.swallowing.splice(index, 1)[0];
  }
}

/** Calls back with each whole frame, its length included. */
const frames = (take: (frame: Buffer) => void): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readInt32BE(0);
      if (rest.length < end) return;
      take(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
};
