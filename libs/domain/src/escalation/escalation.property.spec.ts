import * as fc from 'fast-check';
import type { EscalationStep } from '../alert/alert-events';
import type { AlertPriority, EscalationTarget, PolicySnapshot } from '../configuration/resources';
import { fold } from '../decider';
import {
  accepted,
  activated,
  ana,
  assignedTo,
  ben,
  escalated,
  escalationRequested,
  fires,
  gap,
  minute,
} from '../testing/escalation-builders';
import { policyOf, priorityRaised, raisedTo, resolved, rule, seen, skipped } from '../testing/escalation-builders';
import type { UserId } from '../ids';
import { plusMinutes, type Instant } from '../time';
import { escalationDecider } from './escalation';
import type { EscalationCommand, EscalationFact } from './escalation-commands';
import type { EscalationEvent, EscalationEventOf } from './escalation-events';
import { escalationDueOf, nextEscalationDue } from './escalation-state';
import { explainEscalation, type ResolvedLevel } from './explain';

/** Per person, the minutes at which they come and go, from absent at the start. */
type Presence = readonly (readonly number[])[];

const presence: fc.Arbitrary<Presence> = fc.array(fc.uniqueArray(fc.integer({ min: -1, max: 90 }), { maxLength: 6 }), {
  minLength: 4,
  maxLength: 4,
});
const policies = fc.record({
  rules: fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.subarray([1, 2, 3, 4], { minLength: 1 }))
      .map(([timeout, users]) => rule(timeout, ...(users as UserId[]))),
    { minLength: 1, maxLength: 4 },
  ),
  repeating: fc.boolean(),
  frequency: fc.integer({ min: 1, max: 3 }),
  delayMin: fc.integer({ min: 0, max: 15 }),
});
const priorities = fc.constantFrom<AlertPriority>('HIGH', 'LOW');

const minutesOf = (at: Instant): number => (at - minute(0)) / 60_000;

const resolveLevel =
  (people: Presence) =>
  (targets: readonly EscalationTarget[], at: Instant): ResolvedLevel => {
    const togglesOf = (target: EscalationTarget) =>
      target.type === 'user' ? [...(people[target.userId - 1] ?? [])].sort((a, b) => a - b) : [];
    const present = targets.filter((target) => togglesOf(target).filter((toggle) => toggle <= minutesOf(at)).length % 2 === 1);
    const arrivals = targets.flatMap((target) => togglesOf(target).filter((toggle, index) => index % 2 === 0 && toggle > minutesOf(at)));
    return {
      responders: present.flatMap((target) =>
        target.type === 'user' ? [{ userId: target.userId, reason: { type: 'direct' as const } }] : [],
      ),
      problems: [],
      ...(arrivals.length === 0 ? {} : { nextShiftStart: minute(Math.min(...arrivals)) }),
    };
  };

/** The rules of B11 to B15 once more, as a loop that knows nothing of events. */
const byTheBook = (policy: PolicySnapshot, priority: AlertPriority, people: Presence) => {
  const steps: string[] = [];
  let at = minute(policy.delayMin);
  for (let pass = 1; pass <= (policy.repeating ? policy.frequency : 1); pass += 1) {
    let somebody = false;
    for (const [level, { targets, escalationTimeoutMin }] of policy.rules.entries()) {
      const present = resolveLevel(people)(targets, at).responders.length > 0;
      steps.push(`${pass}.${level} at ${minutesOf(at)} ${present ? 'paged' : 'skipped'}`);
      if (present && priority === 'LOW') return { steps, ending: 'low-priority', at };
      if (present) at = plusMinutes(at, escalationTimeoutMin);
      somebody ||= present;
    }
    if (!somebody) return { steps, ending: 'nobody-on-call', at };
  }
  return { steps, ending: 'ended', at };
};

/** Runs the decider as the service does: timers from the events alone, each due level answered by the alert. */
const runUnanswered = (
  policy: PolicySnapshot,
  priority: AlertPriority,
  people: Presence,
  isLost: (level: number) => boolean = () => false,
): readonly EscalationEvent[] => {
  let levels = 0;
  const events: EscalationEvent[] = [];
  let state = escalationDecider.initial;
  let timer: Instant | null = null;
  let revision = 0;
  const inbox: EscalationCommand[] = [seen(revision, raisedTo(policy, priority))];
  for (;;) {
    const command = inbox.shift() ?? (timer === null ? undefined : fires(timer));
    if (command === undefined) return events;
    const decided = escalationDecider.decide(command, state);
    state = fold(escalationDecider, decided, state);
    for (const event of decided) {
      events.push(event);
      timer = escalationDueOf(event)?.dueAt ?? null;
      if (event.type === 'NobodyFound') return events;
      if (event.type === 'LevelDue' && !isLost(levels++)) {
        const { responders } = resolveLevel(people)(event.data.targets, event.data.at);
        const { at, step } = event.data;
        inbox.push(seen(++revision, responders.length > 0 ? activated(at, step, priority) : skipped(at, step)));
      }
    }
  }
};

describe('an escalation that nobody answers', () => {
  it('is walked as the rules say, as it is explained, and as it runs', () => {
    fc.assert(
      fc.property(policies, priorities, presence, (settings, priority, people) => {
        const policy = policyOf(settings.rules, settings);
        const book = byTheBook(policy, priority, people);
        const explained = explainEscalation({
          policy,
          priority,
          at: minute(0),
          resolveLevel: resolveLevel(people),
          preferencesOf: () => [],
        });
        expect(explained.steps.map((s) => `${s.pass}.${s.level} at ${minutesOf(s.dueAt)} ${s.skipped ? 'skipped' : 'paged'}`)).toEqual(
          book.steps,
        );
        expect(explained.ending).toMatchObject({ type: book.ending, at: book.at });
        const due = runUnanswered(policy, priority, people).filter(
          (event): event is EscalationEventOf<'LevelDue'> => event.type === 'LevelDue',
        );
        expect(due.map(({ data }) => [data.step.pass, data.step.level, data.at])).toEqual(
          explained.steps.map((s) => [s.pass, s.level, s.dueAt]),
        );
      }),
      { numRuns: 300 },
    );
  });
  it('comes to an end, whatever becomes of the resolutions of its levels', () => {
    fc.assert(
      fc.property(
        policies,
        priorities,
        presence,
        fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
        (settings, priority, people, lost) => {
          const events = runUnanswered(policyOf(settings.rules, settings), priority, people, (level) => lost[level % lost.length] === true);
          expect(['EscalationExhausted', 'EscalationHalted', 'NobodyFound']).toContain(
            events.findLast(({ type }) => type !== 'RetryPlanned')?.type,
          );
        },
      ),
      { numRuns: 300 },
    );
  });
  it('tells each person once per level what would be sent to them', () => {
    const both = (userId: UserId) => ({ userId, reason: { type: 'direct' as const } });
    const { steps } = explainEscalation({
      policy: policyOf([rule(5, ana, ben)]),
      priority: 'HIGH',
      at: minute(0),
      resolveLevel: () => ({ responders: [both(ana), both(ben), both(ana)], problems: [] }),
      preferencesOf: (userId, _priority, at) => [{ method: userId === ana ? 'SMS' : 'PUSH', at: plusMinutes(at, userId) }],
    });
    expect(steps[0]?.notifications).toEqual([
      { userId: ana, method: 'SMS', at: minute(1) },
      { userId: ben, method: 'PUSH', at: minute(2) },
    ]);
  });
});

/** A story from a list of dice: what can happen to the alert happens, each fact with the next revision. */
const storyOf = (policy: PolicySnapshot, priority: AlertPriority, dice: readonly number[]): readonly EscalationCommand[] => {
  const story: EscalationCommand[] = [seen(0, raisedTo(policy, priority))];
  let [now, round, level, status] = [0, 1, priority, 'PENDING'];
  const observe = (fact: EscalationFact, lag = 0) => story.push(seen(story.filter(({ type }) => type === 'observe').length, fact, lag));
  for (const die of dice) {
    if (status === 'RESOLVED') break;
    const { state, events } = escalated(...story);
    const at = minute((now += (die % 5) / 2));
    const due = nextEscalationDue(state);
    const lastDue = events.findLast((event) => event.type === 'LevelDue');
    const action = die % 11;
    if (action <= 2 && due !== null) {
      now = Math.max(now, minutesOf(due) + (die % 3));
      story.push(fires(minute(now)));
    } else if (action <= 6 && status === 'PENDING' && lastDue !== undefined) {
      observe(
        action === 6 ? skipped(at, lastDue.data.step, gap(minute(now + 20))) : activated(at, lastDue.data.step, lastDue.data.priority),
        die % 2,
      );
    } else if (action === 7) {
      if (status === 'PENDING') observe(accepted(at, round), die % 2);
      status = 'ACCEPTED';
    } else if (action === 8 && level === 'HIGH') {
      if (status === 'ACCEPTED') round += 1;
      status = 'PENDING';
      observe(escalationRequested(at, round, { pass: 1, level: die % policy.rules.length }));
    } else if (action === 9) {
      observe(assignedTo(at, (round += 1), die % 2 === 0 ? policy : ben));
      [status, level] = ['PENDING', 'HIGH'];
    } else if (action === 10 && level === 'LOW') {
      level = 'HIGH';
      observe(priorityRaised(at, status === 'PENDING' ? 'PENDING' : 'ACCEPTED'));
    } else if (die % 37 === 0) {
      status = 'RESOLVED';
      observe(resolved(at));
    }
  }
  return story;
};

const stories = fc
  .tuple(policies, priorities, fc.array(fc.nat({ max: 5000 }), { maxLength: 40 }))
  .map(([settings, priority, dice]) => storyOf(policyOf(settings.rules, settings), priority, dice));

describe('an escalation, whatever happens to its alert', () => {
  it('records the same when any fact is delivered again, any number of times, at any later moment (P4)', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 30 }), (story, repeats) => {
        const redelivered = story.flatMap((command, index) => {
          const again = repeats.filter(([after]) => after % story.length === index).map(([, which]) => story[which % (index + 1)]);
          return [command, ...again.flatMap((old) => (old?.type === 'observe' ? [{ ...old, at: command.at }] : []))];
        });
        expect(escalated(...redelivered).events).toEqual(escalated(...story).events);
      }),
      { numRuns: 500 },
    );
  });
  it('records the same when a consumer reads its facts again from any earlier one (P4)', () => {
    fc.assert(
      fc.property(stories, fc.nat(), fc.nat(), (story, from, to) => {
        const end = (to % story.length) + 1;
        const again = story.slice(from % end, end).filter(({ type }) => type === 'observe');
        expect(escalated(...story.slice(0, end), ...again, ...story.slice(end)).events).toEqual(escalated(...story).events);
      }),
      { numRuns: 300 },
    );
  });
  it('fires every step once at most, so that the alert can tell a redelivery from a second page', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const fired = escalated(...story).events.flatMap((event) =>
          event.type === 'LevelDue' ? [JSON.stringify(event.data.step satisfies EscalationStep)] : [],
        );
        expect(new Set(fired).size).toBe(fired.length);
      }),
    );
  });
  it('has the timer that its events tell, and the state that its stored events tell', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const { events, state } = escalated(...story);
        const timer = events.reduce<Instant | null>((_, event) => escalationDueOf(event)?.dueAt ?? null, null);
        expect(timer).toBe(nextEscalationDue(state));
        expect(fold(escalationDecider, JSON.parse(JSON.stringify(events)) as EscalationEvent[])).toEqual(state);
      }),
    );
  });
  it('fires nothing after an answer until a new round begins', () => {
    fc.assert(
      fc.property(stories, (story) => {
        let stopped: number | undefined;
        for (const { type, data } of escalated(...story).events) {
          if (type === 'EscalationHalted' && (data.reason === 'accepted' || data.reason === 'resolved')) stopped = data.round;
          if (type === 'LevelDue' && stopped !== undefined) expect(data.step.round).toBeGreaterThan(stopped);
        }
      }),
    );
  });
});
