import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from '../body-of';
import { newConnectorKey, signedToken } from './connector-keys';
import type { ConnectorKey } from './connector-keys';

/** Somebody in a tenant, with a conversation of their own with the bot. */
export interface TeamsPerson {
  readonly id: string;
  readonly name: string;
  readonly conversationId: string;
  readonly tenantId: string;
}

export interface TeamsMessage {
  readonly conversationId: string;
  readonly id: string;
  readonly text?: string;
  readonly summary?: string;
  readonly card?: Readonly<Record<string, unknown>>;
  readonly edits: number;
}

/** What happens to the next calls of a kind. `lose-answer`: it is done, and nobody hears so. `garbled`: a proxy answers in its place. */
export interface TeamsFault {
  readonly call: 'sign-in' | 'keys' | 'post' | 'edit';
  readonly what: 'limited' | 'broken' | 'silent' | 'garbled' | 'lose-answer' | 'unauthorized';
  readonly times: number;
}

/** An activity as the Bot Connector would send it, ready to be sent once, again, late or with something wrong about it. */
export interface TeamsActivity {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TeamsOptions {
  /** By its clock tokens are issued; milliseconds. */
  readonly now?: () => number;
}

type Json = Readonly<Record<string, unknown>>;
type Answered = { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };

const PATH = '/api/callbacks/teams';
const RETRY_AFTER_SEC = 30;
const LONGEST_MESSAGE = 28_672;
const VALID_SEC = 3_600;

const failed = (status: number, code: string): Answered => ({ status, body: { error: { code, message: `about ${code}` } } });

/** Somebody else's Microsoft Teams: sign-in, published keys and the Bot Connector on one port, and what people do in their chats with the bot. */
export class TeamsServer {
  readonly appId = '11111111-2222-3333-4444-555555555555';
  readonly appPassword = 'secret~of.the-app';
  readonly tenantId = '99999999-8888-7777-6666-555555555555';
  readonly messages: TeamsMessage[] = [];
  /** As they were before anything was edited. */
  readonly posted: TeamsMessage[] = [];
  /** What the bot asked for, and how it was answered. */
  readonly calls: { readonly call: TeamsFault['call']; readonly status: number }[] = [];
  key: ConnectorKey = newConnectorKey();
  private published: readonly ConnectorKey[] = [this.key];
  private readonly blocked = new Set<string>();
  private readonly removed = new Set<string>();
  private readonly conversations = new Set<string>();
  private readonly tokens = new Set<string>();
  private faults: readonly TeamsFault[] = [];
  private appUrlOf: (path: string) => string = (path) => path;
  private counted = 0;
  private readonly now: () => number;
  private readonly server: Server;

  private constructor({ now = Date.now }: TeamsOptions) {
    this.now = now;
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
  }

  static async start(options: TeamsOptions = {}): Promise<TeamsServer> {
    const teams = new TeamsServer(options);
    await new Promise<void>((resolve) => teams.server.listen(0, '127.0.0.1', resolve));
    return teams;
  }

  /** Again changes nothing. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A region's, as activities name it. */
  get serviceUrl(): string {
    return `${this.url}/emea/`;
  }

  get jwksUrl(): string {
    return `${this.url}/v1/.well-known/keys`;
  }

  /** What turns Teams on in the product. */
  get settings(): Readonly<Record<string, string>> {
    return {
      TEAMS_APP_ID: this.appId,
      TEAMS_APP_PASSWORD: this.appPassword,
      TEAMS_TENANT_ID: this.tenantId,
      TEAMS_LOGIN_BASE_URL: this.url,
      TEAMS_JWKS_URL: this.jwksUrl,
      TEAMS_SERVICE_URLS: this.url,
    };
  }

  /** Where the app answers a path. */
  callsBack(appUrlOf: (path: string) => string): void {
    this.appUrlOf = appUrlOf;
  }

  fault(fault: TeamsFault): void {
    this.faults = [...this.faults, fault];
  }

  /** From now on with another key; the one before is published for a while still, unless it is withdrawn. */
  rotateKey({
    withdraw = false,
    endorsements = ['msteams'],
  }: { readonly withdraw?: boolean; readonly endorsements?: readonly string[] } = {}): void {
    this.key = newConnectorKey(endorsements);
    this.published = withdraw ? [this.key] : [...this.published, this.key];
  }

  /** Every token that was given out ends. */
  endTokens(): void {
    this.tokens.clear();
  }

  addPerson(name: string, tenantId: string = this.tenantId): TeamsPerson {
    const person = { id: `29:${name}-${this.next()}`, name, conversationId: `a:conversation-${this.next()}`, tenantId };
    this.conversations.add(person.conversationId);
    return person;
  }

  /** What the bot wrote to this person, as it stands there now, oldest first. */
  chat({ conversationId }: TeamsPerson): readonly TeamsMessage[] {
    return this.messages.filter((message) => message.conversationId === conversationId);
  }

  /** Opens a link to the bot and sends off what it has typed. */
  open(person: TeamsPerson, link: string): TeamsActivity {
    const url = new URL(link);
    if (url.origin !== 'https://teams.microsoft.com' || url.searchParams.get('users') !== `28:${this.appId}`)
      throw new Error(`no link to the bot: ${link}`);
    return this.say(person, url.searchParams.get('message') ?? '');
  }

  say(person: TeamsPerson, text: string): TeamsActivity {
    return this.activity(person, { type: 'message', text, textFormat: 'plain' });
  }

  /** Presses the button with this title on a card, as it stands there now or as it once did. */
  press(person: TeamsPerson, message: TeamsMessage, title: string): TeamsActivity {
    return this.pressData(person, message, this.dataOf(message, title));
  }

  /** What a changed client can send, too. */
  pressData(person: TeamsPerson, { id }: TeamsMessage, data: unknown): TeamsActivity {
    const value = { action: { type: 'Action.Execute', verb: 'any', data }, trigger: 'manual' };
    return this.activity(person, { type: 'invoke', name: 'adaptiveCard/action', value, replyToId: id });
  }

  /** As a client does that knows no Action.Execute. */
  submit(person: TeamsPerson, message: TeamsMessage, title: string): TeamsActivity {
    return this.activity(person, { type: 'message', value: this.dataOf(message, title), replyToId: message.id });
  }

  block(person: TeamsPerson): void {
    this.blocked.add(person.conversationId);
  }

  /** Removes the app. */
  remove(person: TeamsPerson): TeamsActivity {
    this.removed.add(person.conversationId);
    return this.activity(person, { type: 'installationUpdate', action: 'remove' });
  }

  install(person: TeamsPerson): TeamsActivity {
    this.removed.delete(person.conversationId);
    this.blocked.delete(person.conversationId);
    return this.activity(person, { type: 'installationUpdate', action: 'add' });
  }

  async send({ body, headers }: TeamsActivity): Promise<{ readonly status: number; readonly body: string }> {
    const response = await fetch(this.appUrlOf(PATH), { method: 'POST', body, headers });
    return { status: response.status, body: await response.text() };
  }

  activity(person: TeamsPerson, about: Json): TeamsActivity {
    const activity = {
      id: `f:${this.next()}`,
      timestamp: new Date(this.now()).toISOString(),
      serviceUrl: this.serviceUrl,
      channelId: 'msteams',
      from: { id: person.id, name: person.name, aadObjectId: `aad-${person.name}` },
      conversation: { id: person.conversationId, conversationType: 'personal', tenantId: person.tenantId },
      recipient: { id: `28:${this.appId}`, name: 'Tocsin' },
      channelData: { tenant: { id: person.tenantId } },
      locale: 'en-GB',
      ...about,
    };
    return { body: JSON.stringify(activity), headers: this.signedHeaders() };
  }

  /** With another key, other claims or another header. */
  signedHeaders(
    claims: Json = {},
    { key = this.key, header = {} }: { readonly key?: ConnectorKey; readonly header?: Json } = {},
  ): Readonly<Record<string, string>> {
    const issuedAt = Math.floor(this.now() / 1_000);
    const usual = {
      iss: 'https://api.botframework.com',
      aud: this.appId,
      nbf: issuedAt,
      exp: issuedAt + VALID_SEC,
      serviceurl: this.serviceUrl,
    };
    return { 'content-type': 'application/json', authorization: `Bearer ${signedToken(key, { ...usual, ...claims }, header)}` };
  }

  private dataOf({ card }: TeamsMessage, title: string): unknown {
    const actions = (card?.['actions'] ?? []) as readonly Json[];
    const action = actions.find((each) => each['title'] === title);
    if (action === undefined) throw new Error(`the card has no button ${title}`);
    return action['data'];
  }

  private next(): number {
    return (this.counted += 1);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const path = request.url ?? '';
    const call =
      path === '/v1/.well-known/keys'
        ? 'keys'
        : path.endsWith('/oauth2/v2.0/token')
          ? 'sign-in'
          : request.method === 'PUT'
            ? 'edit'
            : 'post';
    const fault = this.faultFor(call);
    if (fault?.what === 'silent') return;
    const answer = this.faulty(fault?.what) ?? this.answer(call, path, body, request.headers.authorization);
    this.calls.push({ call, status: answer.status });
    if (fault?.what === 'lose-answer') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }

  private faulty(what: TeamsFault['what'] | undefined): Answered | undefined {
    switch (what) {
      case 'garbled':
        return { status: 200, body: '<html>' };
      case 'broken':
        return failed(502, 'BadGateway');
      case 'unauthorized':
        return failed(401, 'Unauthorized');
      case 'limited':
        return { ...failed(429, 'TooManyRequests'), headers: { 'retry-after': String(RETRY_AFTER_SEC) } };
      default:
        return undefined;
    }
  }

  private answer(call: TeamsFault['call'], path: string, body: string, authorization: string | undefined): Answered {
    if (call === 'keys') return { status: 200, body: { keys: this.published.map(({ published }) => published) } };
    if (call === 'sign-in') return this.signIn(path, new URLSearchParams(body));
    if (!this.tokens.has((authorization ?? '').replace(/^Bearer /, ''))) return failed(401, 'Unauthorized');
    if (Buffer.byteLength(body) > LONGEST_MESSAGE) return failed(413, 'MessageSizeTooBig');
    const [, conversation = '', activity] = /^\/emea\/v3\/conversations\/([^/]+)\/activities(?:\/([^/]+))?$/.exec(path) ?? [];
    const conversationId = decodeURIComponent(conversation);
    if (!this.conversations.has(conversationId)) return failed(404, 'ConversationNotFound');
    if (this.blocked.has(conversationId)) return failed(403, 'MessageWritesBlocked');
    if (this.removed.has(conversationId)) return failed(403, 'BotNotInConversationRoster');
    const written = messageIn(JSON.parse(body) as Json);
    if (activity === undefined) {
      const id = `${1_700_000_000_000 + this.next()}`;
      const message = { ...written, conversationId, id, edits: 0 };
      this.messages.push(message);
      this.posted.push(message);
      return { status: 201, body: { id } };
    }
    const index = this.messages.findIndex(({ id }) => id === decodeURIComponent(activity));
    const before = this.messages[index];
    if (before === undefined) return failed(404, 'ActivityNotFoundInConversation');
    this.messages[index] = { ...written, conversationId, id: before.id, edits: before.edits + 1 };
    return { status: 200, body: { id: before.id } };
  }

  private signIn(path: string, form: URLSearchParams): Answered {
    const isOurs =
      path === `/${this.tenantId}/oauth2/v2.0/token` &&
      form.get('client_id') === this.appId &&
      form.get('client_secret') === this.appPassword &&
      form.get('grant_type') === 'client_credentials' &&
      form.get('scope') === 'https://api.botframework.com/.default';
    if (!isOurs) return { status: 401, body: { error: 'invalid_client' } };
    const token = `token-${this.next()}`;
    this.tokens.add(token);
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3_599, access_token: token } };
  }

  private faultFor(call: TeamsFault['call']): TeamsFault | undefined {
    const index = this.faults.findIndex((fault) => fault.call === call && fault.times > 0);
    const fault = this.faults[index];
    if (fault !== undefined) this.faults = this.faults.with(index, { ...fault, times: fault.times - 1 });
    return fault;
  }
}

const messageIn = (activity: Json): Pick<TeamsMessage, 'text' | 'summary' | 'card'> => {
  const [attachment] = (activity['attachments'] ?? []) as readonly { readonly content?: Json }[];
  return {
    ...(typeof activity['text'] === 'string' ? { text: activity['text'] } : {}),
    ...(typeof activity['summary'] === 'string' ? { summary: activity['summary'] } : {}),
    ...(attachment?.content === undefined ? {} : { card: attachment.content }),
  };
};
