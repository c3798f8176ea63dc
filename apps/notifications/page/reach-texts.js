/** Only the language of the person is fetched. @param {string} language @returns {Promise<ReachTexts>} */
export const reachTextsFor = async (language) =>
  wordedBy((await (language.startsWith('de') ? import('./reach-texts-de.js') : import('./reach-texts-en.js'))).phrases, language);

/** @param {import('./reach-texts-en.js').Phrases} chosen @param {string} language */
export const wordedBy = (chosen, language) => {
  /** @param {string} name One that is not known here keeps its own name. @returns {string} */
  const method = (name) => /** @type {Record<string, string>} */ (chosen.methods)[name] ?? name;
  return {
    ...chosen,
    /** @param {Date} date */
    time: (date) => date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' }),
    method,
    /** @param {string} by @param {string} [target] */
    way: (by, target) => (target === undefined ? method(by) : `${method(by)} ${chosen.to} ${target}`),
    /** @param {string} type @returns {string} */
    updateType: (type) => /** @type {Record<string, string>} */ (chosen.updates)[type] ?? '',
    /** @param {string} by */
    sendTest: (by) => /** @type {Record<string, string>} */ (chosen.tests)[by] ?? by,
    /** @param {string} code @param {string} time @returns {string | undefined} Undefined for one that is not known here. */
    problem: (code, time) => {
      const text = /** @type {Record<string, string | ((time: string) => string)>} */ (chosen.problems)[code];
      return typeof text === 'function' ? text(time) : text;
    },
  };
};

/** @typedef {ReturnType<typeof wordedBy>} ReachTexts */
