import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';

export interface GatewayText {
  readonly to: string;
  readonly text: string;
  readonly id: string;
}

type GatewayAnswer = number | 'refused' | 'drop' | 'drop-after' | 'silent' | 'endless' | 'elsewhere';

/** Somebody's SMS gateway: takes `{to, text, id}` as JSON or as a form, and knows an id that it had before. */
export class SmsGateway {
  readonly token = 'a-token-of-the-gateway';
  readonly texts: GatewayText[] = [];
  /** Bodies as they came. */
  readonly bodies: string[] = [];
  /** What texts are answered with when nothing else was said. */
  usually: GatewayAnswer = 200;
  private answers: GatewayAnswer[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async start(): Promise<SmsGateway> {
    const server = createServer((request, response) => {
      void readText(request).then((body) => {
        gateway.bodies.push(body);
        const answer = gateway.answers.shift() ?? gateway.usually;
        if (request.headers.authorization !== `Bearer ${gateway.token}`) return response.writeHead(401).end();
        if (answer === 'silent') return undefined;
        if (answer === 'drop') return response.destroy();
        if (answer === 'endless') return void response.writeHead(200).write('{"'.padEnd(1_000_000, 'x'));
        if (answer === 'elsewhere') return response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
        if (typeof answer === 'number' && answer > 299) {
          const later = answer === 429 ? { 'retry-after': '7' } : {};
          return response.writeHead(answer, later).end('{"error":"of +4915112345678"}');
        }
        if (answer === 'refused') return response.end('{"messages":[{"status":"4"}]}');
        const isForm = request.headers['content-type']?.includes('form') === true;
        gateway.take(
          isForm ? (Object.fromEntries(new URLSearchParams(body)) as unknown as GatewayText) : (JSON.parse(body) as GatewayText),
        );
        if (answer === 'drop-after') return response.destroy();
        return response.end(JSON.stringify({ messages: [{ status: '0', id: `G${gateway.texts.length}` }] }));
      });
    });
    const gateway = new SmsGateway(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/messages`;
  }

  /** What tells the product to use it. */
  get environment(): Readonly<Record<string, string>> {
    return {
      SMS_GATEWAY_URL: this.url,
      SMS_GATEWAY_HEADERS: JSON.stringify({ Authorization: `Bearer ${this.token}` }),
      SMS_GATEWAY_SUCCESS: 'messages.0.status=0',
      SMS_GATEWAY_REFERENCE: 'messages.0.id',
    };
  }

  /** What the next texts are answered with, one after the other. */
  next(...answers: readonly GatewayAnswer[]): void {
    this.answers = [...answers];
  }

  textsTo(number: string): readonly string[] {
    return this.texts.filter(({ to }) => to === number).map(({ text }) => text);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private take(text: GatewayText): void {
    if (!this.texts.some(({ id }) => id === text.id)) this.texts.push(text);
  }
}
