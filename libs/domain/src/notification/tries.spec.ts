import type { UserId } from '../ids';
import { second } from '../testing/notification-builders';
import { ana, ben, cleo } from '../testing/schedule-builders';
import { failingMethod, failsFor, triedOnce, type Tried, type TriedFor } from './tries';

/** Tries of one message, in seconds; the last one was taken, or not. */
const messageTo = (userId: UserId, taken: boolean, ...at: readonly number[]): TriedFor => ({
  userId,
  tried: at.reduce<Tried | undefined>(
    (before, each, index) => triedOnce(before, second(each), taken && index === at.length - 1),
    undefined,
  ) as Tried,
});
const message = (taken: boolean, ...at: readonly number[]): TriedFor => messageTo(ana, taken, ...at);
const failing = (...tries: readonly TriedFor[]) => failingMethod(tries);

describe('a method', () => {
  it('fails when one message was taken by nobody for a minute', () => {
    expect(failing(message(false, 0, 5, 15, 59))).toBeUndefined();
    expect(failing(message(false, 0, 5, 15, 60))).toMatchObject({ from: second(0), to: second(60) });
  });
  it('fails when several were taken by nobody, each tried but once', () => {
    expect(failing(message(false, 90), message(false, 50), message(false, 10))).toMatchObject({ from: second(10), to: second(90) });
  });
  it('does not fail any more when something was taken since, whatever was not', () => {
    expect(failing(message(true, 0, 5, 100), message(false, 90, 95))).toBeUndefined();
  });
  it('fails from when the last one was taken, although a message that was not is older', () => {
    const older = message(false, 0, 100, 200);
    expect(failing(older, message(true, 150))).toBeUndefined();
    expect(failing(message(false, 300), older, message(true, 150))).toMatchObject({ from: second(150), to: second(300) });
  });
  it('fails although something was taken in the very moment of the first try', () => {
    expect(failing(message(false, 0, 100), message(true, 0))).toMatchObject({ from: second(0), to: second(100) });
  });
  it('that takes nothing of one person fails for that one alone: it may be their mailbox', () => {
    const greylisted = failing(messageTo(ana, false, 0, 5, 15, 90), messageTo(ana, false, 20));
    expect(greylisted?.people).toEqual([ana]);
    expect([ana, ben].map((who) => greylisted !== undefined && failsFor(greylisted, who))).toEqual([true, false]);
  });
  it('that takes nothing of two people fails for everybody', () => {
    const down = failing(messageTo(ana, false, 0, 5, 15, 90), messageTo(ben, false, 20));
    expect([ana, ben, cleo].map((who) => down !== undefined && failsFor(down, who))).toEqual([true, true, true]);
  });
  it('is not said to fail for somebody whose message failed before one was taken', () => {
    expect(failing(messageTo(ana, false, 100, 200), messageTo(cleo, true, 90), messageTo(ben, false, 20))?.people).toEqual([ana]);
  });
  it('by which nothing was tried, or once, is not known to fail', () => {
    expect([failing(), failing(message(false, 0))]).toEqual([undefined, undefined]);
  });
});
