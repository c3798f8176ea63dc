import twilio from 'twilio';
import type { Twilio } from 'twilio';
import RequestClient from 'twilio/lib/base/RequestClient';
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
    super({ timeout, keepAlive: true });
    this.axios.defaults.maxContentLength = LONGEST_ANSWER;
    this.axios.defaults.maxRedirects = 0;
  }

  override request<TData>(options: RequestClient.RequestOptions<TData>): Promise<Response<TData>> {
    const { pathname, search } = new URL(options.uri);
    return super.request({ ...options, uri: `${this.baseUrl}${pathname}${search}` });
  }
}

export const twilioClient = ({ accountSid, authToken, baseUrl, timeoutMs = TIMEOUT_MS }: TwilioAccount): Twilio =>
  twilio(accountSid, authToken, { httpClient: new ClientAt(baseUrl, timeoutMs), accountSid });
