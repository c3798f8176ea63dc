import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TrackerRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface TrackerAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** What goes wrong with one request: it is answered with a status, or done and its answer lost. */
export type TrackerTrouble = number | 'lost';

/** Somebody else's tickets behind an HTTP API: what a provider's own folder says about its paths and bodies is given to it. */
export class Tracker<Ticket> {
  readonly tickets: Ticket[] = [];
  readonly requests: TrackerRequest[] = [];
  /** For the next requests that write, in order. */
  readonly troubles: TrackerTrouble[] = [];

  private constructor(private readonly server: Server) {}

  static async start<Ticket>(
    answer: (request: TrackerRequest, tickets: Ticket[]) => TrackerAnswer,
    isAllowed: (request: TrackerRequest) => boolean,
  ): Promise<Tracker<Ticket>> {
    const server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { method = '', url = '', headers } = incoming;
        const { pathname: path, searchParams: query } = new URL(url, 'http://tracker');
        const text = Buffer.concat(chunks).toString();
        const request = { method, path, query, headers, body: (text === '' ? {} : JSON.parse(text)) as TrackerRequest['body'] };
        tracker.requests.push(request);
        const trouble = method === 'GET' ? undefined : tracker.troubles.shift();
        const { status, body } =
          typeof trouble === 'number'
            ? { status: trouble, body: {} }
            : isAllowed(request)
              ? answer(request, tracker.tickets)
              : { status: 401 };
        if (trouble === 'lost') incoming.socket.destroy();
        else response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? '' : JSON.stringify(body));
      });
    });
    const tracker = new Tracker<Ticket>(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return tracker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
