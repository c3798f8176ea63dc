import { element } from './dom.js';

const REACH = '#reach';

/** Which of the two views of the page is looked at: the address says so, so that it can be kept and gone back from. */
export const isReachView = () => location.hash === REACH;

/** @param {import('./texts.js').Texts} t */
export const viewLinks = (t) => {
  /** @param {string} href @param {string} text @param {boolean} isHere */
  const link = (href, text, isHere) => element('a', { href, ...(isHere ? { ariaCurrent: 'page' } : {}) }, text);
  return element('nav', { ariaLabel: t.views }, link('#alerts', t.alertsView, !isReachView()), link(REACH, t.reachView, isReachView()));
};

/** Nobody whom no page would reach looks at their alerts and thinks that all is quiet. @param {import('./texts.js').Texts} t */
export const notReadyNote = (t) => element('p', { className: 'warning' }, `${t.notReady} `, element('a', { href: REACH }, t.seeWhy));
