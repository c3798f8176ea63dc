import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;

const time = () => new Date().toISOString().slice(11, 19);

/** One line of the story, with the time at which it happens. */
export const say = (line) => console.log(`${time()}  ${line}`);

/** Something beside the story: an address, a message, a piece of a page. */
export const show = (text) => console.log(text.replace(/^/gm, '            | '));

/** What is told is also checked: the story ends where it is not true. */
export function expect(isTrue, otherwise) {
  if (!isTrue) throw new Error(otherwise);
}

/** Asks until the answer is something. */
export async function until(what, withinMs, ask) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
    await sleep(POLL_MS);
  }
}

/** Waits for an instant and says now and then how long it still takes. */
export async function waitUntil(instantMs, reason) {
  for (let left = instantMs - Date.now(); left > 0; left = instantMs - Date.now()) {
    say(`${reason} (${Math.ceil(left / 1000)} s to go)`);
    await sleep(Math.min(left, 15_000));
  }
}
