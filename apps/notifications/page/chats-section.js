import { element, section } from './dom.js';
import { formButton } from './forms.js';
import { unlinkChat } from './own-settings.js';
import { testButton } from './sent-message.js';

/** @typedef {import('./forms.js').Stage} Stage */
/** @typedef {import('./own-settings.js').Reach} Reach */

/** What a person has in place of a contact: devices for push, and accounts in chats. @param {Stage} stage @param {Reach} reach */
export const chatsSection = (stage, { methods, deviceCount, chats }) => {
  const { r } = stage;
  const push = item(stage, { method: 'PUSH', state: r.devices(deviceCount), canTest: deviceCount > 0 && methods.includes('PUSH') });
  const accounts = chats.map(({ method, state }) =>
    item(stage, {
      method,
      state: r.chatStates[state],
      canTest: state === 'OK' && methods.includes(method),
      more: state === 'NOT_LINKED' ? [howToLink(stage, method)] : unlinking(stage, method),
    }),
  );
  return section(r.pushAndChats, element('ul', {}, push, ...accounts));
};

/** @param {Stage} stage @param {{ method: string, state: string, canTest: boolean, more?: HTMLElement[] }} chat */
const item = (stage, { method, state, canTest, more = [] }) =>
  element(
    'li',
    { className: 'plain' },
    element('strong', {}, stage.r.method(method)),
    element('p', { className: 'quiet' }, state),
    element('div', { className: 'buttons' }, ...(canTest ? testButton(stage, { method }) : []), ...more),
  );

/** @param {Stage} stage @param {string} method */
const unlinking = (stage, method) => {
  const { r } = stage;
  const chat = r.method(method);
  return formButton(stage, {
    name: `chat-unlink${method}`,
    label: r.unlink,
    about: chat,
    parts: () => ({
      title: r.unlinkChat(chat),
      fields: [],
      send: r.unlink,
      act: async () => {
        await unlinkChat(method);
        return r.unlinked(chat);
      },
    }),
  });
};

/** In Slack whoever presses a button is asked who they are; a bot has to be written to first. @param {Stage} stage @param {string} method */
const howToLink = ({ r }, method) =>
  method === 'SLACK'
    ? element('p', {}, r.linkSlack)
    : element('p', {}, element('a', { href: `/api/callbacks/${method.toLowerCase()}/link` }, r.linkChat(r.method(method))));
