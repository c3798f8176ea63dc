import { element } from './dom.js';
import { chatsSection } from './chats-section.js';
import { contactsSection } from './contacts-section.js';
import { isFormOpen } from './forms.js';
import { muteSection } from './mute-section.js';
import { myReach } from './own-settings.js';
import { reachSummary } from './reach-summary.js';
import { reachTextsFor } from './reach-texts.js';
import { rulesSection } from './rules-section.js';

/** The part of the page where somebody sees and changes how they are reached. */
export const reachView = element('div');

/** @type {{ reach: import('./own-settings.js').Reach, r: import('./reach-texts.js').ReachTexts } | undefined} */
let known;
let asked = 0;

/** Asks the server, and shows what it says, unless it was asked again since. @returns {Promise<string>} the language of the person */
export const showReach = async () => {
  const turn = (asked += 1);
  const reach = await myReach();
  const r = await reachTextsFor(reach.user.language);
  if (turn === asked) {
    known = { reach, r };
    render();
  }
  return reach.user.language;
};

/** Nobody is interrupted in the middle of a form. */
export const isReachBusy = isFormOpen;

const render = () => {
  if (known === undefined) return;
  const { reach, r } = known;
  const stage = { r, render, again: () => showReach().then(() => undefined, render) };
  const active = /** @type {HTMLElement | null} */ (reachView.contains(document.activeElement) ? document.activeElement : null);
  const sections = [muteSection, contactsSection, chatsSection, rulesSection].map((part) => part(stage, reach));
  const shown = element('div', {}, reachSummary(r, reach), ...sections);
  // Read aloud again would be everything that is replaced.
  if (shown.innerHTML !== reachView.innerHTML) reachView.replaceChildren(...shown.children);
  keepFocus(active);
};

/** On what it was on, or what stands in its place now, or the part that it was in. @param {HTMLElement | null} active */
const keepFocus = (active) => {
  if (active === null || document.activeElement === active) return;
  if (reachView.contains(active)) {
    active.focus();
    return;
  }
  const name = active.dataset['name'] ?? active.closest('form')?.dataset['name'];
  const button = name === undefined ? null : /** @type {HTMLElement | null} */ (reachView.querySelector(`button[data-name="${name}"]`));
  const heading = /** @type {HTMLElement | null} */ (
    reachView.querySelector(`section[aria-label="${active.closest('section')?.ariaLabel}"] h2`)
  );
  (button ?? heading)?.focus();
};
