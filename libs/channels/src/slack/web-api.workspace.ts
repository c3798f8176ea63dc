import { LogLevel, WebClient } from '@slack/web-api';
import type { Instant, SlackProfile } from '@tocsin/domain';
import { AllowedTargets, Outgoing, OutgoingFault, OutgoingRefused } from '@tocsin/platform';
import { SlackWorkspace } from '../slack-workspace';
import type {
  SlackCallback,
  SlackChoice,
  SlackContent,
  SlackDialog,
  SlackInstallation,
  SlackMessagePlace,
  SlackRequest,
  SlackResult,
} from '../slack-workspace';
import { boundedFetch } from './bounded-fetch';
import { rendered, renderedPlainly } from './alert-blocks';
import type { RenderedContent } from './alert-blocks';
import { dialogView, options } from './dialogs';
import { escaped, MOST } from './limits';
import { requestIn } from './requests';
import { failureOf, isRefusedForItsForm } from './results';
import { isSignedBySlack } from './signature';

export interface WebApiSettings {
  /** `https://slack.com`, without a slash at the end. */
  readonly baseUrl: string;
  readonly signingSecrets: readonly string[];
  /** Of the bot, as it is now: an installation brings one while we run. */
  token(): string | undefined;
  /** To be installed with; without it a token is set up by hand. */
  readonly client?: { readonly id: string; readonly secret: string };
  readonly deadlineMs?: number;
  /** Of calls that somebody waits for who is given three seconds. */
  readonly quickDeadlineMs?: number;
}

const SCOPES = [
  ...['chat:write', 'chat:write.public', 'commands', 'im:write', 'users:read', 'users:read.email'],
  ...['channels:history', 'groups:history', 'im:history', 'channels:manage', 'groups:write', 'channels:read', 'groups:read'],
];
const EVENT_TYPE = 'tocsin_message';
const LOOKED_THROUGH = 200;
const MOST_PAGES = 10;
/** Slack's clock and ours need not agree to the second. */
const CLOCKS_APART_SEC = 60;

export class WebApiWorkspace extends SlackWorkspace {
  private readonly clients = new Map<string, WebClient>();
  /** For addresses that came with a request. */
  private readonly outgoing: Outgoing;

  constructor(private readonly settings: WebApiSettings) {
    super();
    const allowed = AllowedTargets.from([new URL(settings.baseUrl).origin]);
    this.outgoing = new Outgoing({ allowed, timeoutMs: this.deadlineMs, follows: false });
  }

  isSigned(callback: SlackCallback, now: Instant): boolean {
    return isSignedBySlack(callback, this.settings.signingSecrets, now);
  }

  read(callback: SlackCallback): SlackRequest {
    return requestIn(callback);
  }

  suggestions(choices: readonly SlackChoice[]): unknown {
    return { options: options(choices) };
  }

  told(text: string): unknown {
    return { response_type: 'ephemeral', text: escaped(text, MOST.text) };
  }

  async team() {
    return this.call(async (client) => {
      const { team_id: teamId = '', user_id: botUserId = '' } = await client.auth.test();
      return { teamId, botUserId };
    });
  }

  async post({
    channelId,
    threadTs,
    content,
    key,
    lookSince,
  }: Parameters<SlackWorkspace['post']>[0]): Promise<SlackResult<SlackMessagePlace>> {
    if (lookSince !== undefined) {
      const found = await this.posted(channelId, threadTs, key, lookSince);
      // Only where Slack will never show us what stands there is it said again on the off chance.
      if (found.ok ? found.value !== undefined : !isNeverSaid(found)) return found as SlackResult<SlackMessagePlace>;
    }
    const metadata = { event_type: EVENT_TYPE, event_payload: { key } };
    return this.inSomeForm(content, ({ text, blocks }) =>
      this.call(async (client) => {
        const { ts = '', channel = channelId } = await client.chat.postMessage({
          channel: channelId,
          text,
          metadata,
          unfurl_links: false,
          unfurl_media: false,
          ...(blocks === undefined ? {} : { blocks: blocks as never }),
          ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
        });
        return { channelId: channel, ts };
      }),
    );
  }

  async direct(userId: string): Promise<SlackResult<string>> {
    return this.call(async (client) => (await client.conversations.open({ users: userId })).channel?.id ?? '');
  }

  async edit({ channelId, ts }: SlackMessagePlace, content: SlackContent): Promise<SlackResult<SlackMessagePlace>> {
    return this.inSomeForm(content, ({ text, blocks }) =>
      this.call(async (client) => {
        await client.chat.update({ channel: channelId, ts, text, blocks: (blocks ?? []) as never });
        return { channelId, ts };
      }),
    );
  }

  async createChannel({ name, isPrivate, lookSince }: Parameters<SlackWorkspace['createChannel']>[0]): Promise<SlackResult<string>> {
    const look = () => (lookSince === undefined ? undefined : this.ownChannel(name, lookSince));
    const found = await look();
    if (found?.ok === true && found.value !== undefined) return { ok: true, value: found.value };
    // Only where Slack will never say which channels there are it is tried on the off chance.
    if (found?.ok === false && !isNeverSaid(found)) return found;
    const created = await this.call(
      async (client) => (await client.conversations.create({ name, is_private: isPrivate })).channel?.id ?? '',
    );
    if (created.ok || created.reason !== 'name_taken') return created;
    // Whoever made it a moment ago may have been an attempt of ours that was still on its way.
    const late = await look();
    if (late?.ok === true && late.value !== undefined) return { ok: true, value: late.value };
    return late?.ok === false && !isNeverSaid(late) ? late : created;
  }

  async describeChannel(channelId: string, topic: string): Promise<SlackResult<undefined>> {
    return this.call(async (client) => {
      await client.conversations.setTopic({ channel: channelId, topic: escaped(topic, MOST.topic) });
      return undefined;
    });
  }

  async invite(channelId: string, userId: string): Promise<SlackResult<undefined>> {
    const invited = await this.call(async (client) => {
      await client.conversations.invite({ channel: channelId, users: userId });
      return undefined;
    });
    return doneAlready(invited, ['already_in_channel', 'user_in_channel']);
  }

  async archiveChannel(channelId: string): Promise<SlackResult<undefined>> {
    const archived = await this.call(async (client) => {
      await client.conversations.archive({ channel: channelId });
      return undefined;
    });
    return doneAlready(archived, ['already_archived']);
  }

  async answer(answerUrl: string, text: string): Promise<SlackResult<undefined>> {
    if (!this.isAnswerUrl(answerUrl)) return { ok: false, reason: 'invalid_answer_url', permanent: true, uncertain: false };
    try {
      const { status } = await this.outgoing.send({
        url: answerUrl,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text: escaped(text, MOST.text) }),
      });
      if (status >= 200 && status < 300) return { ok: true, value: undefined };
      return { ok: false, reason: `http_${status}`, permanent: status < 500 && status !== 429, uncertain: false };
    } catch (error) {
      if (error instanceof OutgoingRefused) return { ok: false, reason: error.reason, permanent: true, uncertain: false };
      if (!(error instanceof OutgoingFault)) throw error;
      return { ok: false, reason: error.reason, permanent: false, uncertain: error.mayHaveArrived };
    }
  }

  async openDialog(triggerId: string, dialog: SlackDialog): Promise<SlackResult<undefined>> {
    return this.call(async (client) => {
      await client.views.open({ trigger_id: triggerId, view: dialogView(dialog) as never });
      return undefined;
    }, true);
  }

  async profile(userId: string): Promise<SlackResult<SlackProfile>> {
    return this.call(async (client) => {
      const { user = {} } = await client.users.info({ user: userId });
      const { team_id: teamId = '', profile = {}, real_name: realName } = user;
      const about = user as typeof user & { readonly is_stranger?: boolean };
      const isOutsider = [user.deleted, user.is_bot, user.is_restricted, user.is_ultra_restricted, about.is_stranger].includes(true);
      return {
        teamId,
        userId,
        name: profile.display_name || realName || user.name || userId,
        ...(profile.email === undefined ? {} : { email: profile.email }),
        isEmailConfirmed: user.is_email_confirmed === true,
        isOutsider,
      };
    }, true);
  }

  installUrl({ state, redirectUrl }: { readonly state: string; readonly redirectUrl: string }): string | undefined {
    const { client, baseUrl } = this.settings;
    if (client === undefined) return undefined;
    const url = new URL(`${baseUrl}/oauth/v2/authorize`);
    url.search = new URLSearchParams({ client_id: client.id, scope: SCOPES.join(','), redirect_uri: redirectUrl, state }).toString();
    return url.href;
  }

  async install({ code, redirectUrl }: { readonly code: string; readonly redirectUrl: string }): Promise<SlackResult<SlackInstallation>> {
    const { client } = this.settings;
    if (client === undefined) return { ok: false, reason: 'not_set_up', permanent: true, uncertain: false };
    return answered(async () => {
      const {
        access_token: botToken = '',
        team,
        bot_user_id: botUserId = '',
      } = await this.client('').oauth.v2.access({
        client_id: client.id,
        client_secret: client.secret,
        code,
        redirect_uri: redirectUrl,
      });
      return { teamId: team?.id ?? '', name: team?.name ?? '', botUserId, botToken };
    });
  }

  private get deadlineMs(): number {
    return this.settings.deadlineMs ?? 10_000;
  }

  /** Where the message with this key stands already, if it does. */
  private async posted(
    channelId: string,
    threadTs: string | undefined,
    key: string,
    since: Instant,
  ): Promise<SlackResult<SlackMessagePlace | undefined>> {
    const about = {
      channel: channelId,
      oldest: String(Math.max(0, Math.floor(since / 1_000) - CLOCKS_APART_SEC)),
      limit: LOOKED_THROUGH,
      include_all_metadata: true,
    };
    return this.call(async (client) => {
      const { messages = [] } =
        threadTs === undefined ? await client.conversations.history(about) : await client.conversations.replies({ ...about, ts: threadTs });
      const mine = messages.find(({ metadata }) => (metadata?.event_payload as { readonly key?: unknown } | undefined)?.key === key);
      return mine?.ts === undefined ? undefined : { channelId, ts: mine.ts };
    });
  }

  /** The id of our channel of this name, if there is one. The bot is in few of a workspace's channels. */
  private async ownChannel(name: string, since: Instant): Promise<SlackResult<string | undefined>> {
    const oldest = Math.floor(since / 1_000) - CLOCKS_APART_SEC;
    return this.call(async (client) => {
      let cursor = '';
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const { channels = [], response_metadata: next } = await client.users.conversations({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: LOOKED_THROUGH,
          ...(cursor === '' ? {} : { cursor }),
        });
        const own = channels.find((channel) => channel.name === name && (channel.created ?? 0) >= oldest);
        if (own?.id !== undefined) return own.id;
        cursor = next?.next_cursor ?? '';
        if (cursor === '') break;
      }
      return undefined;
    });
  }

  /** A message whose form Slack does not take after all goes out as one line of text. */
  private async inSomeForm<Value>(
    content: SlackContent,
    send: (content: RenderedContent) => Promise<SlackResult<Value>>,
  ): Promise<SlackResult<Value>> {
    const result = await send(rendered(content));
    return !result.ok && isRefusedForItsForm(result) ? send(renderedPlainly(content)) : result;
  }

  private async call<Value>(work: (client: WebClient) => Promise<Value>, isQuick = false): Promise<SlackResult<Value>> {
    const token = this.settings.token();
    if (token === undefined) return { ok: false, reason: 'not_installed', permanent: false, uncertain: false };
    return answered(() => work(this.client(token, isQuick)));
  }

  private client(token: string, isQuick = false): WebClient {
    const name = `${isQuick ? 'quick' : 'usual'} ${token}`;
    const known = this.clients.get(name);
    if (known !== undefined) return known;
    // A token that was replaced is not asked with again.
    if (this.clients.size > 4) this.clients.clear();
    const client = new WebClient(token === '' ? undefined : token, {
      slackApiUrl: `${this.settings.baseUrl}/api/`,
      allowAbsoluteUrls: false,
      fetch: boundedFetch,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      // Else a page waits here for a hundred edits that Slack is slow with.
      maxRequestConcurrency: Infinity,
      timeout: isQuick ? (this.settings.quickDeadlineMs ?? 1_200) : this.deadlineMs,
      logger: silent,
    });
    this.clients.set(name, client);
    return client;
  }

  private isAnswerUrl(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { origin, protocol, hostname } = new URL(url);
    return origin === new URL(this.settings.baseUrl).origin || (protocol === 'https:' && hostname === 'hooks.slack.com');
  }
}

type Failed = Extract<SlackResult<never>, { ok: false }>;

/** Asked again it would not be answered either. */
const isNeverSaid = ({ reason, permanent }: Failed): boolean => permanent || reason === 'missing_scope';

const doneAlready = (result: SlackResult<undefined>, reasons: readonly string[]): SlackResult<undefined> =>
  !result.ok && reasons.includes(result.reason) ? { ok: true, value: undefined } : result;

const answered = async <Value>(work: () => Promise<Value>): Promise<SlackResult<Value>> => {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return failureOf(error);
  }
};

/** It would write what was asked and answered, names and texts among it. */
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};
