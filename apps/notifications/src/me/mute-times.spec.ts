import { fieldOf, timeToCome, usualMutes } from '../../page/mute-times.js';

/** By the clock of the device, wherever that is. */
const at = (text: string): Date => new Date(text);
const ends = (now: string) => Object.fromEntries(usualMutes(at(now)).map(({ length, end }) => [length, fieldOf(end)]));

describe('the usual ends of a mute', () => {
  it('are an hour and four hours away, and the next morning', () =>
    expect(ends('2026-03-02T22:10:00')).toEqual({
      hour: '2026-03-02T23:10',
      fourHours: '2026-03-03T02:10',
      morning: '2026-03-03T08:00',
    }));

  it('have the morning that is next, for whoever goes to bed after midnight', () =>
    expect(ends('2026-03-02T01:00:00')['morning']).toBe('2026-03-02T08:00'));

  it('have the next morning from eight on', () => expect(ends('2026-12-31T08:00:00')['morning']).toBe('2027-01-01T08:00'));
});

describe('a time that is entered', () => {
  const now = at('2026-03-02T12:00:00');

  it('is one by the clock of the device', () => expect(timeToCome('2026-03-02T12:01', now)).toEqual(at('2026-03-02T12:01:00')));

  it.each(['', '2026-03-02T12:00', '2026-03-02T11:59', 'soon'])('has to be still to come: %j', (text) =>
    expect(timeToCome(text, now)).toBeUndefined(),
  );
});
