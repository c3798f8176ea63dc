import type { Metadata } from '@grpc/grpc-js';
import { authorise } from './credentials';
import type { Users } from './credentials';
import type { Database } from './database';
import type { Asked, Fault, Faults } from './faults';
import { notLeader, unavailable } from './refusals';

export interface Serving {
  readonly database: Database;
  readonly faults: Faults;
  readonly users: Users | undefined;
  readonly mostAppendBytes: number;
  readonly now: () => number;
  readonly address: () => { readonly host: string; readonly port: number };
  /** Breaks every connection, as a network does. */
  readonly cutConnections: () => void;
  readonly delay: (ms: number) => Promise<void>;
}

/** Never settles: neither will the call. */
const silence = (): Promise<never> => new Promise(() => undefined);

/** Lets a call of somebody who may make it through to its work, by way of the fault that waits for it. @throws Refusal */
export function admit(serving: Serving, asked: Asked, metadata: Metadata): <T>(work: () => Promise<T>) => Promise<T> {
  authorise(serving.users, metadata);
  const fault = serving.faults.take(asked);
  return async (work) => {
    await beforeWork(serving, fault);
    const answer = await work();
    if (fault?.kind === 'lose-answer') serving.cutConnections();
    return fault?.kind === 'lose-answer' || fault?.kind === 'hang-after' ? silence() : answer;
  };
}

async function beforeWork(serving: Serving, fault: Fault | undefined): Promise<void> {
  switch (fault?.kind) {
    case 'cut':
      serving.cutConnections();
      return silence();
    case 'hang':
      return silence();
    case 'delay':
      return serving.delay(fault.delayMs ?? 0);
    case 'not-leader': {
      const { host, port } = fault.leader ?? serving.address();
      throw notLeader(host, port);
    }
    case 'unavailable':
      throw unavailable('Server Is Not Ready');
    case 'lose-answer':
    case 'hang-after':
    case undefined:
      return;
  }
}
