import { KnownIds } from './known-ids';

const events = (first: number, ...ids: string[]) =>
  ids.map((id, index) => ({ id, revision: first + index, at: BigInt(first + index) * 10n }));

describe('the ids known of a stream', () => {
  it('tell a repetition, with where its last event is', () => {
    const known = new KnownIds();
    known.add('s', -1, events(0, 'a', 'b', 'c'));
    expect(known.upTo('s')).toBe(2);
    expect(known.repetition('s', ['a', 'b'])).toEqual({ revision: 1, at: 10n });
    expect(known.repetition('s', ['x'])).toBe('none');
    expect(known.repetition('s', ['c', 'x'])).toBe('some');
    expect(known.repetition('t', ['a'])).toBe('none');
  });

  it('grow at the end, and begin anew behind a gap', () => {
    const known = new KnownIds();
    known.add('s', -1, events(0, 'a'));
    known.add('s', 0, events(1, 'b'));
    known.add('s', -1, events(0, 'a'));
    expect(known.upTo('s')).toBe(1);
    known.add('s', 4, events(5, 'f'));
    expect(known.repetition('s', ['a'])).toBe('none');
    expect(known.repetition('s', ['f'])).toEqual({ revision: 5, at: 50n });
  });

  it('say from where on they have to be read, at most a thousand back', () => {
    const known = new KnownIds();
    expect(known.unknownFrom('s', 3)).toBe(0);
    expect(known.unknownFrom('s', 5_000)).toBe(4_001);
    known.add('s', -1, events(0, 'a', 'b'));
    expect(known.unknownFrom('s', 1)).toBe(2);
    expect(known.unknownFrom('s', 3)).toBe(2);
    expect(known.unknownFrom('s', 5_000)).toBe(4_001);
    known.add('s', 4_998, events(4_999, 'y', 'z'));
    expect(known.unknownFrom('s', 5_000)).toBe(4_001);
  });

  it('of a stream that keeps only its last event are all there are', () => {
    const known = new KnownIds();
    known.add('s', 6_999, events(7_500, 'a'));
    expect(known.unknownFrom('s', 7_500)).toBe(7_501);
  });

  it('are those of a stream that began again when what was before is gone', () => {
    const known = new KnownIds();
    known.add('s', -1, events(0, 'a', 'b'));
    known.add('s', 1, events(4, 'c'));
    expect(known.repetition('s', ['a'])).toBe('none');
    expect(known.repetition('s', ['c'])).toEqual({ revision: 4, at: 40n });
    expect(known.upTo('s')).toBe(4);
  });

  it('keep a position that was known before', () => {
    const known = new KnownIds();
    known.add('s', -1, events(0, 'a'));
    known.add('s', -1, [{ id: 'a', revision: 0 }]);
    expect(known.repetition('s', ['a'])).toEqual({ revision: 0, at: 0n });
  });

  it('are forgotten for the streams used least lately, never in part', () => {
    const known = new KnownIds(4);
    known.add('s', -1, events(0, 'a', 'b'));
    known.add('t', -1, events(0, 'c', 'd'));
    known.add('s', 1, events(2, 'e'));
    expect(known.upTo('t')).toBe(-1);
    expect(known.upTo('s')).toBe(2);
    known.add('u', -1, events(0, 'f', 'g', 'h', 'i', 'j'));
    expect(known.upTo('s')).toBe(-1);
    expect(known.repetition('u', ['f', 'j'])).toEqual({ revision: 4, at: 40n });
  });
});
