import * as fc from 'fast-check';
import { fold } from '../decider';
import {
  abandons,
  bringsForward,
  cancels,
  delivers,
  expires,
  fails,
  goesOutWith,
  holds,
  notified,
  page,
  second,
  starts,
  takes,
  waitsForOthers,
} from '../testing/notification-builders';
import type { Instant } from '../time';
import { notificationDecider, type NotificationCommand } from './notification';
import type { NotificationEvent } from './notification-events';
import { isFinal, nextNotificationDue, notificationDueOf, notificationStatus } from './notification-state';

const moments = fc.integer({ min: 0, max: 100_000 }).map((seconds) => second(seconds));
const waits = (longest: number): fc.Arbitrary<readonly [Instant, Instant]> =>
  fc
    .tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: longest }))
    .map(([at, seconds]) => [second(at), second(at + seconds)]);
const attempts = fc.integer({ min: 1, max: 4 });

const commands: fc.Arbitrary<NotificationCommand> = fc.oneof(
  moments.map((at) => starts(at)),
  moments.map((at) => starts(at)),
  moments.map((at) => starts(at, 'resolved')),
  moments.map((at) => goesOutWith(at, 2)),
  waits(30).map(([at, until]) => waitsForOthers(at, until)),
  fc.tuple(moments, attempts).map(([at, attempt]) => abandons(at, attempt)),
  fc.tuple(moments, attempts, fc.boolean()).map(([at, attempt, receipt]) => takes(at, attempt, receipt)),
  moments.map((at) => delivers(at)),
  fc
    .tuple(moments, attempts, fc.boolean(), fc.boolean(), fc.boolean())
    .map(([at, attempt, retriable, uncertain, otherProviderLeft]) => fails(at, attempt, { retriable, uncertain, otherProviderLeft })),
  moments.map((at) => cancels(at)),
  waits(100_000).map(([at, until]) => holds(at, until)),
  moments.map((at) => holds(at)),
  moments.map((at) => expires(at)),
  moments.map((at) => bringsForward(at)),
);

const stories = fc.array(commands, { maxLength: 25 }).map((story) => [page(), ...story.sort((a, b) => timeOf(a) - timeOf(b))]);
const timeOf = (command: NotificationCommand): number => ('at' in command ? command.at : 0);

describe('a notification, whatever happens', () => {
  it('has one end at most, which no command changes (P7)', () => {
    fc.assert(
      fc.property(stories, (story) => {
        let end: string | undefined;
        for (let length = 1; length <= story.length; length += 1) {
          const { state } = notified(...story.slice(0, length));
          if (end !== undefined) expect(state.status).toBe(end);
          if (isFinal(state)) end = state.status;
        }
      }),
      { numRuns: 500 },
    );
  });
  it('comes to an end with a reason when it is left to its timer (P7)', () => {
    fc.assert(
      fc.property(stories, fc.boolean(), (story, failing) => {
        const { state: left } = notified(...story);
        let state = left;
        for (let rings = 0; !isFinal(state); rings += 1) {
          const dueAt = nextNotificationDue(state);
          expect(dueAt).not.toBeNull();
          expect(rings).toBeLessThan(2000);
          const at = dueAt as Instant;
          for (const command of [starts(at), expires(at)])
            state = fold(notificationDecider, notificationDecider.decide(command, state), state);
          if (failing && state.status === 'attempting')
            state = fold(notificationDecider, notificationDecider.decide(fails(at, state.attempts), state), state);
        }
        if (state.status === 'absent') throw new Error('it was planned');
        const { status, reason } = notificationStatus(state);
        expect(status === 'SUCCESS' || (reason ?? '') !== '').toBe(true);
      }),
      { numRuns: 200 },
    );
  });
  it('records nothing for a command that comes again right away (P4)', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const doubled = story.flatMap((command) => [command, command]);
        expect(notified(...doubled).events).toEqual(notified(...story).events);
      }),
      { numRuns: 500 },
    );
  });
  it('has the timer that its events tell, and the state that its stored events tell', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const { events, state } = notified(...story);
        expect(events.reduce<Instant | null>((_, event) => notificationDueOf(event)?.dueAt ?? null, null)).toBe(nextNotificationDue(state));
        expect(fold(notificationDecider, JSON.parse(JSON.stringify(events)) as NotificationEvent[])).toEqual(state);
      }),
    );
  });
  it('keeps one key over all its attempts and counts them without a gap', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const begun = notified(...story).events.flatMap((event) => (event.type === 'AttemptStarted' ? [event.data] : []));
        expect(begun.map(({ attempt }) => attempt)).toEqual(begun.map((_, index) => index + 1));
        expect(new Set(begun.map(({ key }) => key)).size).toBeLessThanOrEqual(1);
      }),
    );
  });
});
