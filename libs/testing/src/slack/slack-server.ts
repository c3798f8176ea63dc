import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse as parseForm } from 'node:querystring';
import { bodyOf } from '../body-of';
import { CallRates, usualRates } from './call-rates';
import type { SlackRates } from './call-rates';
import { messageProblem, optionProblems } from './text-limits';
import { SlackTeam } from './slack-team';
import type { SlackBlock, SlackChannel, SlackMessage, SlackPerson, SlackView } from './slack-team';
import { webApiMethods } from './web-api-methods';
import type { Arguments, MethodAnswer } from './web-api-methods';

export interface SlackOptions {
  readonly signingSecret?: string;
  readonly botToken?: string;
  /** By its clock messages are dated and calls counted; milliseconds. */
  readonly now?: () => number;
  readonly rates?: SlackRates;
}

/** What happens to the next calls of a method. `lose-answer`: it is done, and nobody hears so. `garbled`: a proxy answers in its place. */
export interface SlackFault {
  readonly method: string;
  readonly what: 'limited' | 'broken' | 'silent' | 'garbled' | 'lose-answer' | { readonly error: string };
  readonly times: number;
}

export interface SlackCall {
  readonly method: string;
  readonly given: Arguments;
  /** What it was answered: `ok`, or the error. */
  readonly outcome: string;
}

export interface CalledBack {
  readonly status: number;
  readonly body: string;
}

/** A request as Slack would send it, ready to be sent once, again, late or with something wrong about it. */
export interface SignedCall {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const TRIGGER_VALID_MS = 3_000;
const ANSWERS_PER_URL = 5;
const RETRY_AFTER_SEC = 2;

/** Somebody else's Slack: the Web API on a port of its own, and what people do in it, sent to the app as signed requests. */
export class SlackServer {
  readonly team: SlackTeam;
  readonly calls: SlackCall[] = [];
  readonly botToken: string;
  readonly signingSecret: string;
  private readonly now: () => number;
  private readonly rates: CallRates;
  private readonly triggers = new Map<string, { readonly userId: string; readonly at: number }>();
  private readonly answerUrls = new Map<string, { readonly channel: string; readonly userId: string; left: number }>();
  private readonly codes = new Set<string>();
  private readonly tokens: Set<string>;
  private faults: readonly SlackFault[] = [];
  private appUrlOf: (path: string) => string = (path) => path;
  private readonly server: Server;

  private constructor({
    signingSecret = 'slack-signing-secret',
    botToken = 'xoxb-by-hand',
    now = Date.now,
    rates = usualRates,
  }: SlackOptions) {
    this.signingSecret = signingSecret;
    this.botToken = botToken;
    this.now = now;
    this.rates = new CallRates(rates, now);
    this.tokens = new Set([botToken]);
    this.team = new SlackTeam('T0EXAMPLE', 'U0BOT', now);
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
  }

  static async start(options: SlackOptions = {}): Promise<SlackServer> {
    const slack = new SlackServer(options);
    await new Promise<void>((resolve) => slack.server.listen(0, '127.0.0.1', resolve));
    return slack;
  }

  /** Again changes nothing. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What turns Slack on in the product. */
  get settings(): Readonly<Record<string, string>> {
    return { SLACK_API_BASE_URL: this.url, SLACK_SIGNING_SECRET: this.signingSecret, SLACK_BOT_TOKEN: this.botToken };
  }

  /** Where the app answers a path. */
  callsBack(appUrlOf: (path: string) => string): void {
    this.appUrlOf = appUrlOf;
  }

  fault(fault: SlackFault): void {
    this.faults = [...this.faults, fault];
  }

  /** Nothing that was to happen to calls happens any more. */
  mend(): void {
    this.faults = [];
  }

  /** What stands in a channel, oldest first, threads apart. */
  channel({ id }: SlackChannel): readonly SlackMessage[] {
    return this.team.messages.filter(({ channel, threadTs, onlyTo }) => channel === id && threadTs === undefined && onlyTo === undefined);
  }

  thread({ channel, ts }: SlackMessage): readonly string[] {
    return this.team.messages.filter((message) => message.channel === channel && message.threadTs === ts).map(({ text }) => text);
  }

  /** What only this person saw, oldest first. */
  whispers({ id }: SlackPerson): readonly string[] {
    return this.team.messages.filter(({ onlyTo }) => onlyTo === id).map(({ text }) => text);
  }

  /** The direct messages that this person got from the app. */
  direct({ id }: SlackPerson): readonly SlackMessage[] {
    const conversation = [...this.team.channels.values()].find(({ directWith }) => directWith === id);
    return conversation === undefined ? [] : this.channel(conversation);
  }

  /** The dialog this person was shown last. */
  dialog({ id }: SlackPerson): SlackView {
    const view = this.team.views.findLast(({ openedBy }) => openedBy === id);
    if (view === undefined) throw new Error('no dialog was opened');
    return view;
  }

  command(person: SlackPerson, channel: SlackChannel, command: string, text = ''): SignedCall {
    return this.signed('/api/callbacks/slack/commands', {
      token: 'deprecated',
      team_id: person.teamId,
      channel_id: channel.id,
      channel_name: channel.name,
      user_id: person.id,
      command,
      text,
      response_url: this.answerUrl(channel.id, person.id),
      trigger_id: this.trigger(person.id),
    });
  }

  /** Presses the button with this action below a message. */
  press(person: SlackPerson, message: SlackMessage, actionId: string): SignedCall {
    const current = this.team.find(message.channel, message.ts) ?? message;
    const block = current.blocks.find((one) => elementsOf(one).some((element) => element['action_id'] === actionId));
    const element = block === undefined ? undefined : elementsOf(block).find((one) => one['action_id'] === actionId);
    if (element === undefined) throw new Error(`the message has no button ${actionId}`);
    return this.interaction(person, {
      type: 'block_actions',
      container: { type: 'message', message_ts: message.ts, channel_id: message.channel },
      channel: { id: message.channel, name: this.team.channels.get(message.channel)?.name },
      message: { ts: message.ts },
      response_url: this.answerUrl(message.channel, person.id),
      trigger_id: this.trigger(person.id),
      actions: [{ ...element, block_id: block?.['block_id'], action_ts: this.team.nextTs() }],
    });
  }

  /** Sends a dialog off with what stands in its inputs, by block and action. */
  submit(person: SlackPerson, { id, view }: SlackView, values: Readonly<Record<string, Readonly<Record<string, unknown>>>>): SignedCall {
    return this.interaction(person, {
      type: 'view_submission',
      trigger_id: this.trigger(person.id),
      view: { id, ...view, state: { values } },
    });
  }

  /** Types into a select that asks the app for its choices. */
  async suggestions(
    person: SlackPerson,
    { id, view }: SlackView,
    blockId: string,
    actionId: string,
    typed: string,
  ): Promise<readonly { readonly text: { readonly text: string }; readonly value: string }[]> {
    const call = this.interaction(person, {
      type: 'block_suggestion',
      view: { id, ...view },
      block_id: blockId,
      action_id: actionId,
      value: typed,
    });
    const { body } = await this.send(call);
    const { options } = JSON.parse(body) as { options: readonly { text: { text: string }; value: string }[] };
    const problems = optionProblems(options, 'options');
    if (problems.length > 0) throw new Error(problems.join('; '));
    return options;
  }

  event(event: Readonly<Record<string, unknown>>, about: Readonly<Record<string, unknown>> = {}): SignedCall {
    const body = {
      type: 'event_callback',
      team_id: this.team.id,
      event_id: this.team.nextId('Ev'),
      event_time: Math.floor(this.now() / 1_000),
      event,
      ...about,
    };
    return this.signedBody('/api/callbacks/slack/events', JSON.stringify(body), 'application/json');
  }

  async send({ path, body, headers }: SignedCall): Promise<CalledBack> {
    const response = await fetch(this.appUrlOf(path), { method: 'POST', body, headers });
    return { status: response.status, body: await response.text() };
  }

  /** Signs anew, by another clock or with another secret. */
  signedBody(path: string, body: string, contentType: string, { secret = this.signingSecret, at = this.now() } = {}): SignedCall {
    const timestamp = String(Math.floor(at / 1_000));
    const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    return {
      path,
      body,
      headers: { 'content-type': contentType, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${signature}` },
    };
  }

  /** Agrees to the installation that the app's link asks for; Slack sends the browser back with a code. */
  agree(authorizeUrl: string): string {
    const asked = new URL(authorizeUrl);
    const back = new URL(asked.searchParams.get('redirect_uri') ?? '');
    const code = this.team.nextId('code-');
    this.codes.add(code);
    back.searchParams.set('code', code);
    back.searchParams.set('state', asked.searchParams.get('state') ?? '');
    return back.href;
  }

  revoke(token: string): void {
    this.tokens.delete(token);
  }

  private interaction(person: SlackPerson, about: Readonly<Record<string, unknown>>): SignedCall {
    const payload = { team: { id: person.teamId }, user: { id: person.id, team_id: person.teamId }, ...about };
    return this.signed('/api/callbacks/slack/interactivity', { payload: JSON.stringify(payload) });
  }

  private signed(path: string, form: Readonly<Record<string, string>>): SignedCall {
    return this.signedBody(path, new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded');
  }

  private trigger(userId: string): string {
    const id = this.team.nextId('trigger.');
    this.triggers.set(id, { userId, at: this.now() });
    return id;
  }

  private answerUrl(channel: string, userId: string): string {
    const id = this.team.nextId('answer');
    this.answerUrls.set(id, { channel, userId, left: ANSWERS_PER_URL });
    return `${this.url}/commands/${id}`;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const path = (request.url ?? '').replace(/\?.*$/, '');
    if (path.startsWith('/commands/')) return this.answered(path.slice('/commands/'.length), body, response);
    const method = path.replace(/^\/api\//, '');
    const given = argumentsIn(body);
    const fault = this.faultFor(method);
    if (fault?.what === 'silent') return;
    if (fault?.what === 'garbled') return void response.end('<html>');
    if (fault?.what === 'broken') return send(response, 500, { ok: false, error: 'internal_error' });
    if (fault?.what === 'limited') return this.limited(response, method, given, RETRY_AFTER_SEC);
    if (typeof fault?.what === 'object') {
      this.calls.push({ method, given, outcome: fault.what.error });
      return send(response, 200, { ok: false, error: fault.what.error });
    }
    const answer = this.answer(method, given, request.headers.authorization);
    if (typeof answer === 'number') return this.limited(response, method, given, answer);
    this.calls.push({ method, given, outcome: answer.ok ? 'ok' : answer.error });
    if (fault?.what === 'lose-answer') {
      response.destroy();
      return;
    }
    send(response, 200, answer);
  }

  private answer(method: string, given: Arguments, authorization: string | undefined): number | MethodAnswer {
    if (method === 'oauth.v2.access') return this.access(given);
    const token = authorization?.replace(/^Bearer /, '') ?? given['token'];
    if (typeof token !== 'string' || !this.tokens.has(token)) return { ok: false, error: 'invalid_auth' };
    const perform = webApiMethods[method];
    if (perform === undefined) return { ok: false, error: 'unknown_method' };
    const waitSec = this.rates.take(method, typeof given['channel'] === 'string' ? given['channel'] : undefined);
    return waitSec > 0 ? waitSec : perform({ team: this.team, useTrigger: (id) => this.useTrigger(id) }, given);
  }

  private limited(response: ServerResponse, method: string, given: Arguments, waitSec: number): void {
    this.calls.push({ method, given, outcome: 'ratelimited' });
    response.setHeader('retry-after', String(waitSec));
    send(response, 429, { ok: false, error: 'ratelimited' });
  }

  /** A code is good for one exchange. */
  private access(given: Arguments): MethodAnswer {
    if (!this.codes.delete(String(given['code']))) return { ok: false, error: 'invalid_code' };
    const token = this.team.nextId('xoxb-');
    this.tokens.add(token);
    return {
      ok: true,
      access_token: token,
      token_type: 'bot',
      bot_user_id: this.team.botUserId,
      team: { id: this.team.id, name: 'Example' },
    };
  }

  private answered(id: string, body: string, response: ServerResponse): void {
    const url = this.answerUrls.get(id);
    if (url === undefined || url.left <= 0) return send(response, 404, { ok: false, error: 'expired_url' });
    const given = JSON.parse(body) as { readonly text?: string; readonly blocks?: SlackBlock[] };
    const problem = messageProblem(given, false);
    if (problem !== undefined) return send(response, 400, { ok: false, ...problem });
    url.left -= 1;
    this.team.post({ channel: url.channel, text: given.text ?? '', blocks: given.blocks ?? [], onlyTo: url.userId });
    send(response, 200, { ok: true });
  }

  private useTrigger(id: string): { readonly userId: string } | 'unknown' | 'expired' {
    const trigger = this.triggers.get(id);
    this.triggers.delete(id);
    if (trigger === undefined) return 'unknown';
    return this.now() - trigger.at > TRIGGER_VALID_MS ? 'expired' : trigger;
  }

  private faultFor(method: string): SlackFault | undefined {
    const index = this.faults.findIndex((fault) => fault.method === method && fault.times > 0);
    const fault = this.faults[index];
    if (fault !== undefined) this.faults = this.faults.with(index, { ...fault, times: fault.times - 1 });
    return fault;
  }
}

const elementsOf = (block: SlackBlock): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(block['elements']) ? (block['elements'] as readonly Readonly<Record<string, unknown>>[]) : [];

/** The form that the Web API takes: what is no text in it is JSON. */
const argumentsIn = (body: string): Arguments =>
  Object.fromEntries(
    Object.entries(parseForm(body)).map(([name, value]) => {
      const text = String(value);
      const isJson = ['blocks', 'view', 'metadata'].includes(name);
      return [name, isJson ? (JSON.parse(text) as unknown) : text];
    }),
  );

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
};
