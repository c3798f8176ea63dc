import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Call } from './call';
import type { CallNetwork, CallOrder } from './call';
import { callBack, signatureOf } from './call-back';
import type { CallBackAnswer, Form } from './call-back';
import { twilioOperator } from './operator';
import type { Operator } from './operator';
import { Telephone } from './telephone';
import type { ReceivedText, Subscriber, TelephoneLines } from './telephone';

/** What the next requests are answered with instead of being done. */
export interface NetworkFault {
  readonly status: number;
  /** Twilio's own code of the error. */
  readonly code?: number;
  /** In a list and as a text, as SignalWire has some of its own. */
  readonly isListed?: boolean;
  readonly times: number;
}

type Refusal = Omit<NetworkFault, 'times'>;

/** `drop-before` breaks the connection off and does nothing, `drop-after` does it first; a silent network says nothing more. */
export type NetworkTrouble = 'drop-before' | 'drop-after' | 'silent-before' | 'silent-after';

/** What becomes of a text, as its status call-backs tell, one after the other. */
export type Receipts = readonly (string | { readonly status: string; readonly code: number })[];

/**
 * A telephone network with the REST API of Twilio, that company's or another one's: takes texts and calls for telephones that tests
 * hold, tells what became of them by signed call-backs, does in a call what it is told to, and passes on texts and calls to the numbers
 * that it has given out.
 */
export class TelephoneNetwork implements TelephoneLines, CallNetwork {
  /** Newest first: it takes requests with any, and signs with the first unless it has a key for that. */
  authTokens: readonly string[];
  /** What is posted to where a text asks for it. Twice the same is a doubled call-back, none a lost one. */
  receipts: Receipts = ['sent', 'delivered'];
  /** Which statuses are told when a call has come to this one. Twice the same is a doubled call-back, none a lost one. */
  statuses: (ended: string) => readonly string[] = (ended) => [ended];
  /** Whether statuses of calls are kept back until `release`: they come late then. */
  isKeepingStatuses = false;
  /** Whether what a call is to do is asked twice each time, and the second answer counts. */
  isAskingTwice = false;
  /** Posts what calls and texts have to tell or ask as often as it takes; undefined: once, whether or not anybody is there. */
  insists: ((post: () => Promise<CallBackAnswer>) => Promise<CallBackAnswer>) | undefined;
  /** Before each answer. */
  delayMs = 0;
  /** Where texts to our numbers go, `<public url>/api/callbacks/<provider>/sms`. */
  inboundUrl: () => string = () => '';
  /** Who says what calls to our numbers are to do, `<public url>/api/callbacks/<provider>/voice`. */
  inboundCallUrl: () => string = () => '';
  /** Every call, the oldest first, with all that was said and done in it. */
  readonly calls: Call[] = [];
  /** Every request that came, in their order. */
  readonly requests: { readonly path: string; readonly form: Form }[] = [];
  readonly texts: (ReceivedText & { readonly to: string })[] = [];
  /** What call-backs were answered. */
  readonly answers: CallBackAnswer[] = [];
  /** By the text's id, what was told of it last. */
  readonly told = new Map<string, string>();
  private readonly subscribers = new Map<string, Subscriber>();
  private kept: (() => Promise<void>)[] = [];
  private readonly mistakes: unknown[] = [];
  private hasDoneAny = false;
  private readonly posting = new Set<Promise<unknown>>();
  private readonly sockets = new Set<Socket>();
  private fault: NetworkFault = { status: 0, times: 0 };
  private trouble: { readonly what: NetworkTrouble; readonly times: number } = { what: 'drop-before', times: 0 };
  private ids = 1;
  private readonly api: string;

  private constructor(
    private readonly server: Server,
    private readonly operator: Operator,
  ) {
    this.authTokens = [operator.authToken];
    this.api = `${operator.apiPath}/2010-04-01/Accounts/${operator.account}`;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async start(operator = twilioOperator): Promise<TelephoneNetwork> {
    const server = createServer((request, response) => {
      network.take(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    const network = new TelephoneNetwork(server, operator);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What tells the product to use it. */
  environment(...numbers: readonly string[]): Readonly<Record<string, string>> {
    return this.operator.environment({ url: this.url, tokens: this.authTokens, numbers: numbers.join(',') });
  }

  telephone(number: string): Telephone {
    return new Telephone(this, number);
  }

  textsTo(number: string): readonly ReceivedText[] {
    return this.texts.filter(({ to }) => to === number);
  }

  callsTo(number: string): readonly Call[] {
    return this.calls.filter(({ order }) => order.to === number);
  }

  whenCalled(number: string, does: Subscriber): void {
    this.subscribers.set(number, does);
  }

  fail(fault: NetworkFault): void {
    this.fault = fault;
  }

  make(what: NetworkTrouble, times = 1): void {
    this.trouble = { what, times };
  }

  async sendText({ from, to, body, sid = this.nextId('SM') }: Parameters<TelephoneLines['sendText']>[0]): Promise<CallBackAnswer> {
    const form = {
      MessageSid: sid,
      SmsMessageSid: sid,
      AccountSid: this.operator.account,
      From: from,
      To: to,
      Body: body,
      NumMedia: '0',
      ApiVersion: '2010-04-01',
    };
    return this.post(this.inboundUrl(), form);
  }

  /** Somebody calls one of our numbers, and is put through at once. */
  async call(from: string, to: string): Promise<Call> {
    const call = new Call(this, {
      ...{ sid: this.nextId('CA'), accountSid: this.operator.account, from, to },
      ...{ direction: 'inbound', url: this.inboundCallUrl(), ringSec: 0 },
    });
    this.calls.push(call);
    return call.pickUp();
  }

  async ask(url: string, form: Form): Promise<CallBackAnswer> {
    if (this.isAskingTwice) await this.posted(url, form);
    return this.posted(url, form);
  }

  async tellStatus(call: Call): Promise<void> {
    const url = call.order.statusCallback;
    if (url === undefined) return;
    const forms = this.statuses(call.status).map((status, order) =>
      call.form({ CallStatus: status, CallDuration: '12', SequenceNumber: String(order), CallbackSource: 'call-progress-events' }),
    );
    const tell = async (): Promise<void> => {
      for (const form of forms) this.answers.push(await this.posted(url, form));
    };
    if (this.isKeepingStatuses) this.kept.push(tell);
    else await tell();
  }

  /** Tells the statuses that were kept back, the newest first. */
  async release(): Promise<void> {
    const { kept } = this;
    this.kept = [];
    for (const tell of kept.toReversed()) await tell();
  }

  /** Signs and posts, as it does with everything that it tells. */
  async post(url: string, form: Form): Promise<CallBackAnswer> {
    const { signingKey, signatureHeader } = this.operator;
    return callBack(url, form, signatureOf(signingKey ?? this.authTokens[0] ?? '', url, form), signatureHeader);
  }

  /**
   * Resolves when every call-back that was to be posted has been answered: with whether there was any since it was last asked.
   * @throws what a subscriber did that cannot be done
   */
  async settled(): Promise<boolean> {
    while (this.posting.size > 0) await Promise.all(this.posting);
    const [mistake] = this.mistakes.splice(0);
    if (mistake !== undefined) throw mistake;
    const didAny = this.hasDoneAny;
    this.hasDoneAny = false;
    return didAny;
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
    if (refused !== undefined) return refuse(response, refused, `of ${form['To'] ?? ''}`);
    if (this.troubled('before', response)) return;
    const changed = this.callAt(path);
    if (changed !== undefined) return this.takeBack(changed, form, response);
    const isCall = path === `${this.api}/Calls.json`;
    const mistake = isCall ? mistakeIn(form, this.operator) : undefined;
    if (mistake !== undefined) return answer(response, 400, { status: 400, ...mistake, more_info: '' });
    const call = isCall ? this.newCall(form) : undefined;
    const resource = call === undefined ? this.create(form) : resourceOf(call);
    const isLost = this.troubled('after', response);
    // It rings after that is said, as everywhere.
    const isSaid = isLost ? Promise.resolve() : new Promise<void>((resolve) => response.once('finish', resolve).once('close', resolve));
    if (call !== undefined) this.track(isSaid.then(() => this.subscribers.get(call.order.to)?.(call)));
    if (!isLost) answer(response, 201, resource);
  }

  private refusal(request: IncomingMessage, path: string): Refusal | undefined {
    const known = this.authTokens.map((token) => `Basic ${Buffer.from(`${this.operator.account}:${token}`).toString('base64')}`);
    if (!known.includes(request.headers.authorization ?? '')) return { status: 401, code: 20_003 };
    const isKnown = [`${this.api}/Messages.json`, `${this.api}/Calls.json`].includes(path) || this.callAt(path) !== undefined;
    if (request.method !== 'POST' || !isKnown) return { status: 404, code: 20_404 };
    const { times, ...refusal } = this.fault;
    if (times <= 0) return undefined;
    this.fault = { ...this.fault, times: times - 1 };
    return refusal;
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
    if (callbackUrl !== undefined) this.tell(callbackUrl, { MessageSid: sid, AccountSid: this.operator.account, To: to, From: from });
    return { sid, account_sid: this.operator.account, to, from, body, status: 'queued', num_segments: '1', error_code: null };
  }

  private newCall(form: Form): Call {
    const call = new Call(this, { ...orderOf(form), sid: this.nextId('CA'), accountSid: this.operator.account });
    this.calls.push(call);
    return call;
  }

  private callAt(path: string): Call | undefined {
    return this.calls.find(({ order }) => path === `${this.api}/Calls/${order.sid}.json`);
  }

  /** Only while it rings: whoever is on the telephone stays there. */
  private takeBack(call: Call, { Status: status }: Form, response: ServerResponse): void {
    if (status !== 'canceled' || call.status !== 'ringing')
      return answer(response, 400, { status: 400, code: 21_220, message: 'Call is not in-progress. Cannot redirect.', more_info: '' });
    this.track(call.endWith('canceled'));
    answer(response, 200, resourceOf(call));
  }

  private tell(url: string, about: Form): void {
    const { receipts } = this;
    const posting = async (): Promise<void> => {
      for (const receipt of receipts) {
        const { status, code } = typeof receipt === 'string' ? { status: receipt, code: undefined } : receipt;
        const form = { ...about, MessageStatus: status, SmsStatus: status, ...(code === undefined ? {} : { ErrorCode: String(code) }) };
        this.answers.push(await this.posted(url, form));
        this.told.set(about['MessageSid'] ?? '', status);
      }
    };
    this.track(posting());
  }

  /** Whoever is not there is not told, unless it insists. */
  private async posted(url: string, form: Form): Promise<CallBackAnswer> {
    const post = (): Promise<CallBackAnswer> => this.post(url, form);
    return this.insists?.(post) ?? post().catch(() => ({ status: 0, text: 'nobody answered', contentType: '' }));
  }

  /** Until it is done, the network has not settled. */
  private track(work: Promise<unknown>): void {
    const done = work.catch((error: unknown) => this.mistakes.push(error)).finally(() => this.posting.delete(done));
    this.posting.add(done);
    this.hasDoneAny = true;
  }

  private nextId(kind: 'SM' | 'CA'): string {
    return this.operator.idOf(kind, this.ids++);
  }
}

const answer = (response: ServerResponse, status: number, body: object): void => {
  const later = status === 429 ? { 'retry-after': '7' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...later }).end(JSON.stringify(body));
};

const refuse = (response: ServerResponse, { status, code, isListed = false }: Refusal, message: string): void =>
  answer(
    response,
    status,
    isListed
      ? { errors: [{ code: String(code), message, more_info: '' }] }
      : { status, ...(code === undefined ? {} : { code }), message, more_info: '' },
  );

/** What the API has to say against a call. */
const mistakeIn = (form: Form, { callParameters }: Operator): { readonly code: number; readonly message: string } | undefined => {
  const { To: to = '', From: from = '', Url: url = '' } = form;
  const unknown = Object.keys(form).find((name) => callParameters?.includes(name) === false);
  if (unknown !== undefined) return { code: 90_000, message: `The supplied parameter ${unknown} is unsupported.` };
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return { code: 21_211, message: `The phone number you are attempting to call, ${to}, is not valid.` };
  if (!/^\+[1-9]\d{6,14}$/.test(from)) return { code: 21_212, message: `The From number ${from} is not valid.` };
  return URL.canParse(url) ? undefined : { code: 21_205, message: `Url is not a valid URL: ${url}` };
};

const orderOf = ({
  To: to = '',
  From: from = '',
  Url: url = '',
  StatusCallback: statusCallback,
  MachineDetection: detection,
  Timeout: timeout = '60',
}: Form): Omit<CallOrder, 'sid' | 'accountSid'> => ({
  ...{ from, to, url, direction: 'outbound-api', ringSec: Number(timeout) },
  ...(statusCallback === undefined ? {} : { statusCallback }),
  ...(detection === 'Enable' || detection === 'DetectMessageEnd' ? { machineDetection: detection } : {}),
});

const resourceOf = ({ order: { sid, accountSid, to, from, direction } }: Call): object => ({
  ...{ sid, account_sid: accountSid, to, from, direction },
  status: 'queued',
});
