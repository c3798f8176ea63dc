import { toIso } from '@tocsin/domain';
import Mustache from 'mustache';
import type { ActionCall } from './action-kind';
import { invalidParam } from './params';

/** What a template can name; each is a text, and empty when there is none. */
const VARIABLES = [
  ...(['alertId', 'alertKey', 'alertSummary', 'alertDetails', 'alertStatus', 'alertPriority', 'alertSeverity', 'alertUrl'] as const),
  ...(['alertSourceId', 'alertSourceName', 'escalationPolicyId', 'escalationPolicyName', 'reportTime', 'resolvedOn'] as const),
  ...(['assignedTo', 'link', 'channelId', 'eventType'] as const),
] as const;
type Variables = Readonly<Record<(typeof VARIABLES)[number], string>>;

export const LONGEST_TEMPLATE = 20_000;
/** Each may bring a long text with it. */
const MOST_TAGS = 200;
const LONGEST_TEXT = 16_000;

type Token = readonly [type: string, value: string, from: number, to: number, inner?: readonly Token[]];

/** @throws Rejection `invalid` that says what is wrong with it */
export const refuseBadTemplate = (field: string, template: string): void => {
  const tags = tagsIn(parsed(field, template));
  if (tags.length > MOST_TAGS) throw invalidParam(field, `must have at most ${MOST_TAGS} tags`);
  for (const [type, value] of tags) {
    if (type === '>') throw invalidParam(field, `{{>${value}}}: there are no other templates to include`);
    if (!(VARIABLES as readonly string[]).includes(value))
      throw invalidParam(field, `{{${value}}} is unknown: it can be ${VARIABLES.join(', ')}`);
  }
};

/** A text is escaped for JSON by `{{name}}` and goes in as it is by `{{{name}}}`; elsewhere both leave it as it is. */
export const filledTemplate = (template: string, call: ActionCall, { json }: { readonly json: boolean }): string =>
  Mustache.render(template, variablesOf(call), undefined, {
    escape: json ? (value) => JSON.stringify(String(value)).slice(1, -1) : String,
  });

const parsed = (field: string, template: string): readonly Token[] => {
  try {
    return Mustache.parse(template) as readonly Token[];
  } catch (error) {
    throw invalidParam(field, `cannot be read: ${error instanceof Error ? error.message : 'it is no template'}`);
  }
};

const TEXT = 'text';
const COMMENT = '!';
const DELIMITERS = '=';

const tagsIn = (tokens: readonly Token[]): readonly Token[] =>
  tokens.flatMap((token) => {
    const [type, , , , inner] = token;
    if (type === TEXT || type === COMMENT || type === DELIMITERS) return [];
    return [token, ...(Array.isArray(inner) ? tagsIn(inner as readonly Token[]) : [])];
  });

const variablesOf = ({ alert, trigger, channelId }: ActionCall): Variables => {
  const { assignedTo, links, policy } = alert;
  const texts: Record<keyof Variables, string | number | undefined> = {
    alertId: alert.id,
    alertKey: alert.alertKey,
    alertSummary: alert.summary,
    alertDetails: alert.details,
    alertStatus: alert.status,
    alertPriority: alert.priority,
    alertSeverity: alert.severity,
    alertUrl: alert.url,
    alertSourceId: alert.source.id,
    alertSourceName: alert.source.name,
    escalationPolicyId: policy?.id,
    escalationPolicyName: policy?.name,
    reportTime: toIso(alert.reportTime),
    resolvedOn: alert.resolvedOn === undefined ? undefined : toIso(alert.resolvedOn),
    assignedTo: assignedTo?.username,
    link: links[0]?.href,
    channelId,
    eventType: trigger,
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [name, String(value ?? '').slice(0, LONGEST_TEXT)]),
  ) as unknown as Variables;
};
