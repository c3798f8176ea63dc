import { performance } from 'node:perf_hooks';
import { OutgoingFault, OutgoingRefused, retryAfterOf } from '@tocsin/platform';
import type { Outgoing, OutgoingAnswer } from '@tocsin/platform';
import { failedCall } from '../call-result';
import type { CallFailed, CallResult } from '../call-result';
import { UNTIL_PUT_RIGHT } from '../http-outcome';

type Json = Readonly<Record<string, unknown>>;

export interface TeamsApiSettings {
  readonly appId: string;
  readonly appPassword: string;
  readonly tenantId: string;
  /** Without a slash at the end. */
  readonly loginBaseUrl: string;
  readonly outgoing: Outgoing;
}

/** Of the errors that say something about the person or the message; what else is said is for people. */
const known: Readonly<Record<string, Partial<CallFailed>>> = {
  MessageWritesBlocked: { isClosed: true },
  ConversationBlockedByUser: { isClosed: true },
  ForbiddenOperationException: { isClosed: true },
  BotNotInConversationRoster: { isClosed: true },
  ConversationNotFound: { isClosed: true },
  ActivityNotFoundInConversation: {},
  MessageSizeTooBig: {},
};

/** A token is asked for again a little before it ends. */
const EARLIER_MS = 60_000;

/** The Bot Connector's API, with a token of our own that is kept while it lasts. */
export class TeamsApi {
  private token: { readonly value: string; readonly until: number } | undefined;
  private asking: Promise<CallResult<string>> | undefined;

  constructor(private readonly settings: TeamsApiSettings) {}

  /** `url` is one that the bot may write to. */
  async call(method: 'POST' | 'PUT', url: string, body: Json): Promise<CallResult<Json>> {
    const first = await this.called(method, url, body);
    if (first.ok || first.reason !== 'http_401') return first;
    // The token may have ended early, or its secret was replaced: once more, with a new one.
    this.token = undefined;
    return this.called(method, url, body);
  }

  private async called(method: 'POST' | 'PUT', url: string, body: Json): Promise<CallResult<Json>> {
    const token = await this.bearer();
    if (!token.ok) return token;
    return this.send({
      url,
      method,
      headers: { authorization: `Bearer ${token.value}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** One request for all who wait for it. */
  private async bearer(): Promise<CallResult<string>> {
    if (this.token !== undefined && this.token.until > performance.now()) return { ok: true, value: this.token.value };
    this.asking ??= this.askForToken().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async askForToken(): Promise<CallResult<string>> {
    const { appId, appPassword, tenantId, loginBaseUrl } = this.settings;
    const form = {
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: appPassword,
      scope: 'https://api.botframework.com/.default',
    };
    const begun = performance.now();
    const answer = await this.send({
      url: `${loginBaseUrl}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    // Nothing was said to anybody yet: whatever became of this, no message is on its way.
    if (!answer.ok)
      return failedCall(`sign_in_${answer.reason}`, answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs });
    const { access_token: value, expires_in: seconds } = answer.value;
    if (typeof value !== 'string' || typeof seconds !== 'number') return failedCall('sign_in_no_token');
    this.token = { value, until: begun + seconds * 1_000 - EARLIER_MS };
    return { ok: true, value };
  }

  private async send(request: Parameters<Outgoing['send']>[0]): Promise<CallResult<Json>> {
    try {
      return resultOf(await this.settings.outgoing.send(request));
    } catch (error) {
      if (error instanceof OutgoingRefused) return failedCall(`not_called_${error.reason}`, { permanent: true });
      if (!(error instanceof OutgoingFault)) throw error;
      return failedCall(error.reason, { uncertain: error.mayHaveArrived });
    }
  }
}

const resultOf = ({ status, headers, body }: OutgoingAnswer): CallResult<Json> => {
  const answer = jsonIn(body);
  if (status >= 200 && status < 300) {
    // An edit may be answered with nothing.
    if (body.trim() === '') return { ok: true, value: {} };
    return answer === undefined ? failedCall('no_json', { uncertain: true }) : { ok: true, value: answer };
  }
  if (status >= 500) return failedCall(`http_${status}`, { uncertain: true });
  if (status === 429) return failedCall('limited', retryAfterOf(status, headers));
  // What is forbidden (403) is about the conversation.
  if (status === 401) return failedCall('http_401', UNTIL_PUT_RIGHT);
  const code = String((answer?.['error'] as Json | undefined)?.['code'] ?? '');
  const about = known[code];
  return failedCall(about === undefined ? `http_${status}` : code, { permanent: status !== 408 && status !== 412, ...about });
};

const jsonIn = (text: string): Json | undefined => {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
};
