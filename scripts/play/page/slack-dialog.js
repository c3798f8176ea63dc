import { act, h } from './dom.js';

/** @typedef {Readonly<Record<string, any>>} Json */
/** @typedef {{ readonly text: string, readonly value: string }} Choice */
/** What an input holds when the dialog is sent off. @typedef {{ readonly element: HTMLElement, value(): Json }} Input */

/** @type {{ readonly id: string, readonly dialog: HTMLDialogElement } | undefined} */
let shown;

/** Shows a person's dialog, and takes away what is over. @param {number} person @param {{ id: string, view: Json } | undefined} given */
export const showDialog = (person, given) => {
  if (given?.id === shown?.id) return;
  shown?.dialog.remove();
  shown = undefined;
  if (given === undefined) return;
  const dialog = made(person, given.id, given.view);
  shown = { id: given.id, dialog };
  document.body.append(dialog);
  dialog.showModal();
};

/** @param {number} person @param {string} id @param {Json} view */
const made = (person, id, view) => {
  const at = `/people/${person}/slack/dialogs/${id}`;
  /** @param {string} block @param {string} action @param {string} typed @returns {Promise<readonly Choice[]>} */
  const ask = (block, action, typed) => act('GET', `${at}/choices?${new URLSearchParams({ block, action, typed })}`);
  const inputs = view.blocks.map((/** @type {Json} */ block) => ({
    block,
    input: inputOf(block.element, (typed) => ask(block.block_id, block.element.action_id, typed)),
  }));
  const said = h('p', { class: 'said', role: 'status' });
  const form = h(
    'form',
    {},
    h('h2', {}, view.title.text),
    ...inputs.map((/** @type {{ block: Json, input: Input }} */ { block, input }) =>
      h(
        'fieldset',
        {},
        h('legend', {}, block.label.text),
        input.element,
        block.hint === undefined ? undefined : h('small', {}, block.hint.text),
      ),
    ),
    said,
    h(
      'div',
      { class: 'row' },
      h('button', {}, view.submit?.text ?? 'Submit'),
      h('button', { type: 'button', class: 'faint', click: () => act('DELETE', at) }, view.close?.text ?? 'Cancel'),
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(
      inputs.map((/** @type {{ block: Json, input: Input }} */ { block, input }) => [
        block.block_id,
        { [block.element.action_id]: input.value() },
      ]),
    );
    const { status, errors } = await act('POST', at, { values });
    said.textContent = errors === undefined ? (status === 200 ? '' : `Tocsin answered Slack ${status}.`) : Object.values(errors).join(' ');
  });
  const dialog = h('dialog', { 'aria-label': view.title.text }, form);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    void act('DELETE', at);
  });
  return dialog;
};

/** @param {Json} element @param {(typed: string) => Promise<readonly Choice[]>} ask @returns {Input} */
const inputOf = (element, ask) => {
  switch (element.type) {
    case 'plain_text_input': {
      const attributes = { 'aria-label': element.action_id, maxlength: element.max_length };
      const input = element.multiline === true ? h('textarea', attributes) : h('input', attributes);
      input.value = element.initial_value ?? '';
      return { element: input, value: () => ({ value: input.value === '' ? null : input.value }) };
    }
    case 'static_select':
      return select(
        [{ text: element.placeholder?.text ?? '', value: '' }, ...element.options.map(choiceOf)],
        element.initial_option?.value ?? '',
      );
    case 'external_select':
      return loaded(ask, element.initial_option === undefined ? [] : [element.initial_option.value], 'radio');
    case 'multi_external_select':
      return loaded(
        ask,
        (element.initial_options ?? []).map((/** @type {Json} */ option) => option.value),
        'checkbox',
      );
    case 'checkboxes':
      return boxes(
        element.options.map(choiceOf),
        (element.initial_options ?? []).map((/** @type {Json} */ option) => option.value),
        'checkbox',
      );
    default:
      return { element: h('p', {}, `(an input of the type ${element.type})`), value: () => ({}) };
  }
};

/** @param {Json} option @returns {Choice} */
const choiceOf = ({ text, value }) => ({ text: text.text, value });

/** @param {readonly Choice[]} choices @param {string} chosen @returns {Input} */
const select = (choices, chosen) => {
  const element = h('select', {}, ...choices.map(({ text, value }) => h('option', { value, selected: value === chosen }, text)));
  return { element, value: () => ({ selected_option: element.value === '' ? null : { value: element.value } }) };
};

let groups = 0;

/** @param {readonly Choice[]} choices @param {readonly string[]} chosen @param {'checkbox' | 'radio'} type @returns {Input} */
const boxes = (choices, chosen, type) => {
  const name = `choices-${(groups += 1)}`;
  const inputs = choices.map(({ text, value }) => ({ value, text, input: h('input', { type, name, checked: chosen.includes(value) }) }));
  const element = h('div', { class: 'choices' }, ...inputs.map(({ text, input }) => h('label', {}, input, text)));
  const values = () => inputs.filter(({ input }) => input.checked).map(({ value }) => value);
  return { element, value: () => selected(values(), type) };
};

/**
 * The app is asked for its choices when the dialog opens; until they are there, what was chosen before counts.
 *
 * @param {(typed: string) => Promise<readonly Choice[]>} ask
 * @param {readonly string[]} chosen
 * @param {'checkbox' | 'radio'} type
 * @returns {Input}
 */
const loaded = (ask, chosen, type) => {
  const element = h('div', {}, '…');
  let value = () => selected(chosen, type);
  void ask('').then((choices) => {
    const made = boxes(choices, chosen, type);
    value = made.value;
    element.replaceChildren(made.element);
  });
  return { element, value: () => value() };
};

/** @param {readonly string[]} values @param {'checkbox' | 'radio'} type @returns {Json} */
const selected = (values, type) => {
  const options = values.map((value) => ({ value }));
  return type === 'radio' ? { selected_option: options[0] ?? null } : { selected_options: options };
};
