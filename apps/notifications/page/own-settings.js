/** How the person is reached, and what they change about it: by the API, as themselves. */

import { call } from './server.js';

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
 * @property {{ method: string, state: 'LINKED' | 'CLOSED' | 'NOT_LINKED' }[]} chats
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
