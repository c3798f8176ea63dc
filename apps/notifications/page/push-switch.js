import { element, say, section } from './dom.js';
import { addDevice, myDevices, pageByPush, removeDevice, sendTestPush } from './server.js';

/** Which of the devices this one is; the server alone knows where it is reached. */
const DEVICE_ID = 'tocsin-device';
/** Where it was reached when it was registered. */
const DEVICE_ENDPOINT = 'tocsin-device-endpoint';

const isApple = () =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
const isOnHomeScreen = () => matchMedia('(display-mode: standalone)').matches || /** @type {any} */ (navigator).standalone === true;

const deviceName = () => {
  const agent = navigator.userAgent;
  const browser = ['Edg', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name)) ?? 'Browser';
  const system = ['iPhone', 'iPad', 'Android', 'Windows', 'Macintosh', 'Linux'].find((name) => agent.includes(name)) ?? '';
  return `${browser === 'Edg' ? 'Edge' : browser} ${system}`.trim();
};

/** @param {string} key base64url */
const bytesOf = (key) => Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

/** @param {import('./texts.js').Texts} t @returns {string | undefined} Why no push can be shown here. */
const obstacle = (t) => {
  // There only an app on the home screen may show pushes, and the page cannot ask for them before.
  if (isApple() && !isOnHomeScreen()) return t.toHomeScreen;
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return t.unsupported;
  return Notification.permission === 'denied' ? t.denied : undefined;
};

/** @param {ServiceWorkerRegistration} registration @param {string} pushKey */
const switchOn = async (registration, pushKey) => {
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(pushKey) });
  await register(subscription);
  await pageByPush();
};

/** @param {PushSubscription} subscription */
const register = async (subscription) => {
  const { id } = await addDevice(subscription, deviceName(), isApple() ? isOnHomeScreen() : undefined);
  localStorage.setItem(DEVICE_ID, String(id));
  localStorage.setItem(DEVICE_ENDPOINT, subscription.endpoint);
};

/** Where push was switched on and the browser has renewed its subscription since, pages go to the new one. @param {ServiceWorkerRegistration} registration */
export const followRenewal = async (registration) => {
  const known = localStorage.getItem(DEVICE_ENDPOINT);
  const subscription = known === null ? null : await registration.pushManager.getSubscription();
  if (subscription !== null && subscription.endpoint !== known) await register(subscription);
};

/** @param {ServiceWorkerRegistration} registration */
const switchOff = async (registration) => {
  const id = Number(localStorage.getItem(DEVICE_ID));
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  localStorage.removeItem(DEVICE_ID);
  localStorage.removeItem(DEVICE_ENDPOINT);
  const known = await myDevices();
  if (known.some((device) => device.id === id && device.status === 'OK')) await removeDevice(id);
};

/** What became of it is said when that is known. */
const sendTest = async () => {
  const { id } = await sendTestPush();
  void Promise.all([import('./sent-message.js'), import('./reach-texts.js')]).then(async ([{ followed, outcomeText }, { reachTextsFor }]) =>
    say(outcomeText(await reachTextsFor(document.documentElement.lang), await followed('test', id))),
  );
};

/**
 * @param {import('./texts.js').Texts} t
 * @param {{ registration: ServiceWorkerRegistration | undefined, pushKey: string | null, devices: import('./server.js').Device[], again: () => void }} about
 */
export const pushSection = (t, { registration, pushKey, devices, again }) => {
  const why = obstacle(t);
  if (why !== undefined || registration === undefined || pushKey === null) return section(t.device, element('p', {}, why ?? t.unsupported));
  const id = Number(localStorage.getItem(DEVICE_ID));
  const isOn = devices.some((device) => device.id === id && device.status === 'OK');
  /** @param {string} label @param {() => Promise<unknown>} act @param {string} done */
  const button = (label, act, done) => {
    const made = element('button', { type: 'button', className: 'switch' }, label);
    made.addEventListener('click', () => {
      made.disabled = true;
      act()
        .then(
          () => say(done),
          (error) => say(error instanceof DOMException ? (obstacle(t) ?? t.pushServiceFailed) : t.failed),
        )
        .finally(again);
    });
    return made;
  };
  const on = button(t.switchOn, () => switchOn(registration, pushKey), t.pushOn);
  const off = button(t.switchOff, () => switchOff(registration), t.pushOff);
  const test = button(t.sendTest, sendTest, t.testSent);
  const lost = devices.filter(({ status }) => status === 'LOST');
  return section(
    t.device,
    element('p', {}, isOn ? t.pushOn : t.pushOff),
    ...(isOn ? [test, off] : [on]),
    ...(lost.length === 0 ? [] : [element('h3', {}, t.lost), lostList(t, lost)]),
  );
};

/** @param {import('./texts.js').Texts} t @param {import('./server.js').Device[]} lost */
const lostList = (t, lost) =>
  element(
    'ul',
    {},
    ...lost.map(({ name, reason }) =>
      element('li', {}, `${name}: ${t.lostBecause[/** @type {'gone' | 'taken-over'} */ (reason)] ?? reason}`),
    ),
  );
