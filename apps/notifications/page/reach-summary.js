import { element, section } from './dom.js';

/** @typedef {import('./own-settings.js').Reach} Reach */
/** @typedef {import('./reach-texts.js').ReachTexts} ReachTexts */

/** Whether a page would reach the person, and everything that stands between. @param {ReachTexts} r @param {Reach} reach */
export const reachSummary = (r, reach) => {
  const { ready, problems } = reach.readiness;
  return section(
    r.wouldReach,
    element('p', { className: ready ? 'good' : 'warning' }, ready ? r.ready : r.notReady),
    ...(problems.length === 0
      ? []
      : [element('ul', { className: 'dots' }, ...problems.map((problem) => element('li', {}, problemText(r, problem, reach))))]),
  );
};

/** @param {ReachTexts} r @param {import('./own-settings.js').ReachProblem} problem @param {Pick<Reach, 'emails' | 'phoneNumbers'>} contacts */
const problemText = (r, { code, message, method, contact, mutedUntil, lastSuccess }, { emails, phoneNumbers }) => {
  const target = [...emails, ...phoneNumbers].find(({ id }) => id === contact?.id)?.target;
  const way = [method === undefined ? '' : r.method(method), target ?? ''].filter((part) => part !== '').join(' ');
  const at = mutedUntil ?? lastSuccess;
  const text = r.problem(code, at === undefined ? '' : r.time(new Date(at))) ?? message;
  return way === '' ? text : `${way}: ${text}`;
};
