import { second } from '../testing/notification-builders';
import { failingMethod, triedOnce, type Tried } from './tries';

/** Tries of one message, in seconds; the last one was taken, or not. */
const message = (taken: boolean, ...at: readonly number[]): Tried =>
  at.reduce<Tried | undefined>(
    (before, each, index) => triedOnce(before, second(each), taken && index === at.length - 1),
    undefined,
  ) as Tried;
const failing = (...tries: readonly Tried[]) => failingMethod(tries);

describe('a method', () => {
  it('fails when one message was taken by nobody for a minute', () => {
    expect(failing(message(false, 0, 5, 15, 59))).toBeUndefined();
    expect(failing(message(false, 0, 5, 15, 60))).toEqual({ from: second(0), to: second(60) });
  });
  it('fails when several were taken by nobody, each tried but once', () => {
    expect(failing(message(false, 90), message(false, 50), message(false, 10))).toEqual({ from: second(10), to: second(90) });
  });
  it('does not fail any more when something was taken since, whatever was not', () => {
    expect(failing(message(true, 0, 5, 100), message(false, 90, 95))).toBeUndefined();
  });
  it('fails from when the last one was taken, although a message that was not is older', () => {
    const older = message(false, 0, 100, 200);
    expect(failing(older, message(true, 150))).toBeUndefined();
    expect(failing(message(false, 300), older, message(true, 150))).toEqual({ from: second(150), to: second(300) });
  });
  it('fails although something was taken in the very moment of the first try', () => {
    expect(failing(message(false, 0, 100), message(true, 0))).toEqual({ from: second(0), to: second(100) });
  });
  it('by which nothing was tried, or once, is not known to fail', () => {
    expect([failing(), failing(message(false, 0))]).toEqual([undefined, undefined]);
  });
});
