import { ofType } from './record.ts';
import type { AlertRecord } from './record.ts';

type LevelDue = Extract<AlertRecord['escalation'][number], { readonly type: 'LevelDue' }>;
type Activated = Extract<AlertRecord['facts'][number], { readonly type: 'RespondersActivated' }>;

/** P6: each level that was due has fired, once and not early; it led to its people; and the record says how late it was. */
export const lostLevels = (records: readonly AlertRecord[], now: number): readonly string[] =>
  records.flatMap((record) => [...notFired(record, now), ...firedWrongly(record), ...withoutPeople(record)]);

/** A plan ends by firing, or by something that replaces it; the last one may wait until its time. */
const notFired = ({ id, facts, escalation }: AlertRecord, now: number): readonly string[] => {
  if (escalation.length === 0) return facts.some(({ type }) => type === 'AlertRaised') ? [`#${id} has no escalation`] : [];
  return escalation.flatMap((event, index) => {
    if (event.type !== 'LevelPlanned') return [];
    const isOver = escalation.slice(index + 1).some((later) => endsPlan(later, event.data.step));
    return isOver || event.data.dueAt > now ? [] : [`#${id}: ${levelOf(event.data)} was due and has not fired`];
  });
};

const endsPlan = (event: AlertRecord['escalation'][number], step: LevelDue['data']['step']): boolean =>
  event.type === 'LevelDue'
    ? sameStep(event.data.step, step)
    : event.type === 'LevelPlanned' || event.type === 'EscalationStarted' || event.type === 'EscalationHalted';

const firedWrongly = ({ id, escalation }: AlertRecord): readonly string[] => {
  const fired = new Set<string>();
  const planned = new Map<string, number>();
  return escalation.flatMap((event) => {
    if (event.type === 'LevelPlanned') planned.set(levelOf(event.data), event.data.dueAt);
    if (event.type !== 'LevelDue') return [];
    const level = levelOf(event.data);
    const isAgain = fired.has(level);
    fired.add(level);
    return [
      ...(isAgain ? [`#${id}: ${level} fired twice`] : []),
      ...(event.data.at < event.data.dueAt || planned.get(level) !== event.data.dueAt
        ? [`#${id}: ${level} fired at another time than planned`]
        : []),
    ];
  });
};

/** Only an answer, or a new round, keeps a level that fired from paging its people. */
const withoutPeople = ({ id, facts, escalation, pages }: AlertRecord): readonly string[] => {
  const activated = ofType(facts, 'RespondersActivated');
  const isTaken = facts.some(({ type }) => ['AlertAccepted', 'AlertResolved', 'EscalationRequested', 'AlertAssigned'].includes(type));
  const due = ofType(escalation, 'LevelDue');
  return [
    ...due.flatMap(({ data }) => {
      const level = levelOf(data);
      const [first, ...again] = activated.filter((each) => sameStep(each.data.step, data.step));
      if (first === undefined) return isTaken ? [] : [`#${id}: ${level} fired and led to nobody`];
      return [
        ...(again.length > 0 ? [`#${id}: ${level} paged its people twice`] : []),
        ...(first.data.lateMs === Math.max(0, first.data.at - data.dueAt) ? [] : [`#${id}: ${level} does not say how late it was`]),
      ];
    }),
    ...activated.flatMap((fact) =>
      withoutPlan(fact, pages).map((userId) => `#${id}: ${levelOf(fact.data)} has no page for user ${userId}`),
    ),
    ...activated.flatMap(({ data }) =>
      due.some((each) => sameStep(each.data.step, data.step)) ? [] : [`#${id}: ${levelOf(data)} paged its people and never fired`],
    ),
  ];
};

const withoutPlan = ({ data, revision }: Activated, pages: AlertRecord['pages']): readonly number[] =>
  data.responders
    .map(({ userId }) => userId)
    .filter((userId) => !pages.some(({ plan }) => plan.userId === userId && plan.alertRevision === revision));

/** How many levels after the first came due because nobody had answered, and how many of them fired later than a page may leave unmarked. */
export const laterLevels = (records: readonly AlertRecord[], lateFromMs: number): { readonly fired: number; readonly late: number } => {
  const byTimer = records.flatMap(({ escalation }) => {
    const waited = new Set(
      ofType(escalation, 'LevelPlanned').flatMap(({ data }) => (data.cause === 'no-answer' && data.step.level > 0 ? [levelOf(data)] : [])),
    );
    return ofType(escalation, 'LevelDue').filter(({ data }) => waited.has(levelOf(data)));
  });
  return { fired: byTimer.length, late: byTimer.filter(({ data }) => data.at - data.dueAt >= lateFromMs).length };
};

const sameStep = (one: LevelDue['data']['step'], other: LevelDue['data']['step']): boolean =>
  one.round === other.round && one.pass === other.pass && one.level === other.level;

const levelOf = ({ step }: Pick<LevelDue['data'], 'step'>): string => `level ${step.level + 1} of pass ${step.pass} in round ${step.round}`;
