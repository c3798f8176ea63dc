import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Lets one long reader at a time have one page per turn of the event loop. Ten followers that catch up together would
 * otherwise read ten pages between two answers to an intake.
 */
export class Turns {
  private last: Promise<void> = Promise.resolve();

  /** Resolves in a turn that nobody else was given. */
  next(): Promise<void> {
    return (this.last = this.last.then(() => nextTurn()));
  }
}
