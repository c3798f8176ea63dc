/**
 * An element with what is in it. Texts become text nodes: nothing that a tool wrote is ever read as HTML.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} properties
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** Its heading takes the focus when what had it is gone. @param {string} title @param {...(Node | string)} children */
export const section = (title, ...children) =>
  element('section', { ariaLabel: title }, element('h2', { tabIndex: -1 }, title), ...children);

/** @param {string} text */
export const say = (text) => {
  const status = /** @type {HTMLElement} */ (document.getElementById('status'));
  status.textContent = text;
};
