import { element, section } from './dom.js';
import { testButton } from './sent-message.js';

/** @typedef {import('./forms.js').Stage} Stage */
/** @typedef {import('./own-settings.js').Reach} Reach */

/** What a person has in place of a contact: devices for push, and accounts in chats. @param {Stage} stage @param {Reach} reach */
export const chatsSection = (stage, { methods, deviceCount, chats }) => {
  const { r } = stage;
  const push = item(stage, { method: 'PUSH', state: r.devices(deviceCount), canTest: deviceCount > 0 && methods.includes('PUSH') });
  const accounts = chats
    .filter(({ method, state }) => methods.includes(method) || state !== 'NOT_LINKED')
    .map(({ method, state }) =>
      item(stage, {
        method,
        state: r.chatStates[state],
        canTest: state === 'LINKED' && methods.includes(method),
        ...(state === 'NOT_LINKED' ? { how: howToLink(stage, method) } : {}),
      }),
    );
  return section(r.pushAndChats, element('ul', {}, push, ...accounts));
};

/** @param {Stage} stage @param {{ method: string, state: string, canTest: boolean, how?: HTMLElement }} chat */
const item = (stage, { method, state, canTest, how }) =>
  element(
    'li',
    { className: 'plain' },
    element('strong', {}, stage.r.method(method)),
    element('p', { className: 'quiet' }, state),
    ...(how === undefined ? [] : [how]),
    ...(canTest ? [element('div', { className: 'buttons' }, ...testButton(stage, { method }))] : []),
  );

/** In Slack whoever presses a button is asked who they are; a bot has to be written to first. @param {Stage} stage @param {string} method */
const howToLink = ({ r }, method) =>
  method === 'SLACK'
    ? element('p', {}, r.linkSlack)
    : element('p', {}, element('a', { href: `/api/callbacks/${method.toLowerCase()}/link` }, r.linkChat(r.method(method))));
