import type { SeenAlert } from '../kills/src/audit.ts';
import { ofType } from './record.ts';
import type { AlertRecord } from './record.ts';
import type { Answer } from './responders.ts';

/** What is seen from outside of an answer that a page of ours thanked for: nothing makes an alert of these people pending again. */
export const withoutEffect = (answers: readonly Answer[], alerts: readonly SeenAlert[]): readonly string[] => {
  const statuses = new Map(alerts.map(({ id, status }) => [id, status]));
  return answers.flatMap(({ alertId, to, purpose, status: answered }) => {
    const name = `the answer of ${to} to #${alertId}, ${purpose},`;
    if (answered !== 200) return [`${name} was refused with ${answered}`];
    const status = statuses.get(alertId);
    const isDone = purpose === 'escalate' || status === 'RESOLVED' || (purpose === 'accept' && status === 'ACCEPTED');
    return isDone ? [] : [`${name} was taken, and the alert is ${status ?? 'missing'}`];
  });
};

/** P1 for answers: each one that was taken is on record, under the name of whoever gave it, or came when there was nothing left to do. */
export const lostAnswers = (
  answers: readonly Answer[],
  records: readonly AlertRecord[],
  userOf: ReadonlyMap<string, number>,
): readonly string[] => {
  const factsOf = new Map(records.map(({ id, facts }) => [id, facts]));
  return answers.flatMap(({ alertId, to, purpose }) => {
    const facts = factsOf.get(alertId) ?? [];
    const isTheirs = ({ data }: AlertRecord['facts'][number]): boolean =>
      'by' in data && data.by.type === 'user' && data.by.userId === userOf.get(to);
    const wanted = effects[purpose];
    const isHeard =
      facts.some(({ type }) => type === 'AlertResolved') ||
      facts.some((fact) => wanted.includes(fact.type) && isTheirs(fact)) ||
      (purpose === 'escalate' && ofType(facts, 'RespondersActivated').some(({ data }) => data.step.level > 0));
    return isHeard ? [] : [`the answer of ${to} to #${alertId}, ${purpose}, was taken and is nowhere on record`];
  });
};

const effects: Readonly<Record<Answer['purpose'], readonly string[]>> = {
  accept: ['AlertAccepted', 'ResponderAccepted'],
  resolve: ['AlertResolved'],
  escalate: ['EscalationRequested'],
};
