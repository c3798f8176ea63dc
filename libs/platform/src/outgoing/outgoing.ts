import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import { AllowedTargets, hostOf } from './allowed-targets';
import { KeptConnections } from './kept-connections';
import type { OfChecked } from './kept-connections';

/** Why a URL is not called, whatever its server would say. */
export type OutgoingRefusal = 'malformed' | 'scheme' | 'plain-http' | 'port' | 'address' | 'redirects' | 'elsewhere';

const refusals: Readonly<Record<OutgoingRefusal, string>> = {
  malformed: 'must be an absolute URL',
  scheme: 'must start with https://',
  'plain-http': 'must start with https://; plain HTTP is possible where TOCSIN_OUTGOING_ALLOW says so',
  port: 'must use port 443, 80 or 8443, or one that TOCSIN_OUTGOING_ALLOW names',
  address: 'leads to an address that is not public; TOCSIN_OUTGOING_ALLOW can name hosts and networks of your own',
  redirects: 'leads on to another place too often',
  elsewhere: 'leads on to another server, which what is sent is not meant for; give the URL that it leads to',
};

/** The rules say no: asking again changes nothing until the settings or the host's addresses do. */
export class OutgoingRefused extends Error {
  constructor(readonly reason: OutgoingRefusal) {
    super(refusals[reason]);
    this.name = 'OutgoingRefused';
  }
}

export type OutgoingFaultReason = 'unresolved' | 'unreachable' | 'certificate' | 'timeout' | 'connection-lost';

/** Nobody answered. `mayHaveArrived`: the request, or some of it, was on its way. */
export class OutgoingFault extends Error {
  readonly retriable = true;

  constructor(
    readonly reason: OutgoingFaultReason,
    readonly mayHaveArrived: boolean,
    options?: ErrorOptions,
  ) {
    super(`outgoing request: ${reason}`, options);
    this.name = 'OutgoingFault';
  }
}

export interface OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** There was more than is read of an answer. */
  readonly isCut: boolean;
}

export interface OutgoingOptions {
  readonly allowed?: AllowedTargets;
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  readonly timeoutMs?: number;
  readonly mostBytes?: number;
  /** Whether the answer is looked for where a server says that it is; otherwise its saying so is the answer. */
  readonly follows?: boolean;
}

/** A URL that was looked at, and the addresses that were found and allowed. */
interface Checked {
  readonly url: URL;
  readonly plain: boolean;
  readonly addresses: readonly LookupAddress[];
}

const TIMEOUT_MS = 5_000;
const MOST_BYTES = 65_536;
const MOST_REDIRECTS = 3;
/** These ask for the same request again at another place; after the others a POST would have become a GET. */
const SAME_AGAIN: readonly number[] = [307, 308];
const ASKED_ELSEWHERE: readonly number[] = [301, 302, 303];
/** What goes along to another place; everything else may hold a secret that is meant for the first one. */
const HARMLESS: readonly string[] = ['accept', 'content-type', 'user-agent'];

/**
 * Every request to a URL that somebody outside may choose goes through here. The URL is parsed once; every address of its host
 * is checked, and the connection is made to one that was: what the name means a moment later does not matter. Each redirect is
 * checked like the first URL. What is sent, and what says who sends it, goes to the server that it is meant for and to no other.
 */
export class Outgoing {
  private readonly allowed: AllowedTargets;
  private readonly connections = new KeptConnections();
  private readonly resolve: (host: string) => Promise<readonly LookupAddress[]>;
  private readonly timeoutMs: number;
  private readonly mostBytes: number;
  private readonly follows: boolean;

  constructor({ allowed, resolve, timeoutMs, mostBytes, follows }: OutgoingOptions = {}) {
    this.allowed = allowed ?? AllowedTargets.from([]);
    this.resolve = resolve ?? ((host) => lookup(host, { all: true }));
    this.timeoutMs = timeoutMs ?? TIMEOUT_MS;
    this.mostBytes = mostBytes ?? MOST_BYTES;
    this.follows = follows ?? true;
  }

  /** Whether it may be called as its host's addresses are now. @throws OutgoingRefused; OutgoingFault `unresolved`, `timeout` when that cannot be said */
  async check(url: string): Promise<void> {
    await this.checked(url, AbortSignal.timeout(this.timeoutMs));
  }

  /** The answer, whatever its status; all of it within the time-out. @throws OutgoingRefused, OutgoingFault */
  async send(request: OutgoingRequest): Promise<OutgoingAnswer> {
    const deadline = AbortSignal.timeout(this.timeoutMs);
    const { method, body } = request;
    let { url, headers = {} } = request;
    for (let redirects = 0; ; redirects++) {
      const target = await this.checked(url, deadline);
      const answer = await this.exchange(target, { url, method, headers, ...(body === undefined ? {} : { body }) }, deadline);
      const { location } = answer.headers;
      const isAskedElsewhere = ASKED_ELSEWHERE.includes(answer.status) && (method === 'GET' || method === 'HEAD');
      if (!this.follows || location === undefined || !(SAME_AGAIN.includes(answer.status) || isAskedElsewhere)) return answer;
      if (redirects === MOST_REDIRECTS) throw new OutgoingRefused('redirects');
      if (!URL.canParse(location, target.url.href)) throw new OutgoingRefused('malformed');
      const next = new URL(location, target.url);
      if (next.origin !== target.url.origin) {
        if (body !== undefined) throw new OutgoingRefused('elsewhere');
        headers = Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.includes(name.toLowerCase())));
      }
      url = next.href;
    }
  }

  private async checked(text: string, deadline: AbortSignal): Promise<Checked> {
    if (!URL.canParse(text)) throw new OutgoingRefused('malformed');
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new OutgoingRefused('scheme');
    const plain = url.protocol === 'http:';
    const host = hostOf(url);
    const port = url.port === '' ? (plain ? 80 : 443) : Number(url.port);
    const refused = this.allowed.refusesAnyAddress({ plain, host, port });
    if (refused !== undefined) throw new OutgoingRefused(refused);
    const addresses = await this.addressesOf(host, deadline);
    for (const { address } of addresses) {
      const reason = this.allowed.refuses({ plain, host, port, address });
      if (reason !== undefined) throw new OutgoingRefused(reason);
    }
    return { url, plain, addresses };
  }

  private async addressesOf(host: string, deadline: AbortSignal): Promise<readonly LookupAddress[]> {
    const family = isIP(host);
    if (family !== 0) return [{ address: host, family }];
    let addresses: readonly LookupAddress[];
    try {
      addresses = await Promise.race([this.resolve(host), over(deadline)]);
    } catch (error) {
      throw new OutgoingFault(deadline.aborted ? 'timeout' : 'unresolved', false, { cause: error });
    }
    if (addresses.length === 0) throw new OutgoingFault('unresolved', false);
    return addresses;
  }

  private exchange({ url, plain, addresses }: Checked, { method, headers = {}, body }: OutgoingRequest, deadline: AbortSignal) {
    return new Promise<OutgoingAnswer>((resolve, reject) => {
      const options: RequestOptions & OfChecked = {
        method,
        headers: { 'user-agent': 'Tocsin', ...headers, ...lengthOf(body) },
        agent: this.connections.for(url),
        checked: addresses,
        signal: deadline,
        lookup: (_host, { all }, found) => {
          const [first] = addresses;
          if (all === true) found(null, [...addresses]);
          else found(null, first?.address ?? '', first?.family);
        },
      };
      let isConnected = false;
      const fail = (error: unknown): void => {
        if (request.reusedSocket && !deadline.aborted) this.connections.wasLost(url);
        reject(faultOf(error, { isConnected, isOver: deadline.aborted }));
      };
      const request = (plain ? requestPlain : requestSecure)(url, options, (response) => {
        this.read(response).then(resolve, fail);
      });
      request.once('socket', (socket) => {
        isConnected = request.reusedSocket;
        if (!isConnected) socket.once(plain ? 'connect' : 'secureConnect', () => (isConnected = true));
      });
      // More than one may come, and one that nobody takes ends the process.
      request.on('error', fail);
      request.end(body);
    });
  }

  private async read(response: IncomingMessage): Promise<OutgoingAnswer> {
    const { statusCode: status = 0, headers } = response;
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, this.mostBytes - bytes));
      bytes += chunk.length;
      // Leaving the loop ends the connection.
      if (bytes > this.mostBytes) break;
    }
    return { status, headers, body: Buffer.concat(chunks).toString(), isCut: bytes > this.mostBytes };
  }
}

const lengthOf = (body: string | Buffer | undefined): OutgoingHttpHeaders =>
  body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };

const over = (deadline: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const end = (): void => reject(new Error('time-out'));
    if (deadline.aborted) end();
    else deadline.addEventListener('abort', end, { once: true });
  });

const faultOf = (error: unknown, { isConnected, isOver }: { readonly isConnected: boolean; readonly isOver: boolean }): OutgoingFault => {
  const options = { cause: error };
  if (isOver) return new OutgoingFault('timeout', isConnected, options);
  if (isConnected) return new OutgoingFault('connection-lost', true, options);
  const { code = '' } = error as { readonly code?: string };
  return new OutgoingFault(/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code) ? 'certificate' : 'unreachable', false, options);
};
