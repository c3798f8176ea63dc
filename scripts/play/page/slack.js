import { act, byId, h, timeOf, whenChanged } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { showDialog } from './slack-dialog.js';

/** @typedef {import('./dom.js').Person} Person */
/** @typedef {Person['slack']['messages'][number]} Message */
/** @typedef {Readonly<Record<string, any>>} Block */

const channels = h('div', { class: 'presets', role: 'group', 'aria-label': 'Channels' });
const messages = h('div', { class: 'messages', tabindex: 0, 'aria-label': 'Messages in the channel' });
const input = h('input', { 'aria-label': 'Slash command', placeholder: '/tocsin', value: '/tocsin oncall', autocomplete: 'off' });
const said = h('p', { class: 'said', role: 'status' });
/** @type {Person | undefined} */
let person;
/** @type {Person['slack'] | undefined} */
let slack;
/** @type {ReadonlyMap<string, string>} */
let names = new Map();
let channel = '';

const commands = ['/tocsin', '/tocsin oncall', '/tocsin alert the shop is slow', '/tocsin test'];

export const startSlack = () => {
  const form = h('form', { class: 'composer' }, input, h('button', {}, 'Send'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!input.value.startsWith('/')) {
      said.textContent = 'Nobody reads here but Tocsin: type a command, like /tocsin.';
      return;
    }
    await tell(() => act('POST', `/people/${person?.id}/slack/commands`, { channel, typed: input.value }));
  });
  const quick = commands.map((command) =>
    h('button', { type: 'button', class: 'chip', click: () => ((input.value = command), form.requestSubmit()) }, command),
  );
  byId('slack').append(channels, messages, h('div', { class: 'presets' }, ...quick), form, said);
};

/** @param {() => Promise<{ readonly status: number }>} doing */
const tell = async (doing) => {
  try {
    const { status } = await doing();
    said.textContent = status === 200 ? '' : `Tocsin answered Slack ${status}.`;
  } catch (error) {
    said.textContent = String(error);
  }
};

/** @param {Person} shown @param {ReadonlyMap<string, string>} people */
export const drawSlack = (shown, people) => {
  person = shown;
  names = people;
  drawIfChanged(shown.slack);
};

const drawIfChanged = whenChanged((/** @type {Person['slack']} */ shown) => {
  slack = shown;
  if (!shown.channels.some(({ id }) => id === channel)) channel = shown.channels[0]?.id ?? '';
  draw();
  const dialog = shown.dialogs.at(-1);
  if (person !== undefined) showDialog(person.id, dialog);
});

const draw = () => {
  if (slack === undefined) return;
  channels.replaceChildren(
    ...slack.channels.map(({ id, name }) =>
      h(
        'button',
        { type: 'button', class: 'chip', 'aria-pressed': id === channel ? 'true' : 'false', click: () => ((channel = id), draw()) },
        name,
      ),
    ),
  );
  const here = slack.messages.filter((message) => message.channel === channel);
  const top = here.filter(({ threadTs }) => threadTs === undefined);
  messages.replaceChildren(
    ...(top.length > 0
      ? top.map((message) =>
          posted(
            message,
            here.filter(({ threadTs }) => threadTs === message.ts),
          ),
        )
      : [h('p', { class: 'quiet' }, 'Nothing was written here yet')]),
  );
  messages.scrollTop = messages.scrollHeight;
};

/** @param {Message} message @param {readonly Message[]} replies */
const posted = (message, replies) =>
  h(
    'article',
    { class: message.onlyTo === undefined ? 'message' : 'message whispered' },
    h('small', {}, h('strong', {}, 'Tocsin'), ` · ${timeOf(Number(message.ts) * 1_000)}${message.edits > 0 ? ' · edited' : ''}`),
    ...(message.onlyTo === undefined ? [] : [h('small', {}, ' · only visible to you')]),
    ...(message.blocks.length > 0 ? message.blocks.map((block) => drawn(message, block)) : [h('p', {}, ...marked(message.text))]),
    ...(replies.length === 0
      ? []
      : [
          h(
            'div',
            { class: 'thread' },
            ...replies.map((reply) => h('p', {}, h('small', {}, `${timeOf(Number(reply.ts) * 1_000)} `), ...marked(reply.text))),
          ),
        ]),
  );

/** @param {string} text */
const marked = (text) => mrkdwn(text, (id) => names.get(id) ?? id);

/** @param {{ readonly type: string, readonly text: string }} text */
const written = ({ type, text }) => (type === 'mrkdwn' ? marked(text) : [text]);

/** @param {Message} message @param {Block} block */
const drawn = (message, block) => {
  switch (block.type) {
    case 'header':
      return h('h3', {}, ...written(block.text));
    case 'section':
      return h('p', {}, ...written(block.text));
    case 'context':
      return h('p', { class: 'context' }, ...block.elements.flatMap(written));
    case 'actions':
      return h('div', { class: 'presets' }, ...block.elements.map((/** @type {Block} */ element) => button(message, element)));
    case 'divider':
      return h('hr', {});
    default:
      return h('p', { class: 'quiet' }, `(a block of the type ${block.type})`);
  }
};

/** @param {Message} message @param {Block} element */
const button = ({ channel: where, ts }, element) =>
  h(
    'button',
    {
      type: 'button',
      class: `chip ${element.style === 'primary' ? 'primary' : ''}`,
      click: () => tell(() => act('POST', `/people/${person?.id}/slack/presses`, { channel: where, ts, action: element.action_id })),
    },
    ...written(element.text),
  );
