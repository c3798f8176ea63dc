import { act, byId, h, timeOf, whenChanged, withLinks } from './dom.js';

/** @typedef {import('./dom.js').Person} Person */

const screen = h('div', { class: 'screen', tabindex: 0, 'aria-label': 'Messages' });
const pushes = h('div', { class: 'pushes' });
const calls = h('div', { class: 'calls' });
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
  byId('phone').append(h('div', { class: 'device' }, title, calls, pushes, screen, quick, form));
};

export const drawPhone = whenChanged((/** @type {Pick<Person, 'id' | 'name' | 'number' | 'texts' | 'pushes' | 'calls'>} */ shown) => {
  person = shown.id;
  title.replaceChildren(h('strong', {}, shown.name), h('span', {}, shown.number));
  calls.replaceChildren(...shown.calls.filter(({ isOver }) => !isOver).map(calling));
  pushes.replaceChildren(...shown.pushes.map(pushed));
  const over = shown.calls.filter(({ isOver }) => isOver).map((call) => ({ at: call.at, drawn: overCall(call) }));
  const bubbles = [...shown.texts.map((text) => ({ at: text.at, drawn: bubble(text) })), ...over]
    .sort((one, other) => one.at - other.at)
    .map(({ drawn }) => drawn);
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

const KEYS = ['1', '2', '3', '0'];

/** A call that rings or is going on. @param {Person['calls'][number]} call */
const calling = ({ id, number, via, status, lines, listens }) => {
  /** @param {string} does */
  const doing = (does) => () => act('POST', `/people/${person}/calls/${id}`, { does });
  /** @param {string} does @param {string} label @param {string} kind */
  const button = (does, label, kind = '') => h('button', { type: 'button', class: `chip ${kind}`, click: doing(does) }, label);
  const isRinging = status === 'ringing';
  return h(
    'div',
    { class: `push call ${isRinging ? 'ringing' : ''}`, role: 'group', 'aria-label': `Call from ${number}` },
    h('strong', {}, `${isRinging ? 'Incoming call' : 'Call'} from ${number}`),
    h('small', {}, `by ${via}`),
    transcript(lines),
    isRinging
      ? h(
          'div',
          { class: 'presets' },
          button('pick up', 'Pick up', 'primary'),
          button('decline', 'Decline'),
          button('machine', 'Answering machine'),
        )
      : h(
          'div',
          { class: 'presets' },
          ...KEYS.map((key) => h('button', { type: 'button', class: 'chip key', disabled: !listens, click: doing(key) }, key)),
          button('hang up', 'Hang up'),
        ),
  );
};

/** @param {Person['calls'][number]} call */
const overCall = ({ number, via, at, status, lines }) =>
  h('details', { class: 'over' }, h('summary', {}, `Call from ${number} · by ${via} · ${timeOf(at)} · ${status}`), transcript(lines));

/** @param {Person['calls'][number]['lines']} lines */
const transcript = (lines) =>
  h('div', {}, ...lines.map(({ isMine, text }) => h('p', { class: isMine ? 'quiet' : '' }, isMine ? `(${text})` : text)));
