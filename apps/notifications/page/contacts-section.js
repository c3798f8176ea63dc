import { element, section } from './dom.js';
import { actButton, formButton, openForm, select, setOutcome } from './forms.js';
import { addContact, askForCode, enterCode, removeContact } from './own-settings.js';
import { regions, usualRegion } from './regions.js';
import { followed, outcomeText, testButton } from './sent-message.js';

/** @typedef {import('./forms.js').Stage} Stage */
/** @typedef {import('./own-settings.js').Reach} Reach */
/** @typedef {import('./own-settings.js').Contact} Contact */
/** @typedef {import('./own-settings.js').ContactKind} ContactKind */

/** @type {Record<ContactKind, readonly string[]>} */
const methodsOf = { emails: ['EMAIL'], 'phone-numbers': ['SMS', 'VOICE', 'WHATSAPP'] };

/** @param {Stage} stage @param {Reach} reach */
export const contactsSection = (stage, reach) => {
  const { r } = stage;
  /** @param {ContactKind} kind @param {readonly Contact[]} contacts */
  const list = (kind, contacts) =>
    contacts.length === 0
      ? element('p', {}, r.none[kind])
      : element('ul', {}, ...contacts.map((contact) => item(stage, reach, { kind, contact })));
  return section(
    r.contacts,
    element('h3', {}, r.emails),
    list('emails', reach.emails),
    element('div', { className: 'buttons' }, ...add(stage, reach, 'emails')),
    element('h3', {}, r.phoneNumbers),
    list('phone-numbers', reach.phoneNumbers),
    element('div', { className: 'buttons' }, ...add(stage, reach, 'phone-numbers')),
  );
};

/** @param {import('./reach-texts.js').ReachTexts} r @param {Contact} contact */
const stateText = (r, { status, verified }) => {
  if (status !== 'OK') return r.problem(`CONTACT_${status}`, '') ?? status;
  return verified ? r.verified : r.notVerified;
};

/** @param {Stage} stage @param {Reach} reach @param {{ kind: ContactKind, contact: Contact }} which */
const item = (stage, reach, { kind, contact }) => {
  const { r } = stage;
  const { id, target, status, verified } = contact;
  const isFine = status === 'OK' && verified;
  const canSend = methodsOf[kind].filter((method) => reach.methods.includes(method));
  const tests = isFine ? canSend.flatMap((method) => testButton(stage, { method, contact })) : [];
  const codes = status === 'OK' && !verified ? codeButtons(stage, { kind, contact, canSend }) : [];
  const removal = formButton(stage, {
    name: `contact-remove${id}`,
    label: r.remove,
    about: target,
    parts: () => ({
      title: r.removeContact(target),
      fields: [],
      send: r.remove,
      act: async () => {
        await removeContact(kind, id);
        return r.removed(target);
      },
    }),
  });
  return element(
    'li',
    { className: 'plain' },
    element('strong', {}, target),
    element('p', { className: isFine ? 'quiet' : 'wrong' }, stateText(r, contact)),
    element('div', { className: 'buttons' }, ...codes, ...tests, ...removal),
  );
};

/** @param {Stage} stage @param {{ kind: ContactKind, contact: Contact, canSend: string[] }} about */
const codeButtons = (stage, { kind, contact, canSend }) => {
  const { r } = stage;
  const ways = /** @type {const} */ (['EMAIL', 'SMS', 'VOICE']).filter((method) => canSend.includes(method));
  const enter = codeForm(stage, kind, contact);
  return [
    ...formButton(stage, enter),
    ...ways.flatMap((method) =>
      actButton(stage, {
        name: `code-${method}${contact.id}`,
        label: r.sendCode[method],
        about: contact.target,
        act: async () => {
          await sendCode(stage, { kind, contact, method });
          return r.codeSent(contact.target);
        },
        after: () => openForm(stage, enter.name, enter.parts()),
      }),
    ),
  ];
};

/** @param {Stage} stage @param {ContactKind} kind @param {Contact} contact */
const codeForm = (stage, kind, { id, target }) => {
  const { r } = stage;
  return {
    name: `code-enter${id}`,
    label: r.enterCode,
    about: target,
    parts: () => {
      const control = element('input', { type: 'text', inputMode: 'numeric', autocomplete: 'one-time-code', required: true });
      return {
        title: r.codeOf(target),
        fields: [{ name: 'code', label: r.code, control, hint: r.codeHint }],
        send: r.verify,
        act: async () => {
          await enterCode(kind, id, control.value.trim());
          return r.nowVerified(target);
        },
      };
    },
  };
};

/** One that does not get there is told beside the contact. @param {Stage} stage @param {{ kind: ContactKind, contact: Contact, method: 'EMAIL' | 'SMS' | 'VOICE' }} about */
const sendCode = async ({ r, render }, { kind, contact, method }) => {
  const { id } = await askForCode(kind, contact.id, method === 'EMAIL' ? undefined : method);
  void followed('verification', id).then((message) => {
    if (message?.status !== 'ERROR') return;
    setOutcome(`code-${method}${contact.id}`, outcomeText(r, message));
    render();
  });
};

/** @param {Stage} stage @param {Reach} reach @param {ContactKind} kind */
const add = (stage, reach, kind) => {
  const { r } = stage;
  return formButton(stage, {
    name: `contact-add-${kind}`,
    label: r.add[kind],
    parts: () => {
      const isPhone = kind === 'phone-numbers';
      const target = element('input', { type: isPhone ? 'tel' : 'email', autocomplete: isPhone ? 'tel' : 'email', required: true });
      const region = select(regions(reach.user.language), usualRegion(reach.user.region, navigator.language));
      const fields = [{ name: 'target', label: r.target[kind], control: target, hint: r.targetHint[kind] }];
      return {
        title: r.add[kind],
        fields: isPhone ? [...fields, { name: 'regionCode', label: r.country, control: region }] : fields,
        send: r.addNow,
        act: async () => {
          const own = { target: target.value.trim() };
          const phone = { regionCode: region.value, primary: reach.phoneNumbers.length === 0 };
          const contact = await addContact(kind, isPhone ? { ...own, ...phone } : own);
          return contact.verified ? r.nowVerified(contact.target) : r.addedUnverified(contact.target);
        },
      };
    },
  });
};
