/** @typedef {import('./own-settings.js').Reach} Reach */
/** @typedef {import('./own-settings.js').Rule} Rule */
/** @typedef {import('./own-settings.js').RuleList} RuleList */
/** @typedef {{ method: string, contact?: import('./own-settings.js').Contact, isUsable: boolean }} Way */

const CHATS = ['TELEGRAM', 'SLACK', 'TEAMS'];
const MESSAGES = ['PUSH', 'SMS', 'EMAIL', 'WHATSAPP', ...CHATS];

/** How long before a shift somebody can be told of it. */
export const BEFORE_MIN = [0, 15, 30, 60, 180, 360, 720, 1440];
export const LONGEST_DELAY_MIN = 120;
export const UPDATES = ['ALERT_ACCEPTED', 'ALERT_RESOLVED', 'ALERT_ESCALATED'];

/** @type {Record<RuleList, readonly string[]>} */
const methodsOf = {
  alerts: [...MESSAGES, 'VOICE'],
  updates: MESSAGES,
  duties: MESSAGES,
  subscriptions: ['PUSH', 'SMS', 'EMAIL'],
};

/** Everything that a rule of a list can be made of here, with what would come to nothing today. @param {Reach} reach @param {RuleList} list @returns {Way[]} */
export const waysOf = ({ methods, emails, phoneNumbers, deviceCount, chats }, list) =>
  methodsOf[list]
    .filter((method) => methods.includes(method))
    .flatMap((method) => {
      if (method === 'PUSH') return [{ method, isUsable: deviceCount > 0 }];
      if (CHATS.includes(method))
        return chats.filter((chat) => chat.method === method).map(({ state }) => ({ method, isUsable: state === 'OK' }));
      return (method === 'EMAIL' ? emails : phoneNumbers).map((contact) => ({
        ...{ method, contact },
        isUsable: contact.verified && contact.status === 'OK',
      }));
    });

/** A way as the choice of a field. @param {Pick<Way, 'method' | 'contact'>} way */
export const wayKey = ({ method, contact }) => `${method} ${contact?.id ?? ''}`.trim();

/** What was chosen, as the API takes it. @param {string} key */
export const wayOfKey = (key) => {
  const [method = '', contact] = key.split(' ');
  return { method, ...(contact === undefined ? {} : { contact: { id: Number(contact) } }) };
};

/** Rules in the order in which they happen. @param {readonly Rule[]} rules */
export const inOrder = (rules) =>
  [...rules].sort(
    (one, other) =>
      (one.delayMin ?? 0) - (other.delayMin ?? 0) ||
      (other.beforeMin ?? 0) - (one.beforeMin ?? 0) ||
      (one.type ?? '').localeCompare(other.type ?? '') ||
      one.id - other.id,
  );
