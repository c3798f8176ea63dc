import { retryAfterOf } from '@tocsin/platform';
import { Twilio } from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient';
import RestException from 'twilio/lib/base/RestException';
import type Response from 'twilio/lib/http/response';

export interface TwilioCredentials {
  readonly accountSid: string;
  readonly authToken: string;
  readonly baseUrl: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER = 262_144;

/** The SDK changes the host's name only; a private cloud or a test double has another address altogether. */
class ClientAt extends RequestClient {
  constructor(
    private readonly baseUrl: string,
    timeout: number,
  ) {
    // How many messages are under way is said by their budget; what waited here would not be known to wait.
    super({ timeout, keepAlive: true, maxSockets: Infinity, maxTotalSockets: Infinity });
    this.axios.defaults.maxContentLength = LONGEST_ANSWER;
    this.axios.defaults.maxRedirects = 0;
  }

  override async request<TData>(options: RequestClient.RequestOptions<TData>): Promise<Response<TData>> {
    const { pathname, search } = new URL(options.uri);
    const response = await super.request<TData>({ ...options, uri: `${this.baseUrl}${pathname}${search}` });
    if (response.statusCode < 400) return response;
    const code = listedCode(response.body);
    const said = {
      ...retryAfterOf(response.statusCode, response.headers as Readonly<Record<string, unknown>>),
      ...(code === undefined ? {} : { code }),
    };
    // The SDK would say the same, and leave out for how long it is to be left alone, and a code that is not where Twilio's are.
    if (Object.keys(said).length > 0) throw Object.assign(new RestException(response as never), said);
    return response;
  }
}

/** SignalWire has some of its errors in a list, and their codes as texts: `{"errors":[{"code":"30010"}]}`. */
const listedCode = (body: unknown): number | undefined => {
  const errors = (body as { readonly errors?: unknown } | null | undefined)?.errors;
  const code = Array.isArray(errors) ? Number((errors[0] as { readonly code?: unknown } | undefined)?.code) : Number.NaN;
  return Number.isSafeInteger(code) && code > 0 ? code : undefined;
};

/** Twilio's own accounts begin with AC, and the SDK refuses all others. */
class AnyAccount extends Twilio {
  override setAccountSid(accountSid = ''): void {
    this.accountSid = accountSid;
  }
}

export const twilioClient = ({ accountSid, authToken, baseUrl, timeoutMs = TIMEOUT_MS }: TwilioCredentials): Twilio =>
  new AnyAccount(accountSid, authToken, { httpClient: new ClientAt(baseUrl, timeoutMs), accountSid });
