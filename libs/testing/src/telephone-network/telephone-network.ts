import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { callBack, signatureOf } from './call-back';
import type { CallBackAnswer, Form } from './call-back';
import { Telephone } from './telephone';
import type { ReceivedText, TextNetwork } from './telephone';

/** What the next requests are answered with instead of being done. */
export interface NetworkFault {
  readonly status: number;
  /** Twilio's own code of the error. */
  readonly code?: number;
  readonly times: number;
}

/** `drop-before` breaks the connection off and does nothing, `drop-after` does it first; a silent network says nothing more. */
export type NetworkTrouble = 'drop-before' | 'drop-after' | 'silent-before' | 'silent-after';

/** What becomes of a text, as its status call-backs tell, one after the other. */
export type Receipts = readonly (string | { readonly status: string; readonly code: number })[];

const ACCOUNT = 'AC00000000000000000000000000000001';

/**
 * A telephone network with the REST API of Twilio: takes texts for telephones that tests hold, tells what became of them by signed
 * call-backs, and passes on what is texted to the numbers that it has given out.
 */
export class TelephoneNetwork implements TextNetwork {
  /** Newest first: it signs with the first, and takes requests with any. */
  authTokens: readonly string[] = ['a-token-of-the-network'];
  /** What is posted to where a text asks for it. Twice the same is a doubled call-back, none a lost one. */
  receipts: Receipts = ['sent', 'delivered'];
  /** Before each answer. */
  delayMs = 0;
  /** Where texts to our numbers go, `<public url>/api/callbacks/twilio/sms`. */
  inboundUrl: () => string = () => '';
  /** Every request that came, in their order. */
  readonly requests: { readonly path: string; readonly form: Form }[] = [];
  /** What call-backs were answered. */
  readonly answers: CallBackAnswer[] = [];
  /** By the text's id, what was told of it last. */
  readonly told = new Map<string, string>();
  private readonly texts: (ReceivedText & { readonly to: string })[] = [];
  private readonly posting = new Set<Promise<void>>();
  private readonly sockets = new Set<Socket>();
  private fault: NetworkFault = { status: 0, times: 0 };
  private trouble: { readonly what: NetworkTrouble; readonly times: number } = { what: 'drop-before', times: 0 };
  private ids = 1;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async start(): Promise<TelephoneNetwork> {
    const server = createServer((request, response) => {
      network.take(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    const network = new TelephoneNetwork(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What tells the product to use it. */
  environment(...numbers: readonly string[]): Readonly<Record<string, string>> {
    return {
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: this.authTokens.join(','),
      TWILIO_FROM: numbers.join(','),
      TWILIO_API_BASE_URL: this.url,
    };
  }

  telephone(number: string): Telephone {
    return new Telephone(this, number);
  }

  textsTo(number: string): readonly ReceivedText[] {
    return this.texts.filter(({ to }) => to === number);
  }

  fail(fault: NetworkFault): void {
    this.fault = fault;
  }

  make(what: NetworkTrouble, times = 1): void {
    this.trouble = { what, times };
  }

  async sendText({ from, to, body, sid = this.nextId('SM') }: Parameters<TextNetwork['sendText']>[0]): Promise<CallBackAnswer> {
    const form = {
      MessageSid: sid,
      SmsMessageSid: sid,
      AccountSid: ACCOUNT,
      From: from,
      To: to,
      Body: body,
      NumMedia: '0',
      ApiVersion: '2010-04-01',
    };
    return this.post(this.inboundUrl(), form);
  }

  /** Signs and posts, as it does with everything that it tells. */
  async post(url: string, form: Form): Promise<CallBackAnswer> {
    return callBack(url, form, signatureOf(this.authTokens[0] ?? '', url, form));
  }

  /** Resolves when every call-back that was to be posted has been answered. */
  async settled(): Promise<void> {
    while (this.posting.size > 0) await Promise.all(this.posting);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = Object.fromEntries(new URLSearchParams(await readText(request)));
    const path = request.url ?? '/';
    this.requests.push({ path, form });
    if (this.delayMs > 0) await delay(this.delayMs);
    const refused = this.refusal(request, path);
    if (refused !== undefined) return answer(response, refused.status, { ...refused, message: `of ${form['To'] ?? ''}`, more_info: '' });
    if (this.troubled('before', response)) return;
    const resource = this.create(form);
    if (!this.troubled('after', response)) answer(response, 201, resource);
  }

  private refusal(request: IncomingMessage, path: string): { readonly status: number; readonly code?: number } | undefined {
    const known = this.authTokens.map((token) => `Basic ${Buffer.from(`${ACCOUNT}:${token}`).toString('base64')}`);
    if (!known.includes(request.headers.authorization ?? '')) return { status: 401, code: 20_003 };
    if (request.method !== 'POST' || path !== `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`) return { status: 404, code: 20_404 };
    const { status, code, times } = this.fault;
    if (times <= 0) return undefined;
    this.fault = { ...this.fault, times: times - 1 };
    return { status, ...(code === undefined ? {} : { code }) };
  }

  private troubled(when: 'before' | 'after', response: ServerResponse): boolean {
    const { what, times } = this.trouble;
    if (times <= 0 || !what.endsWith(when)) return false;
    this.trouble = { what, times: times - 1 };
    if (what.startsWith('drop')) response.destroy();
    return true;
  }

  private create(form: Form): object {
    const sid = this.nextId('SM');
    const { To: to = '', From: from = '', Body: body = '', StatusCallback: callbackUrl } = form;
    this.texts.push({ sid, to, from, text: body });
    if (callbackUrl !== undefined) this.tell(callbackUrl, { MessageSid: sid, AccountSid: ACCOUNT, To: to, From: from });
    return { sid, account_sid: ACCOUNT, to, from, body, status: 'queued', num_segments: '1', error_code: null };
  }

  private tell(url: string, about: Form): void {
    const { receipts } = this;
    const posting = (async () => {
      for (const receipt of receipts) {
        const { status, code } = typeof receipt === 'string' ? { status: receipt, code: undefined } : receipt;
        const form = { ...about, MessageStatus: status, SmsStatus: status, ...(code === undefined ? {} : { ErrorCode: String(code) }) };
        this.answers.push(await this.post(url, form).catch(() => ({ status: 0, text: 'nobody answered' })));
        this.told.set(about['MessageSid'] ?? '', status);
      }
    })();
    this.posting.add(posting);
    void posting.finally(() => this.posting.delete(posting));
  }

  private nextId(kind: 'SM'): string {
    return `${kind}${String(this.ids++).padStart(32, '0')}`;
  }
}

const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
