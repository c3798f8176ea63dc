import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { eventSignature, newEventKeys } from './event-signature';
import type { EventKeys } from './event-signature';

export interface SendGridMail {
  /** As `x-message-id` says. */
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly replyTo: string | undefined;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly customArgs: Readonly<Record<string, string>>;
  /** As it was asked for, whole. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** What is told of a message: `delivered`, or `{ event: 'bounce', type: 'blocked', status: '4.2.2' }`. */
export type SendGridEvent = string | ({ readonly event: string } & Readonly<Record<string, string>>);

export interface PostedAnswer {
  readonly status: number;
  readonly text: string;
}

/** What somebody answers to a mail. */
export interface MailReply {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** Of the answer; the same one when it comes twice. */
  readonly messageId?: string;
  /** More lines of its header. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type SendGridTrouble = 'drop-before' | 'drop-after' | 'silent-after';

interface Asked {
  readonly personalizations: readonly {
    readonly to: readonly { readonly email: string }[];
    readonly custom_args?: Readonly<Record<string, string>>;
  }[];
  readonly from: { readonly email: string };
  readonly reply_to?: { readonly email: string };
  readonly subject: string;
  readonly content: readonly { readonly type: string; readonly value: string }[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly custom_args?: Readonly<Record<string, string>>;
}

/** SendGrid: takes mail by its API, tells what became of it by signed events, and passes on answers as its Inbound Parse does. */
export class SendGridServer {
  apiKeys: readonly string[] = ['SG.a-key-of-sendgrid'];
  keys = newEventKeys();
  /** Told of each mail that is taken, in this order. Twice the same is a doubled event with one id, none a lost one. */
  events: readonly SendGridEvent[] = ['processed', 'delivered'];
  /** `<public url>/api/callbacks/sendgrid/events`, and `/inbound`. */
  eventsUrl: () => string = () => '';
  inboundUrl: () => string = () => '';
  /** Seconds since 1970. */
  now: () => number = () => Math.floor(Date.now() / 1_000);
  readonly mails: SendGridMail[] = [];
  /** What events were answered. */
  readonly answers: PostedAnswer[] = [];
  /** Of the security policy of its Inbound Parse; without one it signs no reply. */
  inboundKeys: EventKeys | undefined;
  private fault: { readonly status: number; readonly times: number } = { status: 0, times: 0 };
  private trouble: SendGridTrouble | undefined;
  private readonly posting = new Set<Promise<void>>();
  private readonly sockets = new Set<Socket>();
  private ids = 1;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async start(): Promise<SendGridServer> {
    const server = createServer((request, response) => {
      sendgrid.take(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    const sendgrid = new SendGridServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sendgrid;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What tells the product to use it. */
  environment(from: string): Readonly<Record<string, string>> {
    return {
      SENDGRID_API_KEY: this.apiKeys[0] ?? '',
      SENDGRID_EVENT_PUBLIC_KEY: this.keys.publicKey,
      SENDGRID_API_BASE_URL: this.url,
      MAIL_FROM: from,
    };
  }

  mailsTo(address: string): readonly SendGridMail[] {
    return this.mails.filter(({ to }) => to === address);
  }

  fail(status: number, times = 1): void {
    this.fault = { status, times };
  }

  make(trouble: SendGridTrouble): void {
    this.trouble = trouble;
  }

  /** Signs and posts events as they are given. */
  async post(events: readonly object[]): Promise<PostedAnswer> {
    const body = JSON.stringify(events);
    const timestamp = String(this.now());
    return postEvents(this.eventsUrl(), body, { timestamp, signature: eventSignature(this.keys.privateKey, timestamp, body) });
  }

  /** Somebody answers a mail, and it is passed on. */
  async reply({ from, to, text, headers = {}, messageId = `<answer-${this.ids++}@mail.test>` }: MailReply): Promise<PostedAnswer> {
    const lines = Object.entries({ From: from, To: to, 'Message-ID': messageId, ...headers }).map(([name, value]) => `${name}: ${value}`);
    const form = new FormData();
    form.set('headers', `${lines.join('\n')}\n`);
    form.set('from', from);
    form.set('to', to);
    form.set('subject', 'Re: alert');
    form.set('text', text);
    form.set('html', `<p>${text}</p>`);
    form.set('envelope', JSON.stringify({ to: [to], from }));
    form.set('charsets', JSON.stringify({ to: 'UTF-8', from: 'UTF-8', subject: 'UTF-8', text: 'utf-8' }));
    form.set('SPF', 'pass');
    form.set('attachments', '1');
    form.set('attachment1', new Blob(['a picture below the signature']), 'logo.png');
    const filled = new Response(form);
    const [type = '', body] = [filled.headers.get('content-type') ?? '', Buffer.from(await filled.arrayBuffer())];
    return answerOf(await fetch(this.inboundUrl(), { method: 'POST', headers: { 'content-type': type, ...this.signed(body) }, body }));
  }

  /** Resolves when every event that was to be told has been answered. */
  async settled(): Promise<void> {
    while (this.posting.size > 0) await Promise.all(this.posting);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private signed(body: Buffer): Readonly<Record<string, string>> {
    if (this.inboundKeys === undefined) return {};
    const timestamp = String(this.now());
    return signatureHeaders(timestamp, eventSignature(this.inboundKeys.privateKey, timestamp, body));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    const refused = this.refusal(request);
    if (refused !== undefined) {
      const errors = [{ message: `not now: ${body}`, field: null }];
      const later = refused === 429 ? { 'retry-after': '7' } : {};
      response.writeHead(refused, { 'content-type': 'application/json', ...later }).end(JSON.stringify({ errors }));
      return;
    }
    const { trouble } = this;
    this.trouble = undefined;
    if (trouble === 'drop-before') return void response.destroy();
    const mail = this.keep(JSON.parse(body) as Asked);
    if (trouble === 'drop-after') return void response.destroy();
    if (trouble === 'silent-after') return;
    response.writeHead(202, { 'x-message-id': mail.id }).end();
  }

  private refusal({ headers, method, url }: IncomingMessage): number | undefined {
    if (!this.apiKeys.map((key) => `Bearer ${key}`).includes(headers.authorization ?? '')) return 401;
    if (method !== 'POST' || url !== '/v3/mail/send') return 404;
    const { status, times } = this.fault;
    if (times <= 0) return undefined;
    this.fault = { status, times: times - 1 };
    return status;
  }

  private keep(asked: Asked): SendGridMail {
    const [first] = asked.personalizations;
    const mail: SendGridMail = {
      id: `mail-${this.ids++}`,
      to: first?.to[0]?.email ?? '',
      from: asked.from.email,
      replyTo: asked.reply_to?.email,
      subject: asked.subject,
      text: contentOf(asked, 'text/plain'),
      html: contentOf(asked, 'text/html'),
      messageId: asked.headers?.['Message-ID'] ?? '',
      customArgs: first?.custom_args ?? asked.custom_args ?? {},
      request: asked as unknown as Readonly<Record<string, unknown>>,
    };
    this.mails.push(mail);
    if (this.eventsUrl() !== '') this.tell(mail);
    return mail;
  }

  private tell(mail: SendGridMail): void {
    const told = this.events.map((event) => this.told(mail, typeof event === 'string' ? { event } : event));
    const posting = (async () => {
      for (const event of told) this.answers.push(await this.post([event]).catch(() => ({ status: 0, text: 'nobody answered' })));
    })();
    this.posting.add(posting);
    void posting.finally(() => this.posting.delete(posting));
  }

  private told(mail: SendGridMail, event: { readonly event: string }): object {
    return {
      email: mail.to,
      timestamp: this.now(),
      'smtp-id': mail.messageId,
      sg_message_id: `${mail.id}.filter`,
      sg_event_id: `${mail.id}-${event.event}`,
      ...mail.customArgs,
      ...event,
    };
  }
}

const contentOf = ({ content }: Asked, wanted: string): string => content.find(({ type }) => type === wanted)?.value ?? '';

/** With a signature that is right, or is not. */
export const postEvents = async (
  url: string,
  body: string,
  { timestamp, signature }: { readonly timestamp: string; readonly signature: string },
): Promise<PostedAnswer> =>
  answerOf(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signatureHeaders(timestamp, signature) },
      body,
    }),
  );

const signatureHeaders = (timestamp: string, signature: string) => ({
  'x-twilio-email-event-webhook-timestamp': timestamp,
  'x-twilio-email-event-webhook-signature': signature,
});

const answerOf = async (response: Response): Promise<PostedAnswer> => ({ status: response.status, text: await response.text() });
