import { element, section } from './dom.js';

/** @param {import('./texts.js').Texts} t @param {import('./server.js').OnCall[]} onCalls @param {string} language */
export const onCallSection = (t, onCalls, language) =>
  section(
    t.onCall,
    onCalls.length === 0 ? element('p', {}, t.nobodyOnCall) : element('ul', {}, ...onCalls.map((onCall) => item(t, onCall, language))),
  );

/** @param {import('./texts.js').Texts} t @param {import('./server.js').OnCall} onCall @param {string} language */
const item = (t, { user, schedule, escalationPolicy, escalationLevel, end }, language) => {
  const where = [escalationPolicy?.name, escalationLevel === undefined ? undefined : t.level(escalationLevel), schedule?.name];
  const until = end === undefined ? t.always : t.until(new Date(end).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' }));
  return element(
    'li',
    { className: 'plain' },
    element('strong', {}, `${user.firstName} ${user.lastName}`),
    element('p', { className: 'quiet' }, [...where.filter((part) => part !== undefined), until].join(', ')),
  );
};
