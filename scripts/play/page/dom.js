/** @typedef {import('../scene.ts').State} State */
/** @typedef {State['people'][number]} Person */

/**
 * An element with its attributes; those that are functions listen. Texts become text nodes: whatever a tool, a mail or a message
 * says is never read as HTML.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string | number | boolean | undefined | ((event: any) => unknown)>>} attributes
 * @param {...(Node | string | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export const h = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
};

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Draws only when what is shown has changed, so that nobody loses a focus or a place in a list to what happens elsewhere.
 *
 * @template Shown
 * @param {(shown: Shown) => void} draw
 */
export const whenChanged = (draw) => {
  let before = '';
  return (/** @type {Shown} */ shown) => {
    const now = JSON.stringify(shown);
    if (now === before) return;
    before = now;
    draw(shown);
  };
};

/** @param {number | string} at */
export const timeOf = (at) => new Date(at).toLocaleTimeString('en-GB');

/** @param {string} text */
export const withLinks = (text) =>
  text.split(/(https?:\/\/[^\s<>]+)/).map((part, index) => (index % 2 === 0 ? part : linkTo(part, shortened(part))));

/** @param {string} href @param {string} label */
export const linkTo = (href, label) => h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, label);

/** @param {string} href */
const shortened = (href) => (href.length > 48 ? `${href.slice(0, 45)}…` : href);

/**
 * Tells the server what somebody does. Answers with what it says; what goes wrong is said where it happened.
 *
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export const act = async (method, path, body) => {
  const response = await fetch(path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message ?? `answered ${response.status}`);
  return answer;
};
