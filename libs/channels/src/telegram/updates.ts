import type { AlertId } from '@tocsin/domain';
import type { ChatRequest, ChatSender } from '../chat-bot';

type Json = Readonly<Record<string, unknown>>;

const OTHER: ChatRequest = { type: 'other' };

/** What an update asks for. Telegram adds fields and kinds as it likes: what is not known is for nobody here. */
export const updateIn = (body: string): { readonly id: string; readonly request: ChatRequest } => {
  const update = jsonIn(body);
  return { id: String(update['update_id'] ?? ''), request: requestIn(update) };
};

const requestIn = (update: Json): ChatRequest => {
  if (update['callback_query'] !== undefined) return pressed(object(update['callback_query']));
  if (update['message'] !== undefined) return written(object(update['message']));
  if (update['my_chat_member'] !== undefined) return membership(object(update['my_chat_member']));
  return OTHER;
};

const pressed = (query: Json): ChatRequest => {
  const message = object(query['message']);
  const by = senderIn(query['from'], message['chat']);
  const messageId = numberIn(message['message_id']);
  const press = query['id'];
  const [, purpose, alert, round, pass, level] = ANSWER.exec(String(query['data'])) ?? [];
  const alertId = numberIn(Number(alert));
  if (by === undefined || messageId === undefined || typeof press !== 'string' || alertId === undefined) return OTHER;
  const asked = {
    type: 'answer',
    ...{ by, press, alertId: alertId as AlertId },
    place: { address: by.address, messageId: String(messageId) },
  } as const;
  if (purpose === 'accept' || purpose === 'resolve') return { ...asked, purpose };
  if (level === undefined) return OTHER;
  return { ...asked, purpose: 'escalate', step: { round: Number(round), pass: Number(pass), level: Number(level) } };
};

/** Of a button, as `message-form.ts` writes it. A client may send anything for it: it asks for no more than its sender may do. */
const ANSWER = /^(accept|resolve|escalate) (\d{1,16})(?: (\d{1,9}) (\d{1,9}) (\d{1,9}))?$/;

const written = (message: Json): ChatRequest => {
  const by = senderIn(message['from'], message['chat']);
  if (by === undefined) return OTHER;
  const [, token] = /^\/start ([\w-]{1,64})$/.exec(String(message['text'] ?? '').trim()) ?? [];
  return token === undefined ? { type: 'typed', by } : { type: 'link', by, token };
};

const membership = (change: Json): ChatRequest => {
  const by = senderIn(change['from'], change['chat']);
  if (by === undefined) return OTHER;
  switch (object(change['new_chat_member'])['status']) {
    case 'kicked':
      return { type: 'closed', by };
    case 'member':
      return { type: 'opened', by };
    default:
      return OTHER;
  }
};

/** Who it is in a chat of their own with the bot: what is done in groups, others see, and it is for nobody here. */
const senderIn = (from: unknown, chat: unknown): ChatSender | undefined => {
  const { id, is_bot: isBot } = object(from);
  const { id: address, type } = object(chat);
  if (numberIn(id) === undefined || numberIn(address) === undefined || isBot === true || type !== 'private') return undefined;
  return { id: String(id), address: String(address) };
};

const numberIn = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? (value as number) : undefined);

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const jsonIn = (text: string): Json => {
  try {
    return object(JSON.parse(text));
  } catch {
    return {};
  }
};
