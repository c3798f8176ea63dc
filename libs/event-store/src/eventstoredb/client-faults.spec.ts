import { EventStoreFault } from '../event-store';
import { troubleOf } from './client-faults';

const errorWith = (properties: object, message = 'x'): Error => Object.assign(new Error(message), properties);

describe('an error of the client', () => {
  it.each([
    [{ type: 'unavailable' }, 'unavailable', true],
    [{ type: 'cancelled' }, 'unavailable', true],
    [{ type: 'not-leader' }, 'unavailable', true],
    [{ type: 'deadline-exceeded' }, 'timeout', true],
    [{ type: 'timeout' }, 'timeout', true],
    [{ type: 'maximum-append-size-exceeded' }, 'too-large', false],
    [{ type: 'access-denied' }, 'denied', false],
    [{ type: 'unknown', code: 13 }, 'unavailable', true],
    [{ type: 'unknown', code: 8 }, 'too-large', false],
    [{ code: 14 }, 'unavailable', true],
    [{ code: 4 }, 'timeout', true],
    [{ code: 7 }, 'denied', false],
  ] as const)('%j is the fault %s', (properties, reason, retriable) => {
    const cause = errorWith(properties);
    expect(troubleOf(cause)).toMatchObject({ kind: 'fault', fault: { reason, retriable, cause } });
  });

  it.each(['Channel has been shut down', 'Failed to discover after 10 attempts.'])(
    'that says only "%s" is one of the connection',
    (message) => {
      expect(troubleOf(new Error(message))).toMatchObject({ kind: 'fault', fault: { reason: 'unavailable', retriable: true } });
    },
  );

  it.each([
    ['wrong-expected-version', 'wrong-revision'],
    ['stream-not-found', 'missing'],
    ['stream-deleted', 'ended'],
  ])('of type %s is an answer', (type, kind) => {
    expect(troubleOf(errorWith({ type }))).toEqual({ kind });
  });

  it('that is none of these is a mistake of ours', () => {
    expect(troubleOf(errorWith({ type: 'unknown', code: 3 }))).toBeUndefined();
    expect(troubleOf(new TypeError('no'))).toBeUndefined();
    expect(troubleOf('no')).toBeUndefined();
  });

  it('that is a fault already stays one', () => {
    const fault = new EventStoreFault('timeout', true);
    expect(troubleOf(fault)).toEqual({ kind: 'fault', fault });
  });
});
