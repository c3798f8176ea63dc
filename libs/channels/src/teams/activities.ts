import { createHash } from 'node:crypto';
import type { AlertId } from '@tocsin/domain';
import type { ChatCall, ChatRequest, ChatSender } from '../chat-bot';

type Json = Readonly<Record<string, unknown>>;

const OTHER: ChatRequest = { type: 'other' };

/** Where a conversation is, as one text; neither part has a blank. */
export const addressOf = (serviceUrl: string, conversationId: string): string => `${serviceUrl} ${conversationId}`;

export const placeIn = (address: string): { readonly serviceUrl: string; readonly conversationId: string } => {
  const [serviceUrl = '', conversationId = ''] = address.split(' ');
  return { serviceUrl, conversationId };
};

/** What stands in an activity about where it comes from. */
export const serviceUrlOf = (body: string): string => text(jsonIn(body)['serviceUrl']);

/** What an activity asks for. Teams adds fields and kinds as it likes: what is not known is for nobody here. */
export const activityIn = (body: string, tenantId: string): ChatCall => {
  const activity = jsonIn(body);
  const conversation = object(activity['conversation']);
  const name = [text(conversation['id']), text(activity['id'])].join(' ');
  // Ids of activities are long, and say more than is needed here.
  const id = `teams-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
  const request = requestIn(activity, senderIn(activity, tenantId));
  return activity['type'] === 'invoke' ? { id, request, answer: invokeAnswer(activity) } : { id, request };
};

const requestIn = (activity: Json, by: ChatSender | undefined): ChatRequest => {
  if (by === undefined) return OTHER;
  switch (activity['type']) {
    case 'invoke':
      return activity['name'] === 'adaptiveCard/action'
        ? pressed(object(object(object(activity['value'])['action'])['data']), activity, by)
        : OTHER;
    case 'message':
      return activity['value'] === undefined ? written(text(activity['text']), by) : pressed(object(activity['value']), activity, by);
    case 'installationUpdate':
      if (activity['action'] === 'add') return { type: 'opened', by };
      return activity['action'] === 'remove' ? { type: 'closed', by } : OTHER;
    default:
      return OTHER;
  }
};

/** Of a button, as `alert-card.ts` writes it. A client may send anything for it: it asks for no more than its sender may do. */
const pressed = ({ answer, alert, step }: Json, activity: Json, by: ChatSender): ChatRequest => {
  const messageId = text(activity['replyToId']);
  if (typeof alert !== 'number' || !Number.isSafeInteger(alert) || messageId === '') return OTHER;
  const asked = {
    type: 'answer',
    ...{ by, alertId: alert as AlertId },
    place: { address: by.address, messageId },
    press: text(activity['id']),
  } as const;
  if (answer === 'accept' || answer === 'resolve') return { ...asked, purpose: answer };
  const [round, pass, level] = Array.isArray(step) ? (step as readonly unknown[]) : [];
  if (answer !== 'escalate' || typeof round !== 'number' || typeof pass !== 'number' || typeof level !== 'number') return OTHER;
  return { ...asked, purpose: 'escalate', step: { round, pass, level } };
};

const written = (said: string, by: ChatSender): ChatRequest => {
  const [, token] = /^\s*link\s+([\w-]{1,64})\s*$/i.exec(said) ?? [];
  return token === undefined ? { type: 'typed', by } : { type: 'link', by, token };
};

/** Who it is in a chat of their own with the bot, in our tenant: what is done in channels and by others is for nobody here. */
const senderIn = (activity: Json, tenantId: string): ChatSender | undefined => {
  const { id: conversationId, conversationType, tenantId: ofConversation } = object(activity['conversation']);
  const { id: ofChannel } = object(object(activity['channelData'])['tenant']);
  const id = text(object(activity['from'])['id']);
  const serviceUrl = text(activity['serviceUrl']);
  const isOurs = conversationType === 'personal' && (ofConversation ?? ofChannel) === tenantId && activity['channelId'] === 'msteams';
  if (!isOurs || id === '' || typeof conversationId !== 'string' || /\s/.test(`${serviceUrl}${conversationId}`)) return undefined;
  return { id, address: addressOf(serviceUrl, conversationId) };
};

const takenTexts = {
  en: 'Your answer is stored and will be carried out in a moment.',
  de: 'Deine Antwort ist gespeichert und wird gleich ausgeführt.',
};

/** Teams waits for it, and shows it to whoever pressed. */
const invokeAnswer = ({ locale }: Json) => ({
  statusCode: 200,
  type: 'application/vnd.microsoft.activity.message',
  value: takenTexts[text(locale).toLowerCase().startsWith('de') ? 'de' : 'en'],
});

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const jsonIn = (body: string): Json => {
  try {
    return object(JSON.parse(body));
  } catch {
    return {};
  }
};
