import { v5 as uuidV5 } from 'uuid';
import { derivedEventId } from './event-id';

describe('the id of an event that a command makes', () => {
  it('is the UUID of version 5 of command, stream and index', () => {
    for (let n = 0; n < 200; n++)
      expect(derivedEventId(`command-${n}`, 'alert-4711', n)).toBe(
        uuidV5(`command-${n}\nalert-4711\n${n}`, '6f2b1c0e-54a7-5d0e-9a6e-0d1d7c3b8e41'),
      );
  });

  it('differs by each of them', () => {
    const ids = [derivedEventId('a', 'b', 0), derivedEventId('a', 'b', 1), derivedEventId('a', 'c', 0), derivedEventId('d', 'b', 0)];
    expect(new Set(ids).size).toBe(4);
  });
});
