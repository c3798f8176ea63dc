import type { Instant } from '@tocsin/domain';
import { AllowedTargets, Outgoing } from '@tocsin/platform';
import { failedCall } from '../call-result';
import type { CallResult } from '../call-result';
import { ChatBot } from '../chat-bot';
import type { ChatCall, ChatCallback, ChatPlace } from '../chat-bot';
import type { ShownAlert, ShownText } from '../shown-alert';
import { shortened } from '../shortened';
import { activityIn, placeIn, serviceUrlOf } from './activities';
import { cardOf, headlineOf } from './alert-card';
import { ConnectorTokens } from './connector-tokens';
import { TEAMS_PAGES_AT_ONCE } from './settings';
import { TeamsApi } from './teams-api';

export interface TeamsBotSettings {
  readonly appId: string;
  readonly appPassword: string;
  readonly tenantId: string;
  /** Without a slash at the end. */
  readonly loginBaseUrl: string;
  readonly jwksUrl: string;
  /** Origins of the Bot Connector. */
  readonly serviceUrls: readonly string[];
  readonly deadlineMs?: number;
  /** Keys that are not known are asked for at most so often. */
  readonly keysEveryMs?: number;
}

const LONGEST_TEXT = 4_000;
/** Keys come with their certificates. */
const MOST_BYTES = 1_048_576;

export class TeamsBot extends ChatBot {
  readonly provider = 'teams';
  readonly method = 'TEAMS';
  readonly pagesAtOnce = TEAMS_PAGES_AT_ONCE;
  private readonly api: TeamsApi;
  private readonly tokens: ConnectorTokens;
  private readonly origins: ReadonlySet<string>;

  constructor(private readonly settings: TeamsBotSettings) {
    super();
    const { appId, jwksUrl, loginBaseUrl, serviceUrls, deadlineMs, keysEveryMs = 30_000 } = settings;
    this.origins = new Set(serviceUrls.map((url) => new URL(url).origin));
    const allowed = AllowedTargets.from([...this.origins, new URL(loginBaseUrl).origin, new URL(jwksUrl).origin]);
    const outgoing = new Outgoing({ allowed, mostBytes: MOST_BYTES, ...(deadlineMs === undefined ? {} : { timeoutMs: deadlineMs }) });
    this.api = new TeamsApi({ ...settings, outgoing });
    this.tokens = new ConnectorTokens({ appId, jwksUrl, keysEveryMs, outgoing });
  }

  /** The token names the service that it was issued to: an activity that says another one could have us write, with ours, to anybody. */
  async isGenuine({ header, body }: ChatCallback, now: Instant): Promise<boolean> {
    const issuedFor = await this.tokens.serviceUrlIn(header('authorization'), now);
    return issuedFor !== undefined && this.isOurs(issuedFor) && withoutSlash(serviceUrlOf(body)) === withoutSlash(issuedFor);
  }

  read({ body }: ChatCallback): ChatCall {
    return activityIn(body, this.settings.tenantId);
  }

  async post(address: string, content: ShownAlert | ShownText): Promise<CallResult<ChatPlace>> {
    const url = this.urlOf(address);
    if (url === undefined) return elsewhere;
    const sent = await this.api.call('POST', url, activityOf(content));
    return sent.ok ? { ok: true, value: { address, messageId: String(sent.value['id'] ?? '') } } : sent;
  }

  async edit({ address, messageId }: ChatPlace, content: ShownAlert): Promise<CallResult<undefined>> {
    const url = this.urlOf(address);
    if (url === undefined) return elsewhere;
    const edited = await this.api.call('PUT', `${url}/${encodeURIComponent(messageId)}`, { ...activityOf(content), id: messageId });
    return edited.ok ? { ok: true, value: undefined } : edited;
  }

  /** A press was answered when it was taken; there is no second word. */
  async acknowledge(): Promise<CallResult<undefined>> {
    return failedCall('answered_before', { permanent: true });
  }

  async linkUrl(token: string): Promise<CallResult<string>> {
    const query = new URLSearchParams({ users: `28:${this.settings.appId}`, message: `link ${token}` });
    return { ok: true, value: `https://teams.microsoft.com/l/chat/0/0?${query.toString().replaceAll('+', '%20')}` };
  }

  private urlOf(address: string): string | undefined {
    const { serviceUrl, conversationId } = placeIn(address);
    if (!this.isOurs(serviceUrl) || conversationId === '') return undefined;
    return `${withoutSlash(serviceUrl)}/v3/conversations/${encodeURIComponent(conversationId)}/activities`;
  }

  private isOurs(url: string): boolean {
    return URL.canParse(url) && this.origins.has(new URL(url).origin);
  }
}

const elsewhere = failedCall('not_allowed_service_url', { permanent: true });

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

const activityOf = (content: ShownAlert | ShownText): Readonly<Record<string, unknown>> =>
  content.type === 'text'
    ? { type: 'message', text: shortened(content.text, LONGEST_TEXT), textFormat: 'plain' }
    : {
        type: 'message',
        summary: headlineOf(content),
        attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: cardOf(content) }],
      };
