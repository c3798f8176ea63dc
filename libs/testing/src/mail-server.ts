import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
}

/** What the server says instead of taking the next messages. */
export interface MailFault {
  readonly code: number;
  readonly times: number;
}

/** Somebody else's mail server: speaks SMTP on a port of its own and keeps what it took, per address. */
export class MailServer {
  private readonly received: ReceivedMail[] = [];
  private fault: MailFault = { code: 0, times: 0 };
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, session, done) => {
        simpleParser(stream)
          .then((mail) => {
            if (this.fault.times > 0) {
              this.fault = { ...this.fault, times: this.fault.times - 1 };
              done(Object.assign(new Error('not now'), { responseCode: this.fault.code }));
              return;
            }
            for (const { address } of session.envelope.rcptTo) {
              this.received.push({
                to: address,
                from: mail.from?.text ?? '',
                subject: mail.subject ?? '',
                text: mail.text ?? '',
                html: typeof mail.html === 'string' ? mail.html : '',
                messageId: mail.messageId ?? '',
              });
            }
            done();
          })
          .catch((error: unknown) => done(error instanceof Error ? error : new Error(String(error))));
      },
    });
  }

  static async start(): Promise<MailServer> {
    const mailServer = new MailServer();
    await new Promise<void>((resolve) => mailServer.server.listen(0, '127.0.0.1', resolve));
    return mailServer;
  }

  get url(): string {
    const { port } = this.server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}`;
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

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
