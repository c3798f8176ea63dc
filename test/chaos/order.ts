import type { StoredEvent } from '@tocsin/event-store';
import type { SeenAlert } from '../kills/src/audit.ts';
import { ofType } from './record.ts';
import type { AlertRecord } from './record.ts';

/** P3: each of those that follow an alert's facts has acted on them in the order of the alert's stream, and on the last of them. */
export const outOfOrder = (records: readonly AlertRecord[]): readonly string[] =>
  records.flatMap((record) => [...escalationOutOfOrder(record), ...pagesOutOfOrder(record), ...activatedAfterAnswer(record)]);

const escalationOutOfOrder = ({ id, facts, escalation }: AlertRecord): readonly string[] => {
  const broken: string[] = [];
  let [lastFact, isHalted] = [-1, false];
  for (const { type, data } of escalation) {
    const fact = 'fact' in data ? data.fact : undefined;
    if (fact !== undefined && fact < lastFact) broken.push(`#${id}: escalation acted on the fact ${fact} after the fact ${lastFact}`);
    lastFact = Math.max(lastFact, fact ?? -1);
    if (type === 'LevelDue' && isHalted) broken.push(`#${id}: level ${data.step.level + 1} came due after the escalation was halted`);
    if (type === 'EscalationHalted' || type === 'EscalationExhausted') isHalted = true;
    else if (type === 'LevelPlanned' || type === 'EscalationStarted') isHalted = false;
  }
  const last = ofType(facts, ...answers, ...restarts).at(-1);
  if (last === undefined || restarts.some((type) => type === last.type) || escalation.length === 0 || isHalted) return broken;
  return [...broken, `#${id}: the escalation goes on after ${last.type}`];
};

const answers = ['AlertAccepted', 'AlertResolved'] as const;
const restarts = ['EscalationRequested', 'AlertAssigned'] as const;

/** A page is planned from a fact of the alert, and of two facts the earlier one's pages are planned first. */
const pagesOutOfOrder = ({ id, pages }: AlertRecord): readonly string[] =>
  pages.flatMap(({ stream, plan }, index) => {
    const before = pages[index - 1]?.plan.alertRevision ?? -1;
    const from = plan.alertRevision ?? -1;
    return from < before ? [`#${id}: ${stream} was planned from the fact ${from} after pages of the fact ${before}`] : [];
  });

/** Whatever a timer did that had not heard of an answer yet: in the alert's own stream nobody is activated after it. */
const activatedAfterAnswer = ({ id, facts }: AlertRecord): readonly string[] => {
  let answered: string | undefined;
  return facts.flatMap(({ type, data }) => {
    if (type === 'AlertAccepted' || type === 'AlertResolved') answered = type;
    if (type === 'EscalationRequested' || type === 'AlertAssigned') answered = undefined;
    return type === 'RespondersActivated' && answered !== undefined ? [`#${id}: level ${data.step.level + 1} fired after ${answered}`] : [];
  });
};

/** P3, seen from outside: the API shows every alert as its stream left it. */
export const unlikeStreams = (records: readonly AlertRecord[], alerts: readonly SeenAlert[]): readonly string[] => {
  const seen = new Map(alerts.map(({ id, status }) => [id, status]));
  const broken = records.flatMap(({ id, facts }) => {
    const status = statusOf(facts);
    return seen.get(id) === status ? [] : [`#${id} is ${status} in its stream and ${seen.get(id) ?? 'missing'} in the API`];
  });
  const recorded = new Set(records.map(({ id }) => id));
  return [...broken, ...alerts.flatMap(({ id }) => (recorded.has(id) ? [] : [`#${id} is in the API and has no stream`]))];
};

const statusOf = (facts: AlertRecord['facts']): SeenAlert['status'] => {
  if (facts.some(({ type }) => type === 'AlertResolved')) return 'RESOLVED';
  return ofType(facts, 'AlertAccepted', ...restarts).at(-1)?.type === 'AlertAccepted' ? 'ACCEPTED' : 'PENDING';
};

/** P4: whatever came twice, its effect is on record once. */
export const appliedTwice = (events: readonly StoredEvent[]): readonly string[] => {
  const seen = new Map<string, string>();
  return events.flatMap((event) => {
    const effect = effectOf(event);
    if (effect === undefined) return [];
    const before = seen.get(effect);
    seen.set(effect, event.stream);
    return before === undefined ? [] : [`${effect} is on record twice: in ${before} and in ${event.stream}`];
  });
};

/** P4: a page that waits until some time is not held once more before it, and for good it is held once. */
export const heldTwice = (events: readonly StoredEvent[]): readonly string[] => {
  const until = new Map<string, number>();
  return events.flatMap(({ stream, type, data }) => {
    if (!stream.startsWith('notification-') || type !== 'NotificationHeld') return [];
    const held = data as { readonly at: number; readonly until?: number };
    const isEarly = held.at < (until.get(stream) ?? 0);
    until.set(stream, held.until ?? Infinity);
    return isEarly ? [`${stream} was held again before it was due`] : [];
  });
};

/** What may be on record once only: an effect with its cause and, but for a tool's event, its place. */
const effectOf = ({ stream, type, data, metadata }: StoredEvent): string | undefined => {
  const { tool, fact, attempt } = data as {
    readonly tool?: { readonly eventId: string };
    readonly fact?: number;
    readonly attempt?: number;
  };
  // Of a key's second alert a late copy of the first one's event must not make anything either, so the stream does not count.
  if (stream.startsWith('alert-'))
    return tool === undefined ? `${stream}: ${type} by ${metadata.causationId}` : `${type} by ${tool.eventId}`;
  // What follows from a timer has no fact, and is looked at level by level.
  if (stream.startsWith('escalation-')) return fact === undefined ? undefined : `${stream}: ${type} by the fact ${fact}`;
  // What a page waits for may go on: looked at by `heldTwice`.
  if (type === 'NotificationHeld') return undefined;
  if (stream.startsWith('notification-')) return `${stream}: ${type}${attempt === undefined ? '' : ` of attempt ${attempt}`}`;
  return undefined;
};
