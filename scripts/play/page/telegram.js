import { act, byId, h, timeOf, whenChanged, withLinks } from './dom.js';

/** @typedef {import('./dom.js').Person} Person */

const messages = h('div', { class: 'screen', tabindex: 0, 'aria-label': 'Chat with the bot' });
const notice = h('p', { class: 'said', role: 'status' });
const input = h('input', { 'aria-label': 'Message to the bot', placeholder: 'Message', maxlength: 1_000, autocomplete: 'off' });
let person = 0;

export const startTelegram = () => {
  const form = h('form', { class: 'composer' }, input, h('button', {}, 'Send'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (input.value.trim() === '') return;
    void act('POST', `/people/${person}/telegram`, { text: input.value });
    input.value = '';
  });
  byId('telegram').append(messages, notice, form);
};

export const drawTelegram = whenChanged((/** @type {Pick<Person, 'id' | 'telegram'>} */ { id, telegram }) => {
  person = id;
  const drawn = telegram.messages.map(one);
  messages.replaceChildren(...(drawn.length > 0 ? drawn : [h('p', { class: 'quiet' }, 'Nothing was written here yet')]));
  messages.scrollTop = messages.scrollHeight;
  notice.textContent = telegram.notice;
});

/** @param {Person['telegram']['messages'][number]} message */
const one = ({ id, at, isMine, text, buttons }) =>
  h(
    'div',
    { class: `bubble ${isMine ? 'mine' : 'theirs'}` },
    h('p', {}, ...withLinks(text)),
    h('small', {}, timeOf(at)),
    h(
      'div',
      { class: 'presets' },
      ...buttons.map((label) =>
        h(
          'button',
          { type: 'button', class: 'chip', click: () => act('POST', `/people/${person}/telegram/${id}/presses`, { label }) },
          label,
        ),
      ),
    ),
  );
