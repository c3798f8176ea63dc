import type { DueTimersLog, ProjectionLog } from '@tocsin/read-models';
import type { Logger } from './logging';

type Entry = DueTimersLog | ProjectionLog;

const levels: Readonly<Record<Entry['message'], 'info' | 'warn' | 'error'>> = {
  'projection rebuilding': 'info',
  'projection recovered': 'info',
  'projection degraded': 'warn',
  // The view leaves that stream out until it is rebuilt.
  'event parked': 'error',
  'timer failed': 'warn',
  'timers read the whole log': 'warn',
  'timers wait for the log': 'warn',
  'timers are not stored': 'warn',
};

/** What views and timers have to say, in the log. */
export const readModelLog =
  (log: Logger) =>
  (entry: Entry): void => {
    const { message, ...fields } = entry;
    const { error, ...more } = { error: undefined, ...fields };
    log[levels[message]]({ ...more, ...(error === undefined ? {} : { err: error }) }, message);
  };
