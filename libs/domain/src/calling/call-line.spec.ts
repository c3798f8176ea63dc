import { fold } from '../decider';
import { specify } from '../testing/specify';
import { instant, plusMs, type Instant } from '../time';
import { callLineDecider, callUnderWay, isAnsweredNow, type CallLine, type CallLineCommand } from './call-line';
import type { CallLineEvent } from './call-line-events';

const begin = instant(1_772_420_400_000);
const second = (seconds: number): Instant => plusMs(begin, seconds * 1_000);
const disk = { notification: 'notification-1-1-8', attempt: 1 };
const load = { notification: 'notification-2-1-8', attempt: 1 };
const power = { notification: 'notification-3-1-8', attempt: 1 };

type Call = typeof disk;
const places = (call: Call, at: number): CallLineCommand => ({ type: 'place', at: second(at), ...call });
const answers = (call: Call, at: number): CallLineCommand => ({ type: 'answer', at: second(at), ...call });
const ends = (call: Call, at: number): CallLineCommand => ({ type: 'end', at: second(at), ...call });
const placed = (call: Call, at: number): CallLineEvent => ({
  type: 'CallPlaced',
  data: { ...call, at: second(at), until: second(at + 60) },
});
const answered = (call: Call, at: number): CallLineEvent => ({
  type: 'CallAnswered',
  data: { ...call, at: second(at), until: second(at + 300) },
});
const ended = (call: Call, at: number): CallLineEvent => ({ type: 'CallEnded', data: { ...call, at: second(at) } });
const awaited = ({ notification }: Call, at: number): CallLineEvent => ({ type: 'CallAwaited', data: { at: second(at), notification } });

const given = specify(callLineDecider);
const after = (...events: readonly CallLineEvent[]): CallLine => fold(callLineDecider, events);

describe('a telephone that nobody calls (B25)', () => {
  it('is called', () => given().when(places(disk, 0)).then(placed(disk, 0)));
  it('is called again after a call', () =>
    given(placed(disk, 0), answered(disk, 10), ended(disk, 40)).when(places(load, 40)).then(placed(load, 40)));
  it('has no call that could be answered or ended', () => {
    given().when(answers(disk, 1)).thenNothing();
    given().when(ends(disk, 1)).thenNothing();
  });
});

describe('a telephone that is called (B25)', () => {
  it('is not called for another page meanwhile, which waits', () => given(placed(disk, 0)).when(places(load, 5)).then(awaited(load, 5)));
  it('has each page wait once', () => given(placed(disk, 0), awaited(load, 5)).when(places(load, 35)).thenNothing());
  it('is not called again for the same page, whose call before may be ringing', () =>
    given(placed(disk, 0))
      .when(places({ ...disk, attempt: 2 }, 5))
      .then(awaited(disk, 5)));
  it('has the same attempt placed once', () => given(placed(disk, 0)).when(places(disk, 1)).thenNothing());
  it('is free when nobody has picked up in a minute, whatever was or was not heard of the call', () => {
    given(placed(disk, 0)).when(places(load, 59)).then(awaited(load, 59));
    given(placed(disk, 0)).when(places(load, 60)).then(placed(load, 60));
  });
  it('is taken for five minutes at most once somebody has picked up', () => {
    given(placed(disk, 0), answered(disk, 20)).when(places(load, 319)).then(awaited(load, 319));
    given(placed(disk, 0), answered(disk, 20)).when(places(load, 320)).then(placed(load, 320));
  });
  it('is picked up once', () => {
    given(placed(disk, 0)).when(answers(disk, 20)).then(answered(disk, 20));
    given(placed(disk, 0), answered(disk, 20)).when(answers(disk, 21)).thenNothing();
  });
  it('is picked up late where nobody has called since', () => given(placed(disk, 0)).when(answers(disk, 90)).then(answered(disk, 90)));
  it('knows the end of this call from that of another', () => {
    given(placed(disk, 0), ended(disk, 9), placed(load, 9)).when(ends(disk, 10)).thenNothing();
    given(placed(disk, 0), ended(disk, 9), placed({ ...disk, attempt: 2 }, 9))
      .when(ends(disk, 10))
      .thenNothing();
    given(placed(disk, 0)).when(ends(disk, 9)).then(ended(disk, 9));
  });
  it('tells who waits, until they are called', () => {
    const waited = [placed(disk, 0), awaited(load, 5), awaited(power, 6), ended(disk, 9)];
    expect(after(...waited).waiting).toEqual([load.notification, power.notification]);
    expect(after(...waited, placed(load, 9)).waiting).toEqual([power.notification]);
  });
  it('forgets whoever waited before the one that is called: they look again by themselves', () => {
    const waited = [placed(disk, 0), awaited(load, 5), awaited(power, 6), ended(disk, 9)];
    expect(after(...waited, placed(power, 9)).waiting).toEqual([]);
    expect(after(...waited, placed({ ...disk, attempt: 2 }, 9)).waiting).toEqual([]);
  });
  it('tells which call keeps others waiting', () => {
    expect(callUnderWay(after(placed(disk, 0)), second(59))).toMatchObject({ ...disk, until: second(60) });
    expect(callUnderWay(after(placed(disk, 0)), second(60))).toBeUndefined();
  });
});

describe('a key (B25)', () => {
  const isHeard = (at: number, ...events: readonly CallLineEvent[]) => isAnsweredNow(after(...events), disk, second(at));
  it('counts in a call that was answered', () => expect(isHeard(30, placed(disk, 0), answered(disk, 20))).toBe(true));
  it('is ignored of a call that has ended', () => expect(isHeard(41, placed(disk, 0), answered(disk, 20), ended(disk, 40))).toBe(false));
  it('is ignored of a call that must have ended', () => expect(isHeard(320, placed(disk, 0), answered(disk, 20))).toBe(false));
  it('is ignored of a call that nobody picked up', () => expect(isHeard(10, placed(disk, 0))).toBe(false));
  it('is ignored of an earlier call for the same page', () =>
    expect(isHeard(70, placed(disk, 0), placed({ ...disk, attempt: 2 }, 61), answered({ ...disk, attempt: 2 }, 65))).toBe(false));
});
