/** @typedef {{ accept: string, resolve: string, escalate?: string }} AnswerLinks */
/** @typedef {{ id: number, summary: string, status: string, mine: string, sourceName: string, reportTime: string, links: AnswerLinks }} OpenAlert */
/** @typedef {{ user: { id: number, language: string }, ready: boolean, pushKey: string | null, ntfy: boolean, alerts: OpenAlert[] }} MyState */
/** @typedef {{ user: { firstName: string, lastName: string }, schedule?: { name: string }, escalationPolicy?: { name: string }, escalationLevel?: number, end?: string }} OnCall */
/** @typedef {{ id: number, type: string, name: string, status: string, reason?: string }} Device */

/** @typedef {{ field?: string, resource?: { type: string } }} RefusedDetail */

/** The server said no: 401 and 403 mean that nobody is signed in any more. */
export class Refused extends Error {
  /** @param {number} status @param {{ code?: string, details?: RefusedDetail[] }} [problem] */
  constructor(status, { code = '', details = [] } = {}) {
    super(`answered ${status}`);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

const TIMEOUT_MS = 15_000;

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export const call = async (method, path, body, headers = {}) => {
  const answer = await fetch(path, {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  // Something on the way may answer in the server's place, with no JSON.
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => undefined));
  return answer.status === 204 ? undefined : answer.json();
};

/** @param {string} email Whether it is anybody's, the answer does not say. */
export const mailSignInLink = (email) => call('POST', '/api/sign-in-links/mails', { email });

/** @returns {Promise<MyState>} */
export const myState = () => call('GET', '/me/state');
/** @returns {Promise<OnCall[]>} */
export const onCallNow = () => call('GET', '/api/on-calls?max-results=50');

const devices = '/api/users/current/contacts/push-devices';
/** @returns {Promise<Device[]>} */
export const myDevices = () => call('GET', devices);
/** @param {PushSubscription} subscription @param {string} name @param {boolean | undefined} onHomeScreen @returns {Promise<Device>} */
export const addDevice = (subscription, name, onHomeScreen) =>
  call('POST', devices, {
    type: 'WEB_PUSH',
    name,
    subscription: subscription.toJSON(),
    ...(onHomeScreen === undefined ? {} : { onHomeScreen }),
  });
/** @param {string} name @returns {Promise<{ id: number, topic: string, url: string }>} */
export const addNtfyApp = (name) => call('POST', devices, { type: 'NTFY', name });
/** @param {number} id */
export const removeDevice = (id) => call('DELETE', `${devices}/${id}`);
/** @returns {Promise<{ id: number }>} */
export const sendTestPush = () => call('POST', '/api/users/current/test-notification', { method: 'PUSH' });

const preferences = '/api/users/current/notification-preferences/alerts';
/** Push that is switched on and chosen by no rule would never be used. */
export const pageByPush = async () => {
  /** @type {{ method: string }[]} */
  const chosen = await call('GET', preferences);
  if (chosen.some(({ method }) => method === 'PUSH')) return;
  for (const type of ['HIGH_PRIORITY', 'LOW_PRIORITY']) await call('POST', preferences, { type, method: 'PUSH', delayMin: 0 });
};
