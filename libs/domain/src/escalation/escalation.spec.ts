import {
  accepted,
  activated,
  alertId,
  ana,
  assignedTo,
  ben,
  cleo,
  escalated,
  escalating,
  fires,
  gap,
  minute,
} from '../testing/escalation-builders';
import {
  nobodyOnCall,
  policyOf,
  priorityRaised,
  raisedTo,
  raisedToPeople,
  resolved,
  rule,
  seen,
  skipped,
  step,
  told,
  user,
} from '../testing/escalation-builders';
import { escalationDueOf, nextEscalation, nextEscalationDue } from './escalation-state';

const twoLevels = policyOf([rule(5, ana), rule(10, ben)]);
const repeated = policyOf(twoLevels.rules, { repeating: true, frequency: 2 });
const raised = seen(0, raisedTo(twoLevels));
const levelOnePaged = seen(1, activated(minute(0), step(0)));

describe('an alert raised on a policy', () => {
  it('has its first level due at once, with the targets of that level', () => {
    const { events } = escalating().when(raised);
    expect(told(events)).toEqual(['EscalationStarted', 'LevelPlanned 1.1.0 due 0 start', 'LevelDue 1.1.0 due 0']);
    expect(events[2]).toMatchObject({ data: { alertId, targets: [user(ana)], priority: 'HIGH', fact: 0 } });
  });
  it('has its second level due one timeout after the first was paged', () => {
    expect(escalating(raised).when(seen(1, activated(minute(0.5), step(0)))).told).toEqual(['LevelPlanned 1.1.1 due 5.5 no-answer']);
  });
  it('shows the next level as the API counts it', () => {
    expect(nextEscalation(escalated(raised, levelOnePaged).state)).toEqual({ at: minute(5), ruleIndex: 1, step: step(1) });
  });
  it('does nothing before its time', () => expect(escalating(raised, levelOnePaged).when(fires(minute(4.9))).told).toEqual([]));
  it('fires the planned level when it is due', () => {
    expect(escalating(raised, levelOnePaged).when(fires(minute(5))).told).toEqual(['LevelDue 1.1.1 due 5']);
  });
  it('fires a level once, however often the timer rings', () => {
    expect(escalating(raised, levelOnePaged, fires(minute(5))).when(fires(minute(6))).told).toEqual([]);
  });
  it('goes on at once after a level without a timeout', () => {
    const hurried = seen(0, raisedTo(policyOf([rule(0, ana), rule(5, ben)])));
    expect(escalating(hurried).when(levelOnePaged).told).toEqual(['LevelPlanned 1.1.1 due 0 no-answer', 'LevelDue 1.1.1 due 0']);
  });
  it('keeps the policy as it was when it started (B16)', () => {
    const state = escalated(raised, levelOnePaged).state;
    expect(state).toMatchObject({ policy: twoLevels });
  });
});

describe('an alert raised on certain people', () => {
  it('has no escalation', () => expect(escalating().when(seen(0, raisedToPeople(ana))).events).toEqual([]));
  it('has none when its priority is raised either', () => {
    expect(escalating(seen(0, raisedToPeople(ana))).when(seen(1, priorityRaised(minute(1)))).events).toEqual([]);
  });
});

describe('an alert that nobody answers', () => {
  const lastLevelPaged = [raised, levelOnePaged, fires(minute(5)), seen(2, activated(minute(5), step(1)))];
  it('is over one timeout after its last level (B12)', () => {
    const { events, state } = escalated(...lastLevelPaged);
    expect(told(events).at(-1)).toBe('EndPlanned 1.1.1 due 15');
    expect(nextEscalation(state)).toBeUndefined();
    expect(escalating(...lastLevelPaged).when(fires(minute(15))).told).toEqual(['EscalationExhausted 1.1.1']);
  });
  it('starts its policy again while the policy repeats', () => {
    const { events, state } = escalated(seen(0, raisedTo(repeated)), ...lastLevelPaged.slice(1));
    expect(told(events).at(-1)).toBe('LevelPlanned 1.2.0 due 15 no-answer');
    expect(nextEscalation(state)?.ruleIndex).toBe(2);
  });
  it('waits for nothing once it is over', () =>
    expect(nextEscalationDue(escalated(...lastLevelPaged, fires(minute(15))).state)).toBeNull());
});

describe('a level with nobody on it (B11)', () => {
  it('is left at once for the next one', () => {
    expect(escalating(raised).when(seen(1, skipped(minute(0), step(0), gap()))).told).toEqual([
      'LevelPlanned 1.1.1 due 0 skipped',
      'LevelDue 1.1.1 due 0',
    ]);
  });
  it('ends the escalation at once when it is the last and somebody was paged before', () => {
    const before = [raised, levelOnePaged, fires(minute(5))];
    expect(escalating(...before).when(seen(2, skipped(minute(5), step(1)))).told).toEqual(['EscalationExhausted 1.1.1']);
  });
  it('leads straight into the next pass when it is the last of a repeating policy', () => {
    const before = [seen(0, raisedTo(repeated)), levelOnePaged, fires(minute(5))];
    expect(escalating(...before).when(seen(2, skipped(minute(5), step(1)))).told).toEqual([
      'LevelPlanned 1.2.0 due 5 skipped',
      'LevelDue 1.2.0 due 5',
    ]);
  });
});

describe('a policy with nobody on any level (B11)', () => {
  const empty = [
    seen(0, raisedTo(repeated)),
    seen(1, skipped(minute(0), step(0), gap(minute(300)))),
    seen(2, skipped(minute(0), step(1), gap(minute(200)))),
  ];
  it('does not spin through its passes and tries again at the next shift start of any level', () => {
    expect(told(escalated(...empty).events).slice(-2)).toEqual(['NobodyFound 1.1.1', 'RetryPlanned due 200']);
  });
  it('tells the problems of all its levels', () => {
    expect(escalated(...empty).events.find(({ type }) => type === 'NobodyFound')).toMatchObject({
      data: { problems: [gap(minute(300)), gap(minute(200))], retryAt: minute(200) },
    });
  });
  it('starts over at its first level then, and the empty pass does not count', () => {
    const { events, state } = escalated(...empty, fires(minute(200)), seen(3, activated(minute(200), step(0, 2))));
    expect(told(events).slice(-3)).toEqual([
      'LevelPlanned 1.2.0 due 200 retry',
      'LevelDue 1.2.0 due 200',
      'LevelPlanned 1.2.1 due 205 no-answer',
    ]);
    expect(nextEscalation(state)?.ruleIndex).toBe(1);
  });
  it('waits for a fact when no shift is coming', () => {
    const before = [raised, seen(1, skipped(minute(0), step(0)))];
    expect(escalating(...before).when(seen(2, skipped(minute(0), step(1)))).told).toEqual([
      'NobodyFound 1.1.1',
      'EscalationHalted nobody-on-call',
    ]);
  });
  it('takes an earlier moment to try again from the alert', () => {
    expect(escalating(...empty).when(seen(3, nobodyOnCall(minute(0), step(1), minute(100)))).told).toEqual(['RetryPlanned due 100']);
    expect(escalating(...empty).when(seen(3, nobodyOnCall(minute(0), step(1), minute(200)))).told).toEqual([]);
  });
  it('takes a shift that began while its levels were asked', () => {
    const alone = seen(0, raisedTo(policyOf([rule(5, ana)])));
    expect(escalating(alone).when(seen(1, skipped(minute(2), step(0), gap(minute(1))))).told).toEqual([
      'NobodyFound 1.1.0',
      'RetryPlanned due 1',
    ]);
  });
  it('never retries at a shift that had begun when the level fired', () => {
    const alone = seen(0, raisedTo(policyOf([rule(5, ana)])));
    expect(escalating(alone).when(seen(1, skipped(minute(0), step(0), gap(minute(0))))).told).toEqual([
      'NobodyFound 1.1.0',
      'EscalationHalted nobody-on-call',
    ]);
  });
  it('is seen at once when the policy has no levels', () => {
    expect(escalating().when(seen(0, raisedTo(policyOf([])))).told).toEqual([
      'EscalationStarted',
      'NobodyFound 1.1.0',
      'EscalationHalted nobody-on-call',
    ]);
  });
});

describe('a policy with a delay (B14)', () => {
  const delayed = policyOf(twoLevels.rules, { delayMin: 3, repeating: true, frequency: 2 });
  const waiting = seen(0, raisedTo(delayed));
  it('has its first level due after the delay', () =>
    expect(escalating().when(waiting).told).toEqual(['EscalationStarted', 'LevelPlanned 1.1.0 due 3 start']));
  it('pages nobody when the alert is accepted within the delay', () => {
    expect(escalating(waiting).when(seen(1, accepted(minute(1)))).told).toEqual(['EscalationHalted accepted']);
    expect(escalating(waiting, seen(1, accepted(minute(1)))).when(fires(minute(3))).told).toEqual([]);
  });
  it('counts the first timeout from the delayed start', () => {
    expect(escalating(waiting, fires(minute(3))).when(seen(1, activated(minute(3), step(0)))).told).toEqual([
      'LevelPlanned 1.1.1 due 8 no-answer',
    ]);
  });
  it('does not delay its second pass', () => {
    const before = [waiting, fires(minute(3)), seen(1, activated(minute(3), step(0))), fires(minute(8))];
    expect(escalating(...before).when(seen(2, activated(minute(8), step(1)))).told).toEqual(['LevelPlanned 1.2.0 due 18 no-answer']);
  });
  it('does not delay an assignment to it', () => {
    expect(escalating(raised, levelOnePaged).when(seen(2, assignedTo(minute(1), 2, delayed))).told).toEqual([
      'EscalationStarted',
      'LevelPlanned 2.1.0 due 1 start',
      'LevelDue 2.1.0 due 1',
    ]);
  });
});

describe('a timer that fires late (P6)', () => {
  const late = [raised, levelOnePaged, fires(minute(125))];
  it('fires the overdue level alone and tells when it was due', () => {
    const { events } = escalated(...late);
    expect(events.at(-1)).toMatchObject({ type: 'LevelDue', data: { at: minute(125), dueAt: minute(5), step: step(1) } });
  });
  it('counts the next timeout from the actual firing', () => {
    expect(escalating(...late).when(seen(2, activated(minute(125), step(1)))).told).toEqual(['EndPlanned 1.1.1 due 135']);
  });
  it('hands its lateness on over an empty level', () => {
    const three = seen(0, raisedTo(policyOf([rule(5, ana), rule(5, ben), rule(5, cleo)])));
    expect(escalating(three, ...late.slice(1)).when(seen(2, skipped(minute(125), step(1)))).told).toEqual([
      'LevelPlanned 1.1.2 due 5 skipped',
      'LevelDue 1.1.2 due 5',
    ]);
  });
});

describe('an answer', () => {
  it('halts what is planned', () =>
    expect(escalating(raised, levelOnePaged).when(seen(2, accepted(minute(1)))).told).toEqual(['EscalationHalted accepted']));
  it('halts while a level is being resolved, and the level that arrives later plans nothing', () => {
    expect(escalated(raised, seen(1, accepted(minute(0)))).state).toMatchObject({ status: 'halted', reason: 'accepted' });
    expect(escalating(raised, seen(1, accepted(minute(0)))).when(seen(2, activated(minute(0), step(0)))).events).toEqual([]);
  });
  it('halts a retry', () => {
    const alone = [seen(0, raisedTo(policyOf([rule(5, ana)]))), seen(1, skipped(minute(0), step(0), gap(minute(9))))];
    expect(escalating(...alone).when(seen(2, resolved(minute(1)))).told).toEqual(['EscalationHalted resolved']);
  });
  it('is not recorded when nothing is pending', () => {
    expect(escalating(raised, levelOnePaged, seen(2, accepted(minute(1)))).when(seen(3, resolved(minute(2)))).told).toEqual([]);
  });
});

describe('a level of which nobody says whom it leads to', () => {
  it('is left for the next one after its own timeout, on record', () => {
    expect(escalating(raised).when(fires(minute(5))).told).toEqual([
      'LevelUnresolved 1.1.0 due 0',
      'LevelPlanned 1.1.1 due 5 unresolved',
      'LevelDue 1.1.1 due 5',
    ]);
  });
  it.each([
    ['a minute at least', 0, 1],
    ['five minutes at most', 30, 5],
  ])('is waited for %s', (_name, timeoutMin, waitMin) => {
    const before = escalated(seen(0, raisedTo(policyOf([rule(timeoutMin, ana), rule(5, ben)])))).state;
    expect(nextEscalationDue(before)).toBe(minute(waitMin));
  });
  it('is not left before its time, nor once its people were paged', () => {
    expect(escalating(raised).when(fires(minute(4.9))).told).toEqual([]);
    expect(escalating(seen(0, raisedTo(policyOf([rule(30, ana), rule(5, ben)]))), levelOnePaged).when(fires(minute(5))).told).toEqual([]);
  });
  it('ends the escalation when it is the last one', () => {
    const only = seen(0, raisedTo(policyOf([rule(5, ana)])));
    expect(escalating(only).when(fires(minute(5))).told).toEqual(['LevelUnresolved 1.1.0 due 0', 'EscalationExhausted 1.1.0']);
  });
  it('is followed by the top of the next pass when the policy repeats', () => {
    const twice = seen(0, raisedTo(policyOf([rule(5, ana)], { repeating: true, frequency: 2 })));
    expect(
      escalating(twice)
        .when(fires(minute(5)))
        .told.at(-1),
    ).toBe('LevelDue 1.2.0 due 5');
  });
  it('is waited for again after downtime, in which nobody could have said it: two levels do not fire at once', () => {
    const { told: again } = escalating(raised).when(fires(minute(120)));
    expect(again).toEqual(['LevelAwaited 1.1.0']);
    expect(nextEscalationDue(escalated(raised, fires(minute(120))).state)).toBe(minute(125));
    expect(escalating(raised, fires(minute(120))).when(fires(minute(125))).told[0]).toBe('LevelUnresolved 1.1.0 due 0');
  });
  it('changes nothing any more when it is told late: the next level goes on', () => {
    expect(escalating(raised, fires(minute(5))).when(seen(1, activated(minute(6), step(0)))).told).toEqual([]);
    expect(
      escalating(raised, fires(minute(5)), seen(1, activated(minute(6), step(0)))).when(seen(2, activated(minute(7), step(1)))).told,
    ).toEqual(['EndPlanned 1.1.1 due 17']);
  });
  it('stops at an answer like any other', () => {
    expect(escalating(raised).when(seen(1, accepted(minute(1)))).told).toEqual(['EscalationHalted accepted']);
  });
});

describe('a level that an older version fired', () => {
  it('is left after the longest wait', () => {
    const { events } = escalated(raised);
    const due = events.findLast((event) => event.type === 'LevelDue');
    const { leaveAt: _leaveAt, ...old } = due?.data as Extract<typeof due, { type: 'LevelDue' }>['data'];
    expect(escalationDueOf({ type: 'LevelDue', data: old })).toEqual({ dueAt: minute(5) });
  });
});
