import { element, say, section } from './dom.js';
import { giveAnswer } from './waiting-answers.js';

/** @typedef {import('./server.js').OpenAlert} OpenAlert */
/** @typedef {import('./texts.js').Texts} Texts */

/** @param {string} link The origin in it is the one that messages have; the page stays on its own. */
export const pathOf = (link) => new URL(link, location.href).pathname;

/**
 * @param {Texts} t
 * @param {{ alerts: OpenAlert[], registration: ServiceWorkerRegistration | undefined, again: () => void }} about
 */
export const alertsSection = (t, { alerts, registration, again }) =>
  section(
    t.openAlerts,
    alerts.length === 0
      ? element('p', {}, t.noAlerts)
      : element('ul', {}, ...alerts.map((alert) => item(t, alert, { registration, again }))),
  );

/** @param {Texts} t @param {OpenAlert} alert */
const statusText = (t, { status, mine }) => (mine === 'ACCEPTED' ? t.accepted : status === 'ACCEPTED' ? t.acceptedByOther : t.pending);

/**
 * @param {Texts} t
 * @param {OpenAlert} alert
 * @param {{ registration: ServiceWorkerRegistration | undefined, again: () => void }} about
 */
const item = (t, alert, { registration, again }) => {
  const { id, summary, mine, sourceName, reportTime, links } = alert;
  /** @param {'accept' | 'resolve' | 'escalate'} purpose */
  const button = (purpose) => {
    const link = links[purpose];
    if (link === undefined || (purpose === 'accept' && mine === 'ACCEPTED')) return [];
    const made = element('button', { type: 'button', className: purpose, ariaLabel: `${t[purpose]} #${id}` }, t[purpose]);
    made.addEventListener('click', () => {
      made.disabled = true;
      say(t.sending);
      // What waits for the network leaves the page as it is: it could not be asked for anew.
      giveAnswer({ link: pathOf(link), alertId: id }, registration).then(
        (text) => {
          say(text ?? t.waiting);
          if (text !== undefined) again();
        },
        () => {
          say(t.failed);
          again();
        },
      );
    });
    return [made];
  };
  return element(
    'li',
    { className: mine === 'ACCEPTED' ? 'alert' : 'alert pending' },
    element('h3', {}, `#${id} ${summary}`),
    element('p', { className: 'quiet' }, `${t.raised(sourceName, reportTime)}. ${statusText(t, alert)}`),
    element('div', { className: 'answers' }, ...button('accept'), ...button('resolve'), ...button('escalate')),
  );
};
