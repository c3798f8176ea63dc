import type { Clock, Instant } from '@tocsin/domain';
import type { Metrics } from './metrics';

interface Timers {
  oldestDue(): Instant | undefined;
}

/** Shows how late the earliest due time is, of the timers that were handed over last: those that run in this process. */
export const measureTimers = (metrics: Metrics, clock: Clock, name: string): (<Running extends Timers>(timers: Running) => Running) => {
  let running: Timers | undefined;
  metrics.gauge(
    {
      name: 'tocsin_timer_lateness_seconds',
      help: 'How long ago the earliest due time was that has not fired.',
      labels: ['timers'],
    },
    () => {
      const due = running?.oldestDue();
      return [{ labels: { timers: name }, value: due === undefined ? 0 : Math.max(0, clock.now() - due) / 1_000 }];
    },
  );
  return (timers) => {
    running = timers;
    return timers;
  };
};
