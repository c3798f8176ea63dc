import { createHash } from 'node:crypto';
import type { MappedEvent } from '@tocsin/contracts';

/**
 * How much of a payload goes on. What is longer is cut and says so: a page with half its text is better than a refused one.
 * Lengths are characters; together they keep one event well below the megabyte that a bus takes by default.
 */
export const LIMITS = {
  summary: 4_096,
  details: 262_144,
  alertKey: 1_024,
  labels: 100,
  labelName: 255,
  labelValue: 1_024,
  links: 100,
  href: 4_096,
  linkText: 255,
  comment: 16_384,
  members: 1_000,
  memberSummary: 255,
  routingKey: 1_024,
  customDetails: 131_072,
  depth: 24,
} as const;

const SHORTENED = '… (shortened)';

export const shortened = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const end = Math.max(0, limit - SHORTENED.length - 1);
  const kept = text.slice(0, end);
  // Half of a surrogate pair is not a character and does not survive UTF-8.
  const whole = /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept;
  return whole === '' ? SHORTENED : `${whole} ${SHORTENED}`;
};

/** Keys that are too long stay distinct: the end is replaced by a digest of the whole. */
export const boundedKey = (key: string): string => {
  const trimmed = key.trim();
  if (trimmed.length <= LIMITS.alertKey) return trimmed;
  const digest = createHash('sha256').update(trimmed).digest('hex');
  return `${trimmed.slice(0, LIMITS.alertKey - digest.length - 1)}#${digest}`;
};

const boundedLabels = (labels: Readonly<Record<string, string>>): Record<string, string> => {
  const entries = Object.entries(labels);
  const room = entries.length <= LIMITS.labels ? LIMITS.labels : LIMITS.labels - 1;
  const kept = entries.slice(0, room).map(([name, value]) => [shortened(name, LIMITS.labelName), shortened(value, LIMITS.labelValue)]);
  const left = entries.length - kept.length;
  return Object.fromEntries(left === 0 ? kept : [...kept, ['…', `${left} more (shortened)`]]);
};

interface Budget {
  left: number;
}

const boundedValue = (value: unknown, depth: number, budget: Budget): unknown => {
  if (typeof value === 'string') {
    const text = shortened(value, Math.max(budget.left, 0));
    budget.left -= text.length + 3;
    return text;
  }
  budget.left -= 8;
  if (value === null || typeof value !== 'object') return value;
  if (depth === 0) return SHORTENED;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value as readonly unknown[]) {
      if (budget.left <= 0) return [...items, SHORTENED];
      items.push(boundedValue(item, depth - 1, budget));
    }
    return items;
  }
  const entries: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value)) {
    if (budget.left <= 0) {
      entries.push(['…', SHORTENED]);
      break;
    }
    const key = shortened(name, LIMITS.labelValue);
    budget.left -= key.length + 4;
    entries.push([key, boundedValue(item, depth - 1, budget)]);
  }
  return Object.fromEntries(entries);
};

/** The same payload when it is small; otherwise its beginning, at most about `limit` characters as JSON and not deeper than any store takes. */
export const boundedPayload = (payload: Readonly<Record<string, unknown>>, limit: number = LIMITS.customDetails): Record<string, unknown> =>
  boundedValue(payload, LIMITS.depth, { left: limit }) as Record<string, unknown>;

type Members = NonNullable<MappedEvent['members']>;

const boundedMembers = (members: Members): Members => {
  // Those firing first: what is cut off can then never make a burning group look quiet.
  const ordered = [...members.filter(({ state }) => state === 'firing'), ...members.filter(({ state }) => state === 'resolved')];
  return ordered.slice(0, LIMITS.members).map(({ key, episode, state, summary }) => ({
    key: boundedKey(key),
    episode: shortened(episode, 64),
    state,
    summary: shortened(summary, LIMITS.memberSummary),
  }));
};

const blank = (text: string | undefined): text is undefined => text === undefined || text.trim() === '';
const given = <Name extends string, Value>(name: Name, value: Value | undefined): { readonly [name in Name]?: Value } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]?: Value });
const filled = <Item>(items: readonly Item[] | undefined): readonly Item[] | undefined =>
  items === undefined || items.length === 0 ? undefined : items;

/** The event without its blanks, everything trimmed and within the limits. */
export const boundedEvent = (event: MappedEvent): MappedEvent => {
  const members = filled(event.members);
  return {
    eventType: event.eventType,
    ...given('summary', blank(event.summary) ? undefined : shortened(event.summary.trim(), LIMITS.summary)),
    ...given('details', blank(event.details) ? undefined : shortened(event.details.trim(), LIMITS.details)),
    ...given('alertKey', blank(event.alertKey) ? undefined : boundedKey(event.alertKey)),
    ...given('episode', event.episode),
    ...given('members', members === undefined ? undefined : boundedMembers(members)),
    ...given('priority', event.priority),
    ...given('severity', event.severity),
    ...given(
      'images',
      filled(event.images)?.filter(({ src }) => src.length <= LIMITS.href),
    ),
    ...given(
      'links',
      filled(event.links)
        ?.filter(({ href }) => href.length <= LIMITS.href)
        .slice(0, LIMITS.links)
        .map(({ href, text }) => ({ href, ...given('text', text === undefined ? undefined : shortened(text, LIMITS.linkText)) })),
    ),
    ...given(
      'comments',
      filled(event.comments)?.map((comment) => ({ ...comment, content: shortened(comment.content, LIMITS.comment) })),
    ),
    ...given('labels', event.labels === undefined || Object.keys(event.labels).length === 0 ? undefined : boundedLabels(event.labels)),
    ...given('customDetails', event.customDetails === undefined ? undefined : boundedPayload(event.customDetails)),
    // A shortened routing key would name another policy or none; without it the source's policy is used.
    ...given('routingKey', blank(event.routingKey) || event.routingKey.length > LIMITS.routingKey ? undefined : event.routingKey.trim()),
  };
};
