import type { Logger } from './logging';

export interface StopOnSignalsOptions {
  /** Stops accepting, finishes or hands back what is in hand. */
  stop(): Promise<void>;
  readonly log: Logger;
  /** A stop that takes longer is cut off: what was not finished is done again after the next start. */
  readonly withinMs?: number;
  /** The process, unless it is a test. */
  readonly on?: (signal: StopSignal, listener: () => void) => unknown;
  readonly exit?: (code: number) => void;
}

export type StopSignal = 'SIGTERM' | 'SIGINT';

const WITHIN_MS = 28_000;

/** The first SIGTERM or SIGINT stops the process, further ones are ignored. Exit code 0 when everything stopped in time. */
export const stopOnSignals = ({
  stop,
  log,
  withinMs = WITHIN_MS,
  on = (signal, listener) => process.on(signal, listener),
  exit = (code) => process.exit(code),
}: StopOnSignalsOptions): void => {
  let stopping = false;
  const begin = (signal: StopSignal): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    const cutOff = setTimeout(() => {
      log.error({ withinMs }, 'did not stop in time');
      exit(1);
    }, withinMs);
    stop()
      .then(
        () => 0,
        (error: unknown) => {
          log.error({ err: error }, 'could not stop cleanly');
          return 1;
        },
      )
      .then((code) => {
        clearTimeout(cutOff);
        exit(code);
      })
      .catch(() => exit(1));
  };
  on('SIGTERM', () => begin('SIGTERM'));
  on('SIGINT', () => begin('SIGINT'));
};
