import { element, say, section } from './dom.js';
import { addNtfyApp, pageByPush, removeDevice } from './server.js';

/**
 * A topic that was just made: the server tells it once, so that it stays on the page until its owner is done with it.
 *
 * @type {{ topic: string, server: string, isShown: boolean } | undefined}
 */
let added;

/**
 * @param {import('./texts.js').Texts} t
 * @param {{ devices: import('./server.js').Device[], again: () => void }} about
 */
export const ntfySection = (t, { devices, again }) => {
  /** @param {string} label @param {() => unknown} act @param {string} [said] */
  const button = (label, act, said) => {
    const made = element('button', { type: 'button', className: 'switch' }, label);
    made.addEventListener('click', () => {
      made.disabled = true;
      Promise.resolve()
        .then(act)
        .then(
          () => said !== undefined && say(said),
          () => say(t.failed),
        )
        .finally(again);
    });
    return made;
  };
  const add = async () => {
    const { topic, url } = await addNtfyApp(`ntfy ${new Date().toLocaleDateString()}`);
    added = { topic, server: url.slice(0, -topic.length - 1), isShown: false };
    await pageByPush();
  };
  const apps = devices.filter(({ type, status }) => type === 'NTFY' && status === 'OK');
  return section(
    t.ntfy,
    element('p', {}, t.ntfyHow),
    ...(added === undefined ? [button(t.addNtfy, add, t.ntfyAdded)] : newTopic(t, added, button)),
    ...apps.map(({ id, name }) => button(t.remove(name), () => removeDevice(id), t.removed)),
  );
};

/**
 * @param {import('./texts.js').Texts} t
 * @param {NonNullable<typeof added>} about
 * @param {(label: string, act: () => unknown, said?: string) => HTMLElement} button
 */
const newTopic = (t, { topic, server, isShown }, button) => {
  // Nobody beside its owner reads it from the screen.
  const type = isShown ? 'text' : 'password';
  const field = element('input', { id: 'topic', type, value: topic, readOnly: true, autocomplete: 'off' });
  return [
    element('p', {}, t.topicHow),
    element('p', {}, `${t.ntfyServer}: ${server}`),
    element('label', { htmlFor: 'topic' }, t.topic),
    field,
    button(isShown ? t.hide : t.show, () => (added = { topic, server, isShown: !isShown })),
    button(t.copy, () => navigator.clipboard.writeText(topic), t.copied),
    button(t.done, () => (added = undefined)),
  ];
};
