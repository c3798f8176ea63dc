/**
 * Answers that could not be sent yet, kept where the page and its worker both find them. Sending one twice is harmless:
 * whoever has accepted an alert has accepted it, and an escalation says from which level (so a late one changes nothing).
 */

/**
 * @typedef {object} WaitingAnswer
 * @property {string} link Path of the answer link, with its token: all that is needed to send it, also when nobody is signed in.
 * @property {number} alertId
 */

const DATABASE = 'tocsin';
const ANSWERS = 'answers';
/** What a worker is woken for when the network is back. */
export const SEND_WAITING = 'send-waiting-answers';

/** @returns {Promise<IDBDatabase>} */
const open = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(ANSWERS, { keyPath: 'link' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(answers: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>}
 */
const inStore = async (mode, act) => {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(ANSWERS, mode);
      const request = act(transaction.objectStore(ANSWERS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
};

/** @param {WaitingAnswer} answer */
const keep = (answer) => inStore('readwrite', (answers) => answers.put(answer));

/** @returns {Promise<WaitingAnswer[]>} */
export const waitingAnswers = () => inStore('readonly', (answers) => answers.getAll());

/** Long enough for a slow mobile network; after it the answer is kept and sent again. */
const SEND_TIMEOUT_MS = 15_000;

/**
 * @param {WaitingAnswer} answer
 * @returns {Promise<string | undefined>} What came of it, in words; undefined when it must be sent again.
 */
const send = async ({ link }) => {
  try {
    const answered = await fetch(link, {
      method: 'POST',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    });
    if (answered.status >= 500 || answered.status === 408 || answered.status === 429) return undefined;
    return String((await answered.json()).text);
  } catch {
    // Offline, or something between here and the server that answers in its place.
    return undefined;
  }
};

/**
 * Kept before it is sent, so that an app that is closed in the middle loses nothing.
 *
 * @param {WaitingAnswer} answer
 * @param {ServiceWorkerRegistration | undefined} registration
 * @returns {Promise<string | undefined>} What came of it, in words; undefined when it waits for the network.
 */
export const giveAnswer = async (answer, registration) => {
  await keep(answer);
  const text = await send(answer);
  if (text !== undefined) await inStore('readwrite', (answers) => answers.delete(answer.link));
  // Not every browser has background sync; the page sends what waits when it is opened.
  else await /** @type {any} */ (registration)?.sync?.register(SEND_WAITING).catch(() => undefined);
  return text;
};

/** @returns {Promise<{ alertId: number, text: string }[]>} What came of those that could be sent. */
export const sendWaiting = async () => {
  const outcomes = [];
  for (const answer of await waitingAnswers()) {
    const text = await send(answer);
    if (text === undefined) break;
    await inStore('readwrite', (answers) => answers.delete(answer.link));
    outcomes.push({ alertId: answer.alertId, text });
  }
  return outcomes;
};
