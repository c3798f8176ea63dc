// What to do with messages that could not be handled, over the API of a Tocsin that runs, as an administrator.
// Usage: npm run parked -- list | show <id> | replay <id> | replay --all | discard <id> --reason <why>
import { parseArgs } from 'node:util';

const WITHIN_MS = 60_000;
const PAGE = 100;
const USAGE = `usage: npm run parked -- <command> [--topic <topic>] [--group <group>] [--url <address>]

  list                          what is parked, oldest first
  show <id>                     one message, with what it says
  replay <id>                   hand it once more to the group that gave it up
  replay --all                  all that are parked now, or those of a topic or group
  discard <id> --reason <why>   give it up for good

The address is http://127.0.0.1:8080 (or TOCSIN_PORT) unless told. TOCSIN_API_KEY, else TOCSIN_BOOTSTRAP_API_KEY, is an administrator's API key.`;

/** What a person can mend, in one line. */
class Refused extends Error {}

const options = {
  all: { type: 'boolean', default: false },
  reason: { type: 'string' },
  topic: { type: 'string' },
  group: { type: 'string' },
  url: { type: 'string' },
};

function read() {
  try {
    return parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });
  } catch (error) {
    throw new Refused(`${error.message}\n${USAGE}`);
  }
}

const { TOCSIN_PORT, PORT, TOCSIN_API_KEY, TOCSIN_BOOTSTRAP_API_KEY } = process.env;

async function call(method, path, query = {}) {
  const url = new URL(`/api/parked-messages${path}`, given.values.url ?? `http://127.0.0.1:${TOCSIN_PORT || PORT || 8080}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const key = TOCSIN_API_KEY || TOCSIN_BOOTSTRAP_API_KEY;
  if (!key) throw new Refused("TOCSIN_API_KEY: set it to an administrator's API key");
  let response;
  try {
    response = await fetch(url, { method, headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(WITHIN_MS) });
  } catch (error) {
    throw new Refused(`${url.origin} does not answer (${error.cause?.code ?? error.name}): give another --url`);
  }
  const text = await response.text();
  if (response.ok) return text === '' ? undefined : JSON.parse(text);
  throw new Refused(`${response.status}: ${messageIn(text)}`);
}

const messageIn = (text) => {
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    return text.slice(0, 200);
  }
};

const chosen = () => ({ topic: given.values.topic, group: given.values.group });

async function list() {
  let count = 0;
  for (;;) {
    const page = await call('GET', '', { ...chosen(), 'start-index': count, 'max-results': PAGE });
    for (const { id, parkedAt, topic, group, messageType, error, tooLarge } of page)
      console.log(
        `${id}  ${parkedAt}  ${messageType} of ${topic} for ${group}: ${error.name}: ${error.message}${tooLarge ? ' (too large)' : ''}`,
      );
    count += page.length;
    if (page.length < PAGE) break;
  }
  console.log(count === 0 ? 'nothing is parked' : `${count} parked`);
}

/** In portions, until nothing more goes. */
async function replayAll() {
  let replayed = 0;
  let left = 0;
  for (;;) {
    const answer = await call('POST', '/replay', chosen());
    replayed += answer.replayed;
    const isDone = answer.replayed === 0 || answer.left === 0 || answer.left === left;
    left = answer.left;
    if (isDone) break;
  }
  console.log(`${replayed} replayed${left === 0 ? '' : `, ${left} are parked still: see list`}`);
}

async function main() {
  const [command, id, ...more] = given.positionals;
  const { all, reason } = given.values;
  const isOne = id !== undefined && more.length === 0;
  if (command === 'list' && id === undefined) return list();
  if (command === 'show' && isOne) return console.log(JSON.stringify(await call('GET', `/${encodeURIComponent(id)}`), null, 2));
  if (command === 'replay' && all && id === undefined) return replayAll();
  if (command === 'replay' && isOne && !all) {
    await call('POST', `/${encodeURIComponent(id)}/replay`);
    return console.log('replayed: if it cannot be handled now either, it is parked again, under another id');
  }
  if (command === 'discard' && isOne) {
    await call('DELETE', `/${encodeURIComponent(id)}`, { reason });
    return console.log('discarded');
  }
  throw new Refused(USAGE);
}

let given;
try {
  given = read();
  await main();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(`tocsin: ${error.message}`);
  process.exitCode = 1;
}
