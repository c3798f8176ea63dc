import { messageProblem, viewProblems } from './text-limits';
import type { SlackBlock, SlackChannel, SlackMessage, SlackPerson, SlackTeam } from './slack-team';

export type Arguments = Readonly<Record<string, unknown>>;
export type MethodAnswer = { readonly ok: true; readonly [field: string]: unknown } | Refused;
interface Refused {
  readonly ok: false;
  readonly error: string;
  readonly response_metadata?: { readonly messages: readonly string[] };
}

export interface MethodContext {
  readonly team: SlackTeam;
  /** Takes a trigger: it opens one dialog, within three seconds. */
  useTrigger(triggerId: string): { readonly userId: string } | 'unknown' | 'expired';
}

const refused = (error: string, messages?: readonly string[]): Refused => ({
  ok: false,
  error,
  ...(messages === undefined || messages.length === 0 ? {} : { response_metadata: { messages } }),
});

type Method = (context: MethodContext, given: Arguments) => MethodAnswer;

/** What the Web API does, method by method, as far as somebody who pages people asks for it. */
export const webApiMethods: Readonly<Record<string, Method>> = {
  'auth.test': ({ team }) => ({
    ok: true,
    team_id: team.id,
    team: 'Example',
    user_id: team.botUserId,
    bot_id: 'B000001',
    url: 'https://example.slack.com/',
  }),

  'chat.postMessage': ({ team }, given) => {
    const channel = writable(team, given['channel']);
    if ('ok' in channel) return channel;
    const problem = messageProblem(given, false);
    if (problem !== undefined) return refused(problem.error, problem.messages);
    const threadTs = given['thread_ts'];
    const message = team.post({
      channel: channel.id,
      text: textOf(given),
      blocks: blocksOf(given),
      ...(typeof threadTs === 'string' ? { threadTs } : {}),
      ...(given['metadata'] === undefined ? {} : { metadata: given['metadata'] as NonNullable<SlackMessage['metadata']> }),
    });
    return { ok: true, channel: channel.id, ts: message.ts, message: wire(message, team) };
  },

  'chat.update': ({ team }, given) => {
    const channel = writable(team, given['channel']);
    if ('ok' in channel) return channel;
    const problem = messageProblem(given, true);
    if (problem !== undefined) return refused(problem.error, problem.messages);
    const edited = team.edit(channel.id, String(given['ts']), { text: textOf(given), blocks: blocksOf(given) });
    return edited === undefined ? refused('message_not_found') : { ok: true, channel: channel.id, ts: edited.ts, text: edited.text };
  },

  'chat.postEphemeral': ({ team }, given) => {
    const channel = writable(team, given['channel']);
    if ('ok' in channel) return channel;
    const userId = String(given['user']);
    if (!team.people.has(userId)) return refused('user_not_in_channel');
    const problem = messageProblem(given, false);
    if (problem !== undefined) return refused(problem.error, problem.messages);
    const { ts } = team.post({ channel: channel.id, text: textOf(given), blocks: blocksOf(given), onlyTo: userId });
    return { ok: true, message_ts: ts };
  },

  'conversations.open': ({ team }, given) => {
    const [userId] = String(given['users']).split(',');
    if (userId === undefined || !team.people.has(userId)) return refused('user_not_found');
    const open = [...team.channels.values()].find(({ directWith }) => directWith === userId);
    return { ok: true, channel: { id: (open ?? team.addChannel('', { directWith: userId })).id } };
  },

  'conversations.create': ({ team }, given) => {
    const name = String(given['name'] ?? '');
    if (!/^[\p{Ll}\p{N}_-]{1,80}$/u.test(name)) return refused('invalid_name_specials');
    if ([...team.channels.values()].some((channel) => channel.name === name)) return refused('name_taken');
    const channel = team.addChannel(name, { isPrivate: String(given['is_private']) === 'true' });
    return { ok: true, channel: { id: channel.id, name } };
  },

  'conversations.setTopic': ({ team }, given) => {
    const channel = writable(team, given['channel']);
    if ('ok' in channel) return channel;
    const topic = String(given['topic']);
    if (topic.length > 250) return refused('too_long');
    team.change(channel.id, { topic });
    return { ok: true, channel: { id: channel.id, topic: { value: topic } } };
  },

  'conversations.archive': ({ team }, given) => {
    const channel = team.channels.get(String(given['channel']));
    if (channel === undefined) return refused('channel_not_found');
    if (channel.isArchived) return refused('already_archived');
    team.change(channel.id, { isArchived: true });
    return { ok: true };
  },

  'users.conversations': ({ team }, given) => {
    const most = Number(given['limit'] ?? 100);
    const from = Number(given['cursor'] ?? 0);
    const all = [...team.channels.values()].filter(
      ({ directWith, isArchived, members }) =>
        directWith === undefined && members.has(team.botUserId) && !(isArchived && String(given['exclude_archived']) === 'true'),
    );
    const channels = all
      .slice(from, from + most)
      .map(({ id, name, created, isPrivate }) => ({ id, name, created, is_private: isPrivate, creator: team.botUserId }));
    return { ok: true, channels, response_metadata: { next_cursor: from + most < all.length ? String(from + most) : '' } };
  },

  'conversations.invite': ({ team }, given) => {
    const channel = writable(team, given['channel']);
    if ('ok' in channel) return channel;
    const users = String(given['users']).split(',');
    if (users.some((id) => !team.people.has(id))) return refused('user_not_found');
    if (users.every((id) => channel.members.has(id))) return refused('already_in_channel');
    team.change(channel.id, { members: new Set([...channel.members, ...users]) });
    return { ok: true, channel: { id: channel.id } };
  },

  'conversations.history': ({ team }, given) => {
    const channel = writable(team, given['channel']);
    if ('ok' in channel) return channel;
    return { ok: true, messages: listed(team, given, (message) => message.threadTs === undefined) };
  },

  'conversations.replies': ({ team }, given) => {
    const channel = writable(team, given['channel']);
    if ('ok' in channel) return channel;
    const ts = String(given['ts']);
    return { ok: true, messages: listed(team, given, (message) => message.ts === ts || message.threadTs === ts) };
  },

  'users.info': ({ team }, given) => {
    const person = team.people.get(String(given['user']));
    return person === undefined ? refused('user_not_found') : { ok: true, user: profile(person) };
  },

  'users.lookupByEmail': ({ team }, given) => {
    const person = [...team.people.values()].find(({ email, isDeleted }) => email === given['email'] && !isDeleted);
    return person === undefined ? refused('users_not_found') : { ok: true, user: profile(person) };
  },

  'views.open': ({ team, useTrigger }, given) => {
    const trigger = useTrigger(String(given['trigger_id']));
    if (trigger === 'unknown') return refused('invalid_trigger_id');
    if (trigger === 'expired') return refused('expired_trigger_id');
    const view = given['view'] as Readonly<Record<string, unknown>>;
    const problems = viewProblems(view);
    if (problems.length > 0) return refused('invalid_arguments', problems);
    const id = team.nextId('V');
    team.views.push({ id, openedBy: trigger.userId, view });
    return { ok: true, view: { id, ...view } };
  },
};

const writable = (team: SlackTeam, id: unknown): SlackChannel | Refused => {
  const channel = team.channels.get(String(id));
  if (channel === undefined) return refused('channel_not_found');
  if (channel.isArchived) return refused('is_archived');
  return channel.members.has(team.botUserId) || !channel.isPrivate ? channel : refused('channel_not_found');
};

const textOf = (given: Arguments): string => (typeof given['text'] === 'string' ? given['text'] : '');
const blocksOf = (given: Arguments): readonly SlackBlock[] => (Array.isArray(given['blocks']) ? (given['blocks'] as SlackBlock[]) : []);

/** Newest first, from a time on, as far as anybody may read it. */
const listed = (team: SlackTeam, given: Arguments, isWanted: (message: SlackMessage) => boolean): readonly unknown[] => {
  const oldest = Number(given['oldest'] ?? 0);
  const withMetadata = String(given['include_all_metadata']) === 'true';
  return team.messages
    .filter(({ channel, onlyTo, ts }) => channel === given['channel'] && onlyTo === undefined && Number(ts) >= oldest)
    .filter(isWanted)
    .map((message) => wire(message, team, withMetadata))
    .reverse()
    .slice(0, Number(given['limit'] ?? 100));
};

const wire = ({ ts, threadTs, text, blocks, metadata }: SlackMessage, team: SlackTeam, withMetadata = true) => ({
  type: 'message',
  user: team.botUserId,
  ts,
  text,
  blocks,
  ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
  ...(withMetadata && metadata !== undefined ? { metadata } : {}),
});

const profile = ({ id, name, teamId, email, isEmailConfirmed, isBot, isGuest, isStranger, isDeleted }: SlackPerson) => ({
  id,
  team_id: teamId,
  name,
  real_name: name,
  deleted: isDeleted,
  is_bot: isBot,
  is_restricted: isGuest,
  is_ultra_restricted: false,
  is_stranger: isStranger,
  is_email_confirmed: isEmailConfirmed,
  profile: { real_name: name, display_name: name, ...(email === undefined ? {} : { email }) },
});
