import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail provider that only notes when which message came: parsing it would cost more than sending it. */
export class MailSink {
  /** By the word after `key:` in the subject; when the message had been taken in full, in milliseconds. */
  readonly receivedAt = new Map<string, number>();
  repeated = 0;
  private onReceived: () => void = () => undefined;

  private readonly server: SMTPServer;

  private constructor(server: SMTPServer) {
    this.server = server;
  }

  static async start(): Promise<MailSink> {
    const server: SMTPServer = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        let text = '';
        stream.on('data', (part: Buffer) => (text += part.toString('latin1')));
        stream.on('end', () => {
          sink.take(/^Subject: .*key:(\S+)/m.exec(text)?.[1] ?? '');
          done();
        });
      },
    });
    const sink = new MailSink(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /** Resolves when this many different messages have come. Rejects after the time. */
  async has(count: number, withinMs: number): Promise<void> {
    if (this.receivedAt.size >= count) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.receivedAt.size} of ${count} pages within ${withinMs} ms`)), withinMs);
      this.onReceived = () => (this.receivedAt.size >= count ? resolve() : undefined);
    });
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private take(key: string): void {
    if (this.receivedAt.has(key)) this.repeated++;
    else this.receivedAt.set(key, performance.now());
    this.onReceived();
  }
}
