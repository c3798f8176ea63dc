import { EventStoreFault } from '@tocsin/event-store';
import type { Lease } from '@tocsin/event-store';

/** Runs work one piece after the other, in the order it was given, whatever became of the one before. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Within this process. */
export const turnsHere = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work, work);
    last = run.catch(() => undefined);
    return run;
  };
};

/** Over all replicas: one that holds the lease works, the others wait. Whoever waits too long gets a fault that says so. */
export const turnsByLease = (lease: Lease, withinMs: number): InTurn => {
  const here = turnsHere();
  return (work) => here(() => holding(lease, withinMs, work));
};

const holding = async <T>(lease: Lease, withinMs: number, work: () => Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => reject(new EventStoreFault('timeout', true)), withinMs);
      lease.start(async () => {
        clearTimeout(timer);
        await work().then(resolve, reject);
      });
    });
  } finally {
    clearTimeout(timer);
    await lease.stop();
  }
};
