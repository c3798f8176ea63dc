import { parse as parseForm } from 'node:querystring';
import type { AlertId, AlertSourceId, EscalationPolicyId, EscalationStep, SlackAccount, UserId } from '@tocsin/domain';
import type { SlackCallback, SlackRequest } from '../slack-workspace';
import { POLICY, updateKinds } from './dialogs';

type Json = Readonly<Record<string, unknown>>;

const OTHER: SlackRequest = { type: 'other' };

/** What a call-back asks for. Slack adds fields and kinds as it likes: what is not known is for nobody here. */
export const requestIn = ({ endpoint, body }: Pick<SlackCallback, 'endpoint' | 'body'>): SlackRequest => {
  switch (endpoint) {
    case 'commands':
      return command(parseForm(body));
    case 'interactivity':
      return interaction(objectIn(parseForm(body)['payload']));
    case 'events':
      return event(objectIn(body));
  }
};

const command = (form: Json): SlackRequest => ({
  type: 'command',
  by: { teamId: text(form['team_id']), userId: text(form['user_id']) },
  channelId: text(form['channel_id']),
  answerUrl: text(form['response_url']),
  triggerId: text(form['trigger_id']),
  name: text(form['command']).replace(/^\//, '').toLowerCase(),
  text: text(form['text']).trim(),
});

const interaction = (payload: Json): SlackRequest => {
  const by: SlackAccount = { teamId: text(object(payload['team'])['id']), userId: text(object(payload['user'])['id']) };
  switch (payload['type']) {
    case 'block_actions':
      return pressed(payload, by);
    case 'view_submission':
      return submitted(object(payload['view']), by);
    case 'block_suggestion': {
      const what = ({ sources: 'sources', people: 'people' } as const)[text(payload['action_id'])];
      return what === undefined ? OTHER : { type: 'suggest', by, what, typed: text(payload['value']) };
    }
    default:
      return OTHER;
  }
};

const pressed = (payload: Json, by: SlackAccount): SlackRequest => {
  const action = object(list(payload['actions'])[0]);
  const { a: alertId, s: step } = objectIn(action['value']);
  if (typeof alertId !== 'number') return OTHER;
  const asked = {
    by,
    channelId: text(object(payload['channel'])['id']),
    answerUrl: text(payload['response_url']),
    alertId: alertId as AlertId,
  };
  switch (action['action_id']) {
    case 'accept':
    case 'resolve':
      return { ...asked, type: 'answer', purpose: action['action_id'] };
    case 'raise':
      return { ...asked, type: 'answer', purpose: 'raisePriority' };
    case 'escalate': {
      const from = stepIn(step);
      return from === undefined ? OTHER : { ...asked, type: 'answer', purpose: 'escalate', step: from };
    }
    case 'channel':
      return { ...asked, type: 'ask-channel' };
    case 'detach':
      return { ...asked, type: 'detach-channel' };
    case 'reassign':
      return { ...asked, type: 'ask-reassign', triggerId: text(payload['trigger_id']) };
    default:
      return OTHER;
  }
};

const submitted = (view: Json, by: SlackAccount): SlackRequest => {
  const about = objectIn(view['private_metadata']);
  const values = object(object(view['state'])['values']);
  const asked = { by, channelId: text(about['c']), answerUrl: text(about['u']) };
  switch (view['callback_id']) {
    case 'link': {
      const chosen = selected(object(object(values['sources'])['sources'])['selected_options']);
      const told = new Set(selected(object(object(values['updates'])['updates'])['selected_options']));
      const [escalations, assignments, actions] = updateKinds.map((kind) => told.has(kind));
      const channels = new Set(selected(object(object(values['channels'])['channels'])['selected_options']));
      return {
        ...asked,
        type: 'link',
        teamId: text(about['t']),
        sourceIds: chosen.map(Number).filter(Number.isSafeInteger) as AlertSourceId[],
        updates: { escalations: escalations === true, assignments: assignments === true, actions: actions === true },
        ...(channels.has('own') ? { ownChannels: { isPrivate: channels.has('private'), archives: channels.has('archive') } } : {}),
      };
    }
    case 'reassign': {
      const chosen = text(object(object(object(values['person'])['people'])['selected_option'])['value']);
      const isPolicy = chosen.startsWith(POLICY);
      const id = Number(isPolicy ? chosen.slice(POLICY.length) : chosen);
      const { a: alertId } = about;
      if (typeof alertId !== 'number' || chosen === '' || !Number.isSafeInteger(id)) return OTHER;
      const reassigned = { ...asked, type: 'reassign', alertId: alertId as AlertId } as const;
      return isPolicy ? { ...reassigned, toPolicy: id as EscalationPolicyId } : { ...reassigned, to: id as UserId };
    }
    case 'raise': {
      const sourceId = Number(object(object(object(values['source'])['sources'])['selected_option'])['value']);
      const summary = text(object(object(values['summary'])['summary'])['value']).trim();
      const details = text(object(object(values['details'])['details'])['value']).trim();
      const priority = object(object(object(values['priority'])['priority'])['selected_option'])['value'];
      const { a: alertId } = about;
      if (typeof alertId !== 'number' || !Number.isSafeInteger(sourceId) || summary === '') return OTHER;
      return {
        ...asked,
        type: 'raise',
        alertId: alertId as AlertId,
        sourceId: sourceId as AlertSourceId,
        summary,
        ...(details === '' ? {} : { details }),
        ...(priority === 'HIGH' || priority === 'LOW' ? { priority } : {}),
      };
    }
    default:
      return OTHER;
  }
};

const event = (body: Json): SlackRequest => {
  if (body['type'] === 'url_verification') return { type: 'challenge', challenge: text(body['challenge']) };
  const { type, tokens } = object(body['event']);
  const isRevoked = type === 'tokens_revoked' && list(object(tokens)['bot']).length > 0;
  if (type !== 'app_uninstalled' && !isRevoked) return OTHER;
  return { type: 'uninstalled', teamId: text(body['team_id']), eventId: text(body['event_id']) };
};

const stepIn = (value: unknown): EscalationStep | undefined => {
  const [round, pass, level] = list(value);
  return typeof round === 'number' && typeof pass === 'number' && typeof level === 'number' ? { round, pass, level } : undefined;
};

const selected = (value: unknown): readonly string[] => list(value).map((option) => text(object(option)['value']));

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const objectIn = (value: unknown): Json => {
  try {
    return typeof value === 'string' ? object(JSON.parse(value)) : {};
  } catch {
    return {};
  }
};
