import { cameThrough, MOST_TURNS, nextInCall, nextInCallOfMany } from './call-keys';

const after = (told: number, key?: string, canEscalate = true) => nextInCall({ told, key, canEscalate });

describe('in a call (B25)', () => {
  it('it is told first what the call is about', () => expect(after(0)).toEqual({ type: 'tell', turn: 1, why: 'first' }));
  it.each([
    ['1', 'accept'],
    ['2', 'resolve'],
    ['3', 'escalate'],
  ])('%s means %s', (key, purpose) => expect(after(1, key)).toEqual({ type: 'answer', purpose }));
  it('0 has it told again', () => expect(after(1, '0')).toEqual({ type: 'tell', turn: 2, why: 'repeat' }));
  it.each(['4', '9', '*', '#', '12', ''])('%j means nothing: it is told again', (key) =>
    expect(after(1, key)).toEqual({ type: 'tell', turn: 2, why: 'wrong-key' }),
  );
  it('3 means nothing where there is nothing to escalate', () => expect(after(1, '3', false)).toMatchObject({ why: 'wrong-key' }));
  it('no key has it told again', () => expect(after(2)).toEqual({ type: 'tell', turn: 3, why: 'no-key' }));
  it.each([undefined, '0', '7'])('it is told so often and not once more: %j', (key) =>
    expect(after(MOST_TURNS, key)).toEqual({ type: 'end' }),
  );
  it('the last time can be answered', () => expect(after(MOST_TURNS, '1')).toEqual({ type: 'answer', purpose: 'accept' }));
  it('another provider may put through what one could not, and no more: the telephone is the same', () => {
    expect((['no-answer', 'busy', 'canceled', 'machine', 'no-key'] as const).every(cameThrough)).toBe(true);
    expect(cameThrough('failed')).toBe(false);
  });
  it('nothing is answered that was not told yet', () => expect(after(0, '1')).toMatchObject({ type: 'tell', turn: 1 }));
});

describe('in a call about several alerts (B29)', () => {
  const ofMany = (told: number, key?: string) => nextInCallOfMany({ told, key });
  it('all are told first', () => expect(ofMany(0)).toEqual({ type: 'tell', turn: 1, why: 'first' }));
  it('1 accepts all of them', () => expect(ofMany(1, '1')).toEqual({ type: 'accept-all' }));
  it('4 has them told one by one', () => expect(ofMany(1, '4')).toEqual({ type: 'one-by-one' }));
  it('0 has all told again', () => expect(ofMany(1, '0')).toEqual({ type: 'tell', turn: 2, why: 'repeat' }));
  // What resolves or escalates one alert must not do so to all that happen to be told with it.
  it.each(['2', '3', '5', '*'])('%s means nothing', (key) => expect(ofMany(1, key)).toEqual({ type: 'tell', turn: 2, why: 'wrong-key' }));
  it('nothing is accepted that was not told yet', () => expect(ofMany(0, '1')).toMatchObject({ type: 'tell', turn: 1 }));
  it('they are told so often and not once more', () => expect(ofMany(MOST_TURNS)).toEqual({ type: 'end' }));
  it('the last time can be answered', () => expect(ofMany(MOST_TURNS, '1')).toEqual({ type: 'accept-all' }));
});
