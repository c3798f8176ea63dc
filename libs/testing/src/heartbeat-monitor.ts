import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody else's watch over heartbeats: notes each ping and answers as it is told. */
export class HeartbeatMonitor {
  /** Method and path of each ping. */
  readonly pings: string[] = [];
  /** What pings are answered with; `never` takes them and says nothing. */
  answer: number | 'never' = 200;
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<HeartbeatMonitor> {
    const server = createServer((request, response) => {
      monitor.pings.push(`${request.method} ${request.url}`);
      for (const done of monitor.waiting) done();
      if (monitor.answer === 'never') return;
      response.statusCode = monitor.answer;
      if (monitor.answer >= 300 && monitor.answer < 400) response.setHeader('location', `${monitor.url}/elsewhere`);
      response.end('taken');
    });
    const monitor = new HeartbeatMonitor(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return monitor;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when there were that many. */
  async pinged(times: number): Promise<void> {
    while (this.pings.length < times) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
