import { act, byId, h, timeOf, whenChanged, withLinks } from './dom.js';

/** @typedef {import('./dom.js').Person} Person */

const screen = h('div', { class: 'screen', tabindex: 0, 'aria-label': 'Messages' });
const pushes = h('div', { class: 'pushes' });
const quick = h('div', { class: 'presets' });
const title = h('p', { class: 'owner' });
const input = h('input', { 'aria-label': 'Text message', placeholder: 'Text message', maxlength: 480, autocomplete: 'off' });
let person = 0;

/** @param {string} text */
const send = async (text) => {
  if (text.trim() === '') return;
  input.value = '';
  await act('POST', `/people/${person}/texts`, { text });
};

export const startPhone = () => {
  const form = h('form', { class: 'composer' }, input, h('button', { 'aria-label': 'Send the text message' }, '➤'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(input.value);
  });
  byId('phone').append(h('div', { class: 'device' }, title, pushes, screen, quick, form));
};

export const drawPhone = whenChanged((/** @type {Pick<Person, 'id' | 'name' | 'number' | 'texts' | 'pushes'>} */ shown) => {
  person = shown.id;
  title.replaceChildren(h('strong', {}, shown.name), h('span', {}, shown.number));
  pushes.replaceChildren(...shown.pushes.map(pushed));
  const bubbles = shown.texts.map(bubble);
  screen.replaceChildren(...(bubbles.length > 0 ? bubbles : [h('p', { class: 'quiet' }, 'No messages')]));
  screen.scrollTop = screen.scrollHeight;
  const words = ['1', '2', '3', ...codes(shown.texts), 'ACK ALL', 'STOP', 'START'];
  quick.replaceChildren(...words.map((word) => h('button', { type: 'button', class: 'chip', click: () => send(word) }, word)));
});

/** What answers the newest text by its code. @param {Person['texts']} texts */
const codes = (texts) => {
  const newest = texts.findLast(({ isMine, text }) => !isMine && /\bACK [A-Z]\d+/.test(text));
  const code = /\bACK ([A-Z]\d+)/.exec(newest?.text ?? '')?.[1];
  return code === undefined ? [] : [`ACK ${code}`];
};

/** @param {Person['texts'][number]} text */
const bubble = ({ text, isMine, at, via, receipt }) =>
  h(
    'div',
    { class: `bubble ${isMine ? 'mine' : 'theirs'}` },
    h('p', {}, ...withLinks(text)),
    h('small', {}, [timeOf(at), isMine ? '' : `by ${via}`, receipt].filter((part) => part !== '').join(' · ')),
  );

/** @param {Person['pushes'][number]} push */
const pushed = ({ id, title: heading, body, at, actions }) => {
  /** @param {string} action */
  const press = (action) => () => act('POST', `/people/${person}/pushes/${id}`, { action });
  return h(
    'div',
    { class: 'push', role: 'group', 'aria-label': `Notification: ${heading}` },
    h('small', {}, `Tocsin · ${timeOf(at)}`),
    h('strong', {}, heading),
    h('p', {}, body),
    h(
      'div',
      { class: 'presets' },
      ...actions.map((each) => h('button', { type: 'button', class: 'chip', click: press(each.action) }, each.title)),
      h('button', { type: 'button', class: 'chip faint', click: press('dismiss') }, 'Dismiss'),
    ),
  );
};
