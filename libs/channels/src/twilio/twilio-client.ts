import { retryAfterOf } from '@tocsin/platform';
import twilio from 'twilio';
import type { Twilio } from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient';
import RestException from 'twilio/lib/base/RestException';
import type Response from 'twilio/lib/http/response';

export interface TwilioAccount {
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
    const waits = retryAfterOf(response.statusCode, response.headers as Readonly<Record<string, unknown>>);
    // The SDK would say the same, and leave out for how long it is to be left alone.
    if (waits.retryAfterMs !== undefined) throw Object.assign(new RestException(response as never), waits);
    return response;
  }
}

export const twilioClient = ({ accountSid, authToken, baseUrl, timeoutMs = TIMEOUT_MS }: TwilioAccount): Twilio =>
  twilio(accountSid, authToken, { httpClient: new ClientAt(baseUrl, timeoutMs), accountSid });
