import { h, linkTo } from './dom.js';

const MARKED = /<([^<>]+)>|\*([^*\n]+)\*|_([^_\n]+)_|`([^`\n]+)`/g;

/**
 * Slack's own markup as nodes: links, dates, people, bold, italics, code.
 *
 * @param {string} text
 * @param {(userId: string) => string} nameOf
 * @returns {(Node | string)[]}
 */
export const mrkdwn = (text, nameOf) => {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(MARKED)) {
    nodes.push(unescaped(text.slice(from, match.index)));
    const [whole, angled, bold, italic, code] = match;
    if (angled !== undefined) nodes.push(reference(angled, nameOf));
    else if (bold !== undefined) nodes.push(h('strong', {}, ...mrkdwn(bold, nameOf)));
    else if (italic !== undefined) nodes.push(h('em', {}, unescaped(italic)));
    else nodes.push(h('code', {}, unescaped(code ?? '')));
    from = match.index + whole.length;
  }
  nodes.push(unescaped(text.slice(from)));
  return nodes;
};

/** @param {string} inside @param {(userId: string) => string} nameOf */
const reference = (inside, nameOf) => {
  const [target = '', label] = inside.split('|');
  const [, seconds] = /^!date\^(\d+)\^/.exec(target) ?? [];
  if (seconds !== undefined) return new Date(Number(seconds) * 1_000).toLocaleString('en-GB');
  if (target.startsWith('@')) return h('strong', {}, `@${nameOf(target.slice(1))}`);
  if (/^https?:/.test(target)) return linkTo(unescaped(target), unescaped(label ?? target));
  return unescaped(`<${inside}>`);
};

/** @param {string} text */
const unescaped = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
