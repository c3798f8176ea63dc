import { element, say } from './dom.js';
import { faultsOf } from './refusals.js';

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */
/**
 * @typedef {object} Field
 * @property {string} name As the API names it: what it says of the field is shown there.
 * @property {string} label
 * @property {Control} control
 * @property {readonly string[]} [also] What else the API says that belongs here.
 * @property {string} [hint]
 */
/**
 * @typedef {object} FormParts
 * @property {string} title
 * @property {Field[]} fields
 * @property {string} send
 * @property {() => Promise<string>} act What is to be said after it; nothing when it has said so itself.
 */
/**
 * @typedef {object} Stage
 * @property {import('./reach-texts.js').ReachTexts} r
 * @property {() => void} render Shows what is known anew.
 * @property {() => Promise<void>} again Asks the server first.
 */

/** Open forms by name. They are kept as they are, whatever is shown around them: nothing typed is lost. @type {Map<string, HTMLFormElement>} */
const open = new Map();

/** What came of what was pressed and is seen nowhere else, by the name of the button, beside which it stands. @type {Map<string, string>} */
const outcomes = new Map();

/** What came of the step before is over with the next one: names of one group begin with the same word. @param {string} name */
const forgetGroup = (name) => {
  const [group] = name.split('-', 1);
  for (const each of outcomes.keys()) if (each.startsWith(`${group}-`)) outcomes.delete(each);
};

/** Without losing the focus, as a button that is disabled does. @param {HTMLButtonElement} button @param {boolean} isBusy */
const setBusy = (button, isBusy) => {
  button.ariaDisabled = isBusy ? 'true' : null;
};
/** @param {HTMLButtonElement} button */
const isBusy = (button) => button.ariaDisabled === 'true';

/** One whose place is gone is nobody's any more. */
export const isFormOpen = () => [...open.values()].some((form) => form.isConnected);

/** @param {string} name @param {string} text */
export const setOutcome = (name, text) => {
  outcomes.set(name, text);
  say(text);
};

/** @param {string} text */
const sayAny = (text) => text !== '' && say(text);

/** @param {string} name */
const outcome = (name) => {
  const text = outcomes.get(name);
  return text === undefined ? [] : [element('p', { className: 'outcome' }, text)];
};

/**
 * @param {string} name @param {string} label @param {string} [about] What it is done to, for whoever does not see where the button stands.
 */
const named = (name, label, about) => {
  const made = element('button', { type: 'button' }, label);
  made.dataset['name'] = name;
  if (about !== undefined) made.ariaLabel = `${label}: ${about}`;
  return made;
};

/**
 * Does something at once, and says beside it why it was not done.
 *
 * @param {Stage} stage
 * @param {{ name: string, label: string, about?: string, act: () => Promise<string>, after?: () => void }} parts
 * @returns {HTMLElement[]}
 */
export const actButton = ({ r, render, again }, { name, label, about, act, after }) => {
  const made = named(name, label, about);
  made.addEventListener('click', () => {
    if (isBusy(made)) return;
    setBusy(made, true);
    forgetGroup(name);
    act()
      .then(
        async (text) => {
          sayAny(text);
          await again();
          after?.();
        },
        (error) => {
          const texts = faultsOf(r, error).map(({ text }) => text);
          setOutcome(name, texts.join(' '));
          render();
        },
      )
      .finally(() => setBusy(made, false));
  });
  return [made, ...outcome(name)];
};

/**
 * A button that opens a form in its place.
 *
 * @param {Stage} stage
 * @param {{ name: string, label: string, about?: string, parts: () => FormParts }} about
 * @returns {HTMLElement[]}
 */
export const formButton = (stage, { name, label, about, parts }) => {
  const form = open.get(name);
  if (form !== undefined) return [form];
  const made = named(name, label, about);
  made.addEventListener('click', () => openForm(stage, name, parts()));
  return [made, ...outcome(name)];
};

/** @param {Stage} stage @param {string} name @param {FormParts} parts */
export const openForm = (stage, name, parts) => {
  forgetGroup(name);
  open.set(name, formOf(stage, name, parts));
  stage.render();
  /** @type {HTMLElement | undefined} */ (open.get(name)?.querySelector('input, select, button'))?.focus();
};

/** @param {Stage} stage @param {string} name @param {FormParts} parts */
const formOf = ({ r, render, again }, name, { title, fields, send, act }) => {
  const wrong = element('p', { className: 'wrong', role: 'alert' });
  const submit = element('button', { type: 'submit' }, send);
  const cancel = element('button', { type: 'button', className: 'quiet-button' }, r.cancel);
  const lines = fields.map((field) => ({ ...field, ...line(name, field) }));
  const form = element(
    'form',
    { ariaLabel: title, noValidate: true },
    element('h3', {}, title),
    ...lines.flatMap(({ nodes }) => nodes),
    wrong,
    element('div', { className: 'buttons' }, submit, cancel),
  );
  form.dataset['name'] = name;
  const close = () => open.delete(name);
  cancel.addEventListener('click', () => {
    close();
    render();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isBusy(submit)) return;
    setBusy(submit, true);
    wrong.textContent = '';
    for (const { setWrong } of lines) setWrong('');
    Promise.resolve()
      .then(act)
      .then(
        async (text) => {
          close();
          sayAny(text);
          await again();
        },
        (error) => {
          const faults = faultsOf(r, error);
          const lineOf = (/** @type {string | undefined} */ field = '') =>
            lines.find((each) => [each.name, ...(each.also ?? [])].includes(field));
          for (const { text, field } of faults) {
            const at = lineOf(field);
            if (at === undefined) wrong.textContent = `${wrong.textContent} ${text}`.trim();
            else at.setWrong(text);
          }
          faults
            .map(({ field }) => lineOf(field))
            .find((at) => at !== undefined)
            ?.control.focus();
        },
      )
      .finally(() => setBusy(submit, false));
  });
  return form;
};

/** A field with its label, and below it what is wrong with it. @param {string} form @param {Field} field */
const line = (form, { name, label, control, hint }) => {
  const id = `${form}-${name}`;
  const wrong = element('p', { className: 'wrong', id: `${id}-wrong` });
  const help = hint === undefined ? [] : [element('p', { className: 'quiet', id: `${id}-hint` }, hint)];
  control.id = id;
  control.name = name;
  control.setAttribute('aria-describedby', [...help.map((each) => each.id), wrong.id].join(' '));
  /** @param {string} text */
  const setWrong = (text) => {
    wrong.textContent = text;
    control.ariaInvalid = text === '' ? null : 'true';
  };
  return { nodes: [element('label', { htmlFor: id }, label), control, ...help, wrong], setWrong };
};

/** @param {{ value: string, label: string }[]} choices @param {string} [chosen] */
export const select = (choices, chosen) => {
  const made = element('select', {}, ...choices.map(({ value, label }) => element('option', { value }, label)));
  if (chosen !== undefined) made.value = chosen;
  return made;
};
