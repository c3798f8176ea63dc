import { alertsSection } from './alert-list.js';
import { say } from './dom.js';
import { ntfySection } from './ntfy-apps.js';
import { onCallSection } from './on-call-list.js';
import { followRenewal, pushSection } from './push-switch.js';
import { myDevices, myState, onCallNow, Refused } from './server.js';
import { signInSection } from './sign-in-form.js';
import { textsFor } from './texts.js';
import { isReachView, notReadyNote, viewLinks } from './view-links.js';
import { sendWaiting } from './waiting-answers.js';

const LOOK_AGAIN_MS = 15_000;
const main = /** @type {HTMLElement} */ (document.getElementById('main'));

/** @type {ServiceWorkerRegistration | undefined} */
let registration;
let looking = 0;

/** @param {string} language */
const speak = (language) => {
  document.documentElement.lang = language.startsWith('de') ? 'de' : 'en';
  return textsFor(language);
};

const alertSections = async () => {
  const [state, onCalls, devices] = await Promise.all([myState(), onCallNow(), myDevices()]);
  const t = speak(state.user.language);
  return [
    viewLinks(t),
    ...(state.ready ? [] : [notReadyNote(t)]),
    alertsSection(t, { alerts: state.alerts, registration, again }),
    onCallSection(t, onCalls, state.user.language),
    pushSection(t, { registration, pushKey: state.pushKey, devices, again }),
    ...(state.ntfy ? [ntfySection(t, { devices, again })] : []),
  ];
};

/** Fetched when it is looked at first: whoever is paged at night waits for nothing that they do not need. @type {typeof import('./reach-view.js') | undefined} */
let reach;

const reachSections = async () => {
  reach ??= await import('./reach-view.js');
  const t = speak(await reach.showReach());
  return [viewLinks(t), reach.reachView];
};

/** The view of how somebody is reached keeps itself. */
const isReachShown = () => reach !== undefined && main.contains(reach.reachView);

/** What is shown is replaced as a whole, but never under the finger of whoever is about to press something that stays. */
const show = async () => {
  const look = (looking += 1);
  if (isReachView() && reach?.isReachBusy()) return;
  try {
    const sections = await (isReachView() ? reachSections() : alertSections());
    if (look === looking) replace(...sections);
  } catch (error) {
    const t = textsFor(document.documentElement.lang);
    if (look !== looking) return;
    if (error instanceof Refused && (error.status === 401 || error.status === 403)) replace(signInSection(speak(navigator.language)));
    else say(t.noServer);
  }
};

/** @param {...HTMLElement} sections */
const replace = (...sections) => {
  if (isReachView() && isReachShown() && sections.length > 1) return;
  const label = labelOf(document.activeElement);
  const shown = document.createElement('div');
  shown.append(...sections);
  if (shown.innerHTML === main.innerHTML && sections.length > 1) return;
  // Somebody is typing: nothing of it may be lost.
  if (sections.length === 1 && main.querySelector('form') !== null) return;
  main.replaceChildren(...sections);
  for (const button of main.querySelectorAll('button, a, h2'))
    if (label !== null && labelOf(button) === label) /** @type {HTMLElement} */ (button).focus();
};

/** @param {Element | null} element */
const labelOf = (element) => element?.getAttribute('aria-label') ?? element?.textContent ?? null;

const again = () => void show();

const sendWhatWaits = async () => {
  for (const { text } of await sendWaiting()) say(text);
  await show();
};

const changeView = async () => {
  say('');
  await show();
  main.querySelector('h2')?.focus();
};

const begin = async () => {
  if ('serviceWorker' in navigator) {
    registration = await navigator.serviceWorker.register('/me/worker.js', { type: 'module', scope: '/me' }).catch(() => undefined);
    navigator.serviceWorker.addEventListener('message', again);
    // Whoever is not signed in is told so anyway.
    if (registration !== undefined && 'PushManager' in window) await followRenewal(registration).catch(() => undefined);
  }
  await sendWhatWaits();
};

addEventListener('hashchange', () => void changeView());
addEventListener('online', () => void sendWhatWaits());
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void sendWhatWaits());
setInterval(() => document.visibilityState === 'visible' && again(), LOOK_AGAIN_MS);
void begin();
