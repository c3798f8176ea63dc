import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface HttpSinkOptions {
  /** What it says when it has taken a message. */
  readonly answer: string;
  /** Time that it takes for one. */
  readonly answersAfterMs: number;
  /** Calls that it has in hand together; one more is answered 429. */
  readonly atOnce: number;
}

/** A provider with an HTTP API that only counts: what it is told has been looked at elsewhere. */
export class HttpSink {
  taken = 0;
  /** Over its budget. */
  refused = 0;
  mostAtOnce = 0;
  private inHand = 0;

  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async start({ answer, answersAfterMs, atOnce }: HttpSinkOptions): Promise<HttpSink> {
    const server = createServer((request, response) => {
      sink.inHand += 1;
      sink.mostAtOnce = Math.max(sink.mostAtOnce, sink.inHand);
      const isTaken = sink.inHand <= atOnce;
      const end = async (): Promise<void> => {
        await delay(answersAfterMs);
        sink.inHand -= 1;
        if (isTaken) sink.taken += 1;
        else sink.refused += 1;
        response.writeHead(isTaken ? 201 : 429, { 'content-type': 'application/json' }).end(isTaken ? answer : '{"code":20429}');
      };
      request.on('end', () => void end()).resume();
    });
    const sink: HttpSink = new HttpSink(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
