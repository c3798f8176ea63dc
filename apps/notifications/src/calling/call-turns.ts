import type { Correlation } from '@tocsin/channels';
import { callUnderWay, Clock, LINE_BUSY, plusMs } from '@tocsin/domain';
import type { CallId, OpenNotification } from '@tocsin/domain';
import type { Cause } from '@tocsin/messaging';
import type { AttemptOutcomes } from '../attempt-outcomes';
import { Notifications } from '../notifications';
import { CalledPages, lineHolder } from './called-pages';
import { CallLines } from './call-lines';

/** Nothing is held longer without another method being tried (B29). */
const HELD_MS = 30_000;

/** Who calls a telephone next. Whoever does not may be told in the call that is under way, and is called after it. */
export class CallTurns {
  constructor(
    private readonly parts: {
      readonly lines: CallLines;
      readonly called: CalledPages;
      readonly notifications: Notifications;
      readonly outcomes: Pick<AttemptOutcomes, 'bringNextForward'>;
      readonly clock: Clock;
    },
  ) {}

  /** Whether this call may be made now; else the notification is held until it is its turn. @throws EventStoreFault */
  async isNext(call: CallId, { plan, bundle }: OpenNotification, cause: Cause): Promise<boolean> {
    const { lines, notifications, outcomes, clock } = this.parts;
    if (plan.contactId === undefined) return true;
    const line = await lines.change(plan.contactId, 'place', call);
    const now = clock.now();
    const underWay = callUnderWay(line, now);
    if (underWay === undefined || (underWay.notification === call.notification && underWay.attempt === call.attempt)) return true;
    // What waited for others before has waited for as long already.
    const longEnough = bundle === undefined ? plusMs(plan.dueAt, HELD_MS) : plan.dueAt;
    if (longEnough <= now) await outcomes.bringNextForward(plan, LINE_BUSY, cause);
    const lookAgain = longEnough <= now ? plusMs(now, HELD_MS) : longEnough;
    const until = underWay.until < lookAgain ? underWay.until : lookAgain;
    await notifications.change(call.notification, { type: 'hold', at: now, reason: LINE_BUSY, until }, cause);
    // That call may have ended while this was recorded, when there was nobody to be woken yet.
    if (callUnderWay(await lines.load(plan.contactId), now) === undefined) await this.wake(call.notification, cause);
    return false;
  }

  /**
   * The call is over, or was not made: the first one that still waits goes on. Only that one: of a hundred, each would find the line
   * taken again, and write it down. Whoever follows it looks by itself as well. @throws EventStoreFault
   */
  async over(call: Correlation, cause: Cause): Promise<void> {
    const { lines, notifications, called } = this.parts;
    const pages = await called.of(call);
    const [first] = pages;
    if (first === undefined) return;
    const state = await notifications.load(first.notification);
    if (state.status === 'absent' || state.plan.contactId === undefined) return;
    const line = await lines.load(state.plan.contactId);
    const holder = lineHolder(line, pages);
    const { current, waiting } = holder === undefined ? line : await lines.change(state.plan.contactId, 'end', holder);
    // Somebody else is called already, and whoever waits for that was told so.
    if (current !== undefined) return;
    for (const next of waiting) if (await this.wake(next, cause)) return;
  }

  /** It goes on where it waits for the line: whether it did. @throws EventStoreFault */
  async wake(notification: string, cause: Cause): Promise<boolean> {
    const { notifications, clock } = this.parts;
    const { events } = await notifications.change(notification, { type: 'bringForward', at: clock.now(), because: 'line-free' }, cause);
    return events.length > 0;
  }
}
