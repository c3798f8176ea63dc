import type { AddressInfo, Socket } from 'node:net';
import { simpleParser } from 'mailparser';
import type { ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerSession } from 'smtp-server';

export interface ReceivedMail {
  readonly to: string;
  readonly from: string;
  readonly replyTo: string | undefined;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
}

/** What the server says instead of taking the next messages, and to what: after the message unless `to` says otherwise. */
export interface MailFault {
  readonly code: number;
  readonly times: number;
  readonly to?: 'MAIL' | 'RCPT' | 'DATA';
  /** Only what is for this person; said to `RCPT`. */
  readonly address?: string;
}

/** `drop-before`: breaks the connection instead of asking for the message. `drop-after`: takes it and breaks off without a word. */
export type MailTrouble = 'drop-before' | 'drop-after' | 'silent-before' | 'silent-after';

/** Somebody else's mail server: speaks SMTP on a port of its own and keeps what it took, per address. */
export class MailServer {
  private readonly received: ReceivedMail[] = [];
  private fault: MailFault = { code: 0, times: 0 };
  private port = 0;
  private trouble: { readonly what: MailTrouble; readonly times: number } | undefined;
  private readonly sockets = new Map<number | undefined, Socket>();
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onMailFrom: (_address, _session, done) => done(this.refusal('MAIL')),
      onRcptTo: ({ address }, session, done) => {
        const refused = this.refusal('RCPT', address);
        if (refused !== undefined || !this.troubled('before', session)) done(refused);
      },
      onData: (stream, session, done) => {
        simpleParser(stream)
          .then((mail) => {
            const refused = this.refusal('DATA');
            if (refused !== undefined) return done(refused);
            this.keep(mail, session);
            if (!this.troubled('after', session)) done();
          })
          .catch((error: unknown) => done(error instanceof Error ? error : new Error(String(error))));
      },
    });
    // A client that is killed breaks its connections off; to the server that is an everyday thing.
    this.server.on('error', () => undefined);
    this.server.server.on('connection', (socket) => {
      const { remotePort } = socket;
      this.sockets.set(remotePort, socket);
      socket.once('close', () => this.sockets.delete(remotePort));
    });
  }

  static async start(): Promise<MailServer> {
    const mailServer = new MailServer();
    await new Promise<void>((resolve) => mailServer.server.listen(0, '127.0.0.1', resolve));
    mailServer.port = (mailServer.server.server.address() as AddressInfo).port;
    return mailServer;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Oldest first. */
  mailbox(address: string): readonly ReceivedMail[] {
    return this.received.filter(({ to }) => to === address);
  }

  all(): readonly ReceivedMail[] {
    return this.received;
  }

  /** The next `times` messages are refused with this SMTP code. */
  refuse(fault: MailFault): void {
    this.fault = fault;
  }

  /** What happens to the next `times` messages. A silent server says nothing more on that connection. */
  make(what: MailTrouble, times = 1): void {
    this.trouble = { what, times };
  }

  /** Refuses connections until it is back. */
  async away(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.server.close(() => resolve()));
    this.hangUp();
    await closed;
  }

  async back(): Promise<void> {
    await new Promise<void>((resolve) => this.server.server.listen(this.port, '127.0.0.1', () => resolve()));
  }

  private hangUp(): void {
    for (const socket of this.sockets.values()) socket.destroy();
  }

  async stop(): Promise<void> {
    this.hangUp();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private refusal(to: NonNullable<MailFault['to']>, recipient?: string): Error | undefined {
    const { code, times, address, to: wanted = address === undefined ? 'DATA' : 'RCPT' } = this.fault;
    if (times <= 0 || to !== wanted || (address !== undefined && address !== recipient)) return undefined;
    this.fault = { ...this.fault, times: times - 1 };
    return Object.assign(new Error('not now'), { responseCode: code });
  }

  private troubled(when: 'before' | 'after', { remotePort }: SMTPServerSession): boolean {
    const { trouble } = this;
    if (trouble === undefined || trouble.times <= 0 || !trouble.what.endsWith(when)) return false;
    this.trouble = { ...trouble, times: trouble.times - 1 };
    if (trouble.what.startsWith('drop')) this.sockets.get(remotePort)?.destroy();
    return true;
  }

  private keep(mail: ParsedMail, session: SMTPServerSession): void {
    for (const { address } of session.envelope.rcptTo) {
      this.received.push({
        to: address,
        from: mail.from?.text ?? '',
        replyTo: mail.replyTo?.text,
        subject: mail.subject ?? '',
        text: mail.text ?? '',
        html: typeof mail.html === 'string' ? mail.html : '',
        messageId: mail.messageId ?? '',
      });
    }
  }
}
