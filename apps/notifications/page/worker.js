import { keepShell, shell } from './shell.js';
import { textsFor } from './texts.js';
import { giveAnswer, sendWaiting, SEND_WAITING, waitingAnswers } from './waiting-answers.js';

/** @typedef {{ action: string, title: string, url: string }} PushedAction */
/** @typedef {{ title: string, body: string, tag: string, url?: string, alertId?: number, language: string, actions: PushedAction[] }} Pushed */

const scope = /** @type {import('./worker-scope.js').WorkerScope} */ (/** @type {unknown} */ (self));
const icon = '/me/icon-192.png';

scope.addEventListener('install', (event) => event.waitUntil(keepShell().then(() => scope.skipWaiting())));
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('fetch', (event) => {
  const answer = shell(event.request);
  if (answer !== undefined) event.respondWith(answer);
});

scope.addEventListener('push', (event) => {
  /** @type {Pushed} */
  const pushed = event.data.json();
  event.waitUntil(Promise.all([show(pushed), tellPages()]));
});

/** A browser shows as many buttons as it likes, an iPhone none: the tap leads to a page that has them all. */
const show = (/** @type {Pushed} */ { title, body, tag, url, alertId, language, actions }) =>
  scope.registration.showNotification(
    title,
    /** @type {NotificationOptions} */ ({
      ...{ body, tag, icon, badge: icon, lang: language },
      // A later page of the same alert takes the place of the one before and is heard all the same.
      renotify: true,
      requireInteraction: actions.length > 0,
      actions: actions.map(({ action, title: label }) => ({ action, title: label })),
      data: { url, alertId, tag, language, actions },
    }),
  );

scope.addEventListener('notificationclick', (event) => {
  const { notification, action } = event;
  const { url, alertId, tag, language, actions } = notification.data;
  notification.close();
  const pressed = /** @type {PushedAction[]} */ (actions).find((each) => each.action === action);
  event.waitUntil(pressed === undefined ? openPage(url ?? '/me') : answer(pressed, { alertId, tag, language }));
});

/** @param {PushedAction} pressed @param {{ alertId: number, tag: string, language: string }} about */
const answer = async ({ url }, { alertId, tag, language }) => {
  const text = await giveAnswer({ link: pathOf(url), alertId }, scope.registration);
  await Promise.all([tell(alertId, text ?? textsFor(language).waiting, tag), tellPages()]);
};

/** @param {number} alertId @param {string} text @param {string} tag */
const tell = (alertId, text, tag) => scope.registration.showNotification(`#${alertId}`, { body: text, tag, icon, silent: true });

scope.addEventListener('sync', (event) => {
  if (event.tag === SEND_WAITING) event.waitUntil(sendWhatWaits());
});

const sendWhatWaits = async () => {
  const outcomes = await sendWaiting();
  await Promise.all(outcomes.map(({ alertId, text }) => tell(alertId, text, `alert-${alertId}`)));
  await tellPages();
  // Only after a failure does the browser wake the worker again.
  if ((await waitingAnswers()).length > 0) throw new Error('no network yet');
};

/** The browser renews a subscription by itself; of whoever is signed out then, the page registers it when it is opened. */
scope.addEventListener('pushsubscriptionchange', (event) => {
  const key = event.oldSubscription?.options.applicationServerKey;
  if (key === undefined || key === null) return;
  event.waitUntil(
    scope.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }).then((subscription) =>
      fetch('/api/users/current/contacts/push-devices', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'WEB_PUSH', name: 'Browser', subscription: subscription.toJSON() }),
      }),
    ),
  );
});

/** @param {string} url */
const openPage = async (url) => {
  const target = new URL(url, scope.location.href).pathname;
  const open = await scope.clients.matchAll({ type: 'window' });
  const there = open.find((client) => new URL(client.url).pathname === target);
  await (there === undefined ? scope.clients.openWindow(target) : there.focus());
};

const tellPages = async () => {
  for (const client of await scope.clients.matchAll({ type: 'window' })) client.postMessage('changed');
};

/** @param {string} link The origin in it is the one that messages have; the worker stays on its own. */
const pathOf = (link) => new URL(link, scope.location.href).pathname;
