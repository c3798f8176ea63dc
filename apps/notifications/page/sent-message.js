import { actButton, setOutcome } from './forms.js';
import { messageStatus, sendTest } from './own-settings.js';

/** @typedef {import('./forms.js').Stage} Stage */
/** @typedef {import('./own-settings.js').MessageStatus} MessageStatus */

const BETWEEN_LOOKS_MS = 1_000;
const MOST_LOOKS = 30;

/** @param {MessageStatus} message Nothing more will come of it. */
const isOver = ({ status, state }) => status !== 'SCHEDULED' || state === 'cancelled';

/** @param {import('./reach-texts.js').ReachTexts} r @param {MessageStatus | undefined} message As it was last seen. */
export const outcomeText = (r, message) => {
  if (message === undefined) return r.sentUnknown;
  const { status, state, reason = '' } = message;
  if (state === 'delivered') return r.sentDelivered;
  if (status === 'SUCCESS') return r.sentHandedOver;
  if (status === 'ERROR' || state === 'cancelled') return r.sentFailed(reason);
  if (state === 'handed-over') return r.sentUnconfirmed;
  return reason === '' ? r.sentUnknown : r.sentRetried(reason);
};

/**
 * Looks what becomes of a message until that is known, half a minute at most.
 *
 * @param {'test' | 'verification'} kind @param {number} id @returns {Promise<MessageStatus | undefined>}
 */
export const followed = async (kind, id) => {
  /** @type {MessageStatus | undefined} */
  let seen;
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
    // A network that is away for a moment says nothing about the message.
    seen = (await messageStatus(kind, id).catch(() => undefined)) ?? seen;
    if (seen !== undefined && isOver(seen)) break;
  }
  return seen;
};

/** @param {Stage} stage @param {{ method: string, contact?: import('./own-settings.js').Contact }} way */
export const testButton = (stage, { method, contact }) => {
  const { r, again } = stage;
  const name = `test-${method}-${contact?.id ?? 'own'}`;
  return actButton(stage, {
    name,
    label: r.sendTest(method),
    ...(contact === undefined ? {} : { about: contact.target }),
    act: async () => {
      const { id } = await sendTest(method, contact?.id);
      setOutcome(name, r.testSent);
      void followed('test', id).then((message) => {
        setOutcome(name, outcomeText(r, message));
        return again();
      });
      return '';
    },
  });
};
