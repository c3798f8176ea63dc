import { MOST_TURNS, nextInCall } from './call-keys';

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
  it('nothing is answered that was not told yet', () => expect(after(0, '1')).toMatchObject({ type: 'tell', turn: 1 }));
});
