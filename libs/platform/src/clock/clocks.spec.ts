import { instant, plusMinutes, plusMs } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import * as fc from 'fast-check';
import { durationMs } from './duration';
import { SystemClock } from './system-clock';
import { TimerQueue } from './timer-queue';
import { WoundClock } from './wound-clock';

const start = instant(1_700_000_000_000);

describe('a wound clock', () => {
  it('stands still', () => {
    const clock = new WoundClock(start);
    expect([clock.now(), clock.now()]).toEqual([start, start]);
  });

  it('fires timers at their own time, in order, and lets each settle before the next', async () => {
    const story: string[] = [];
    const clock = new WoundClock(start, async () => void story.push('settled'));
    const fires = (name: string) => () => void story.push(`${name} at +${(clock.now() - start) / 60_000}`);
    clock.at(plusMinutes(start, 30), fires('b'));
    clock.at(plusMinutes(start, 5), fires('a'));
    clock.at(plusMinutes(start, 30), fires('c'));
    clock.at(plusMinutes(start, 31), fires('late'));
    await clock.advance('30m');
    expect(story).toEqual(['settled', 'a at +5', 'settled', 'b at +30', 'settled', 'c at +30', 'settled', 'settled']);
    expect(clock.now()).toBe(plusMinutes(start, 30));
  });

  it('fires what is set while it is wound, if that is due before the end', async () => {
    const clock = new WoundClock(start);
    const fired: number[] = [];
    const every5 = (): void => {
      fired.push((clock.now() - start) / 60_000);
      clock.at(plusMinutes(clock.now(), 5), every5);
    };
    clock.at(plusMinutes(start, 5), every5);
    await clock.advance('16m');
    expect(fired).toEqual([5, 10, 15]);
  });

  it('waits until what a timer set off has set its own timer', async () => {
    let working = Promise.resolve();
    const clock = new WoundClock(start);
    clock.settleWith(() => working);
    const fired: string[] = [];
    clock.at(plusMinutes(start, 1), () => {
      working = new Promise<void>((resolve) => setImmediate(resolve)).then(
        () => void clock.at(plusMinutes(start, 2), () => void fired.push('second')),
      );
    });
    await clock.advance('10m');
    expect(fired).toEqual(['second']);
  });

  it('does not fire what was cancelled', async () => {
    const clock = new WoundClock(start);
    const timer = clock.at(plusMinutes(start, 1), () => {
      throw new Error('cancelled');
    });
    timer.cancel();
    timer.cancel();
    await clock.advance('1h');
  });

  it('fires at once, not inside the call, what is due already', async () => {
    const clock = new WoundClock(start);
    const fired: string[] = [];
    clock.at(start, () => void fired.push('now'));
    expect(fired).toEqual([]);
    await Promise.resolve();
    expect(fired).toEqual(['now']);
  });

  it('is wound by one hand after the other, and never back', async () => {
    const clock = new WoundClock(start);
    await Promise.all([clock.advance('10m'), clock.advance(60_000)]);
    expect(clock.now()).toBe(plusMinutes(start, 11));
    await clock.advanceTo(start);
    expect(clock.now()).toBe(plusMinutes(start, 11));
    expect(() => clock.advance(-1)).toThrow(RangeError);
  });
});

describe('a duration in words', () => {
  it.each([
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['90s', 90_000],
    ['7d', 604_800_000],
    ['250ms', 250],
    ['1w', 604_800_000],
  ])('%s', (words, ms) => {
    expect(durationMs(words)).toBe(ms);
  });

  it.each(['', '5', 'm', '5 m', '5x', '-5m', '5m!'])('"%s" is none', (words) => {
    expect(() => durationMs(words)).toThrow(RangeError);
  });
});

describe('timers in a queue', () => {
  it('come out by time, then by the order they were set, without the cancelled ones', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ due: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }), { maxLength: 300 }), (timers) => {
        const queue = new TimerQueue();
        const out: number[] = [];
        const set = timers.map(({ due }, index) => queue.add(instant(due), () => void out.push(index)));
        timers.forEach(({ cancelled }, index) => cancelled && set[index]?.cancel());
        const expected = timers
          .flatMap(({ due, cancelled }, index) => (cancelled ? [] : [{ due, index }]))
          .sort((a, b) => a.due - b.due || a.index - b.index);
        for (let fire = queue.takeDue(instant(20)); fire !== undefined; fire = queue.takeDue(instant(20))) fire();
        expect(out).toEqual(expected.map(({ index }) => index));
      }),
    );
  });
});

describe('the system clock', () => {
  let wall: number;
  const clockOf = (): SystemClock => new SystemClock({ wallTime: () => wall });

  beforeEach(() => {
    wall = start;
    jest.useFakeTimers({ now: start });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Monotonic time and the wall clock together. */
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 30_000) {
      const step = Math.min(left, 30_000);
      wall += step;
      jest.advanceTimersByTime(step);
    }
  };

  it('fires when due, not before', () => {
    const fired: string[] = [];
    clockOf().at(plusMs(start, 90_500), () => void fired.push('x'));
    pass(90_000);
    expect(fired).toEqual([]);
    pass(500);
    expect(fired).toEqual(['x']);
  });

  it('waits longer than a timer of Node’s can', () => {
    const fired: string[] = [];
    const due = plusMs(start, 2 ** 31 + 60_000);
    new SystemClock({ wallTime: () => wall, longestSleepMs: 3_600_000 }).at(due, () => void fired.push('x'));
    jest.advanceTimersByTime(3_600_000);
    expect(fired).toEqual([]);
    wall = due;
    jest.advanceTimersByTime(3_600_000);
    expect(fired).toEqual(['x']);
  });

  it('fires soon after the wall clock jumped forward, as after a machine slept', () => {
    const fired: string[] = [];
    clockOf().at(plusMinutes(start, 600), () => void fired.push('x'));
    pass(30_000);
    wall += 11 * 3_600_000;
    pass(60_000);
    expect(fired).toEqual(['x']);
  });

  it('waits on when the wall clock was put back', () => {
    const fired: string[] = [];
    clockOf().at(plusMinutes(start, 1), () => void fired.push('x'));
    wall -= 600_000;
    jest.advanceTimersByTime(120_000);
    expect(fired).toEqual([]);
    pass(700_000);
    expect(fired).toEqual(['x']);
  });

  it('re-arms for an earlier timer and has none while nothing waits', () => {
    const clock = clockOf();
    const fired: number[] = [];
    const at = (ms: number): Instant => plusMs(start, ms);
    const late = clock.at(at(50_000), () => void fired.push(2));
    clock.at(at(10_000), () => void fired.push(1));
    pass(10_000);
    expect(fired).toEqual([1]);
    late.cancel();
    pass(60_000);
    expect(fired).toEqual([1]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('fires the others when one throws', () => {
    const errors: unknown[] = [];
    const fired: string[] = [];
    const clock = new SystemClock({ wallTime: () => wall, onError: (error) => void errors.push(error) });
    clock.at(start, () => {
      throw new Error('broken');
    });
    clock.at(start, () => void fired.push('x'));
    jest.advanceTimersByTime(1);
    expect([errors.length, fired]).toEqual([1, ['x']]);
  });
});
