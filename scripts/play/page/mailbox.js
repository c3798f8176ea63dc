import { act, byId, h, timeOf, whenChanged } from './dom.js';

/** @typedef {import('./dom.js').Person} Person */

const list = h('div', { class: 'mails' });
const reader = h('div', { class: 'reader' });
/** @type {Person['mails']} */
let mails = [];
let open = '';
let shownId = '';
/** Until somebody does something with a mail, the newest is shown. */
let isFollowing = true;
/** @type {Set<string>} */
const read = new Set();

export const startMailbox = () => {
  byId('mail').append(list, reader);
  reader.addEventListener('focusin', () => (isFollowing = false));
};

export const drawMailbox = whenChanged((/** @type {Person['mails']} */ shown) => {
  mails = shown;
  if (!mails.some(({ id }) => id === open)) isFollowing = true;
  if (isFollowing) open = mails[0]?.id ?? '';
  draw();
});

const draw = () => {
  read.add(open);
  const rows = mails.map(({ id, subject, via, at }) =>
    h(
      'button',
      {
        type: 'button',
        class: read.has(id) ? 'mail' : 'mail unread',
        'aria-pressed': id === open ? 'true' : 'false',
        click: () => choose(id),
      },
      h('span', {}, subject),
      h('small', {}, `${timeOf(at)} · by ${via === 'smtp' ? 'the mail server' : 'SendGrid'}`),
    ),
  );
  list.replaceChildren(...(rows.length > 0 ? rows : [h('p', { class: 'quiet' }, 'No mail')]));
  // What is read stays as it is, with what was typed below it, while other mail comes.
  if (shownId === open) return;
  shownId = open;
  const mail = mails.find(({ id }) => id === open);
  reader.replaceChildren(...(mail === undefined ? [] : content(mail)));
};

/** @param {string} id */
const choose = (id) => {
  isFollowing = false;
  open = id;
  draw();
};

/** @param {Person['mails'][number]} mail */
const content = ({ id, from, subject, canBeAnswered }) => [
  h('p', { class: 'from' }, h('strong', {}, subject), h('small', {}, `from ${from}`)),
  h('iframe', {
    src: `/mails/${id}`,
    title: `Mail: ${subject}`,
    sandbox: 'allow-popups allow-popups-to-escape-sandbox',
    referrerpolicy: 'no-referrer',
  }),
  ...(canBeAnswered ? [reply(id)] : []),
];

/** @param {string} id */
const reply = (id) => {
  const input = h('input', { 'aria-label': 'Reply', placeholder: 'Reply', maxlength: 1_000, autocomplete: 'off' });
  const said = h('p', { class: 'said', role: 'status' });
  /** @param {string} text */
  const send = async (text) => {
    if (text.trim() === '') return;
    input.value = '';
    const { status } = await act('POST', `/mails/${id}/replies`, { text });
    said.textContent = `Sent “${text}”; Tocsin answered SendGrid ${status}. What came of it is on the alert’s timeline.`;
  };
  const form = h('form', { class: 'composer' }, input, h('button', {}, 'Reply'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(input.value);
  });
  const words = ['accept', 'resolve', 'escalate'];
  const quick = words.map((word) => h('button', { type: 'button', class: 'chip', click: () => send(word) }, word));
  return h('div', {}, h('div', { class: 'presets' }, h('small', {}, 'Reply with'), ...quick), form, said);
};
