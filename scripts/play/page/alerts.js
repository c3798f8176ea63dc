import { byId, h, timeOf, whenChanged } from './dom.js';

/** @typedef {import('./dom.js').State} State */
/** @typedef {State['alerts'][number]} Alert */

const words = { PENDING: 'Pending', ACCEPTED: 'Accepted', RESOLVED: 'Resolved' };

/** @type {Set<number>} */
const closed = new Set();
/** @type {Set<number>} */
const opened = new Set();

export const drawAlerts = whenChanged((/** @type {State['alerts']} */ alerts) => {
  const list = alerts.map((alert, index) => one(alert, index === 0));
  byId('alerts').replaceChildren(...(list.length > 0 ? list : [h('p', { class: 'quiet' }, 'None yet. Fire one above.')]));
  countDown();
});

/** @param {Alert} alert @param {boolean} isNewest */
const one = ({ id, summary, status, priority, assignedTo, nextEscalation, timeline }, isNewest) => {
  const isOpen = opened.has(id) || (isNewest && !closed.has(id));
  const who = assignedTo === undefined ? '' : ` · ${assignedTo.firstName} ${assignedTo.lastName}`;
  const details = h(
    'details',
    { class: `alert ${status.toLowerCase()}`, open: isOpen },
    h(
      'summary',
      {},
      h('span', { class: 'state' }, words[status]),
      h('strong', {}, `#${id} ${summary}`),
      h('small', {}, `${priority === 'LOW' ? 'low priority' : 'high priority'}${who}`),
      nextEscalation === undefined ? undefined : h('small', { class: 'next', 'data-at': nextEscalation }),
    ),
    h(
      'ol',
      { class: 'timeline', tabindex: 0, 'aria-label': `What happened to #${id}, newest first` },
      ...timeline.map((entry) => h('li', {}, h('time', { datetime: entry.timestamp }, timeOf(entry.timestamp)), h('span', {}, entry.text))),
    ),
  );
  details.addEventListener('toggle', () => {
    (details.open ? opened : closed).add(id);
    (details.open ? closed : opened).delete(id);
  });
  return details;
};

/** Once a second, without drawing anything else again. */
export const countDown = () => {
  for (const element of document.querySelectorAll('.next')) {
    const at = element.getAttribute('data-at') ?? '';
    const leftSec = Math.round((Date.parse(at) - Date.now()) / 1_000);
    element.textContent =
      leftSec > 0 ? `next level in ${Math.floor(leftSec / 60)}:${String(leftSec % 60).padStart(2, '0')}` : 'next level now';
  }
};
