import { Refused } from './server.js';

/** @typedef {import('./reach-texts.js').ReachTexts} ReachTexts */
/** @typedef {{ field?: string, text: string }} Fault */

/** What is wrong with one field, before the server has to say so. */
export class WrongField extends Error {
  /** @param {string} field @param {string} text */
  constructor(field, text) {
    super(text);
    this.field = field;
  }
}

/**
 * Why something was not done and how to mend it, in the language of the person: the server's own words are English and for programs.
 *
 * @param {ReachTexts} r
 * @param {unknown} error
 * @returns {Fault[]}
 */
export const faultsOf = (r, error) => {
  if (error instanceof WrongField) return [{ field: error.field, text: error.message }];
  if (!(error instanceof Refused)) return [{ text: r.notReached }];
  const { status, code, details } = error;
  if (status === 401 || code === 'KEY_ERROR') return [{ text: r.signedOut }];
  if (status >= 500) return [{ text: r.serverTrouble }];
  if (code === 'TOO_MANY_REQUESTS') return [{ text: r.tooManyCodes }];
  if (code === 'STILL_IN_USE') return [{ text: r.usedByRule }];
  const faults = details.flatMap((detail) => {
    const text = textOf(r, code, detail);
    return text === undefined ? [] : [{ field: detail.field, text }];
  });
  return faults.length > 0 ? faults : [{ text: r.refused }];
};

/** @param {ReachTexts} r @param {string} code @param {import('./server.js').RefusedDetail} detail @returns {string | undefined} */
const textOf = (r, code, { field = '', resource }) => {
  if (code === 'ALREADY_EXISTS') return resource?.type === 'contact' ? r.alreadyYours : r.somebodyElses;
  if (code === 'CODE_NOT_VALID') return r.wrongCode;
  if (code === 'SETTING_WITHOUT_EFFECT') return r.noProvider;
  return /** @type {Record<string, string>} */ (r.wrong)[field];
};
