import type { Clock, Instant } from '@tocsin/domain';
import type { BackgroundPart, Logger } from '@tocsin/platform';

const EVERY_MS = 3_600_000;

/** Once an hour removes messages that every group is done with and that are older than their topic keeps them. */
export const busRetention = (bus: { removeExpired(now: Instant): Promise<number> }, clock: Clock, log: Logger): BackgroundPart => {
  let timer: NodeJS.Timeout | undefined;
  const sweep = (): void => {
    bus.removeExpired(clock.now()).then(
      (removed) => log.info({ removed }, 'expired messages removed'),
      (error: unknown) => log.warn({ err: error }, 'expired messages could not be removed'),
    );
  };
  return {
    start: () => {
      timer = setInterval(sweep, EVERY_MS);
      timer.unref();
    },
    stop: async () => clearInterval(timer),
    settled: () => true,
  };
};
