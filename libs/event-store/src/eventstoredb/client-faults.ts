import { EventStoreFault } from '../event-store';

/** What an error of the client says, whatever its class is called in this version of it. */
export type ClientTrouble =
  | { readonly kind: 'wrong-revision' }
  | { readonly kind: 'missing' }
  /** Ended for ever: a tombstone. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'fault'; readonly fault: EventStoreFault };

const CANCELLED = 1;
const UNKNOWN = 2;
const DEADLINE_EXCEEDED = 4;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const ABORTED = 10;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

/** The gRPC library and the client say these with errors that have neither type nor code. */
const CONNECTION_MESSAGES = /Channel has been shut down|Failed to discover after|write after end/;

/** Undefined for what is no trouble of the store's: a bug. */
export function troubleOf(error: unknown): ClientTrouble | undefined {
  if (error instanceof EventStoreFault) return { kind: 'fault', fault: error };
  if (!(error instanceof Error)) return undefined;
  const { type, code } = error as { type?: unknown; code?: unknown };
  if (type === 'wrong-expected-version') return { kind: 'wrong-revision' };
  if (type === 'stream-not-found') return { kind: 'missing' };
  if (type === 'stream-deleted') return { kind: 'ended' };
  const fault = faultByType(type, error) ?? faultByCode(code, error);
  if (fault !== undefined) return { kind: 'fault', fault };
  return CONNECTION_MESSAGES.test(error.message)
    ? { kind: 'fault', fault: new EventStoreFault('unavailable', true, { cause: error }) }
    : undefined;
}

function faultByType(type: unknown, cause: Error): EventStoreFault | undefined {
  switch (type) {
    // A node that is not the leader any more has told the client who is.
    case 'not-leader':
    case 'unavailable':
    case 'cancelled':
      return new EventStoreFault('unavailable', true, { cause });
    case 'deadline-exceeded':
    case 'timeout':
      return new EventStoreFault('timeout', true, { cause });
    case 'maximum-append-size-exceeded':
      return new EventStoreFault('too-large', false, { cause });
    case 'access-denied':
      return new EventStoreFault('denied', false, { cause });
    default:
      return undefined;
  }
}

function faultByCode(code: unknown, cause: Error): EventStoreFault | undefined {
  switch (code) {
    // A connection that breaks in the middle of an answer can come as any of these.
    case CANCELLED:
    case UNKNOWN:
    case INTERNAL:
    case UNAVAILABLE:
      return new EventStoreFault('unavailable', true, { cause });
    case DEADLINE_EXCEEDED:
    case ABORTED:
      return new EventStoreFault('timeout', true, { cause });
    // More than a message may hold.
    case RESOURCE_EXHAUSTED:
      return new EventStoreFault('too-large', false, { cause });
    case PERMISSION_DENIED:
    case UNAUTHENTICATED:
      return new EventStoreFault('denied', false, { cause });
    default:
      return undefined;
  }
}

/** Undefined instead of the error for a stream that is not there, or not any more. */
export async function orMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    const kind = troubleOf(error)?.kind;
    if (kind === 'missing' || kind === 'ended') return undefined;
    throw error;
  }
}
