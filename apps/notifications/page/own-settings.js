/** How the person is reached, and what they change about it: by the API, as themselves. */

import { call, Refused } from './server.js';

/** @typedef {{ id: number, target: string, regionCode?: string, primary?: boolean, status: string, verified: boolean }} Contact */
/** @typedef {{ id: number, method: string, contact?: Contact, delayMin?: number, type?: string, beforeMin?: number }} Rule */
/** @typedef {{ code: string, message: string, method?: string, contact?: { id: number }, preference?: { id: number }, mutedUntil?: string, lastSuccess?: string }} ReachProblem */
/** @typedef {'alerts' | 'updates' | 'duties' | 'subscriptions'} RuleList */
/**
 * @typedef {object} Reach
 * @property {{ id: number, language: string, region?: string, mutedUntil?: string }} user
 * @property {string[]} methods Those that lead somewhere.
 * @property {{ ready: boolean, problems: ReachProblem[] }} readiness
 * @property {Contact[]} emails
 * @property {Contact[]} phoneNumbers
 * @property {number} deviceCount
 * @property {{ method: string, state: 'OK' | 'CLOSED' | 'NOT_LINKED' }[]} chats
 * @property {Rule[]} alerts
 * @property {Rule[]} updates
 * @property {Rule[]} duties
 * @property {Rule[]} subscriptions
 * @property {{ preference: { id: number }, code: string }[]} unusable
 */

const me = '/api/users/current';

/** @returns {Promise<Reach>} */
export const myReach = () => call('GET', '/me/reach');

/** The API replaces the whole person: what else it says of them is given back as it is. @param {string | null} mutedUntil */
export const mute = async (mutedUntil) => call('PUT', me, { ...(await call('GET', me)), mutedUntil });

/** @typedef {'emails' | 'phone-numbers'} ContactKind */

/** @param {ContactKind} kind @param {{ target: string, regionCode?: string, primary?: boolean }} contact @returns {Promise<Contact>} */
export const addContact = (kind, contact) => call('POST', `${me}/contacts/${kind}`, contact);
/** @param {ContactKind} kind @param {number} id */
export const removeContact = (kind, id) => call('DELETE', `${me}/contacts/${kind}/${id}`);
/** @param {ContactKind} kind @param {number} id @param {'SMS' | 'VOICE'} [method] @returns {Promise<{ id: number }>} */
export const askForCode = (kind, id, method) =>
  call('POST', `${me}/contacts/${kind}/${id}/verification-codes`, method === undefined ? undefined : { method });
/** @param {ContactKind} kind @param {number} id @param {string} code @returns {Promise<Contact>} */
export const enterCode = (kind, id, code) => call('POST', `${me}/contacts/${kind}/${id}/verify`, { code });

/** @param {string} method */
export const unlinkChat = (method) => call('DELETE', `${me}/contacts/chat-accounts/${method}`);

/** @typedef {{ method: string, contact?: { id: number }, type?: string, delayMin?: number, beforeMin?: number }} RuleRequest */

/** @param {RuleList} list @param {number} [id] */
const rulePath = (list, id) => `${me}/notification-preferences/${list}${id === undefined ? '' : `/${id}`}`;
/** @param {RuleList} list @param {RuleRequest} rule */
export const addRule = (list, rule) => call('POST', rulePath(list), rule);
/** @param {RuleList} list @param {number} id @param {RuleRequest} rule */
export const changeRule = (list, id, rule) => call('PUT', rulePath(list, id), rule);
/** @param {RuleList} list @param {number} id */
export const removeRule = (list, id) => call('DELETE', rulePath(list, id));

/** @param {string} method @param {number} [contact] @returns {Promise<{ id: number }>} */
export const sendTest = (method, contact) =>
  call('POST', `${me}/test-notification`, { method, ...(contact === undefined ? {} : { contact: { id: contact } }) });

/** @typedef {{ status: string, state: string, reason?: string }} MessageStatus */

/** @param {'test' | 'verification'} kind @param {number} id @returns {Promise<MessageStatus | undefined>} Undefined while nothing is known of it. */
export const messageStatus = async (kind, id) => {
  try {
    return await call('GET', `/me/messages/${kind}/${id}`);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
};
