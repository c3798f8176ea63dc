import {
  accepted,
  activated,
  ana,
  assignedTo,
  ben,
  escalated,
  escalating,
  escalationRequested,
  fires,
  minute,
} from '../testing/escalation-builders';
import { policyOf, priorityRaised, raisedTo, rule, seen, skipped, step, told } from '../testing/escalation-builders';
import { escalationDueOf, nextEscalation, nextEscalationDue } from './escalation-state';

const twoLevels = policyOf([rule(5, ana), rule(10, ben)]);
const raised = seen(0, raisedTo(twoLevels));
const levelOnePaged = seen(1, activated(minute(0), step(0)));

describe('an escalation by hand (B10, B13)', () => {
  it('makes the asked level due at once', () => {
    expect(escalating(raised, levelOnePaged).when(seen(2, escalationRequested(minute(1), 1, { pass: 1, level: 1 }))).told).toEqual([
      'LevelPlanned 1.1.1 due 1 requested',
      'LevelDue 1.1.1 due 1',
    ]);
  });
  it('wakes an accepted alert in its new round', () => {
    const before = [raised, levelOnePaged, seen(2, accepted(minute(1)))];
    expect(escalating(...before).when(seen(3, escalationRequested(minute(2), 2, { pass: 1, level: 1 }))).told).toEqual([
      'LevelPlanned 2.1.1 due 2 requested',
      'LevelDue 2.1.1 due 2',
    ]);
  });
  it('fires nothing when that level fired meanwhile, and waits for its people no longer', () => {
    const before = [raised, levelOnePaged, fires(minute(5))];
    const { events, told: asked } = escalating(...before).when(seen(2, escalationRequested(minute(5), 1, { pass: 1, level: 1 })));
    expect(asked).toEqual(['LevelAwaited 1.1.1']);
    expect(events.map(escalationDueOf)).toEqual([{ dueAt: nextEscalationDue(escalated(...before).state) }]);
  });
  it('to a level that had fired is not taken up when it is told again after that level was left (P4)', () => {
    const asked = seen(1, escalationRequested(minute(1), 1, { pass: 1, level: 0 }));
    const over = [seen(0, raisedTo(policyOf([rule(5, ana)]))), asked, fires(minute(5))];
    expect(escalated(...over).state.status).toBe('exhausted');
    expect(escalating(...over).when({ ...asked, at: minute(6) }).told).toEqual([]);
  });
  it('to a level that fired before pages it again as part of a further pass', () => {
    expect(escalating(raised, levelOnePaged).when(seen(2, escalationRequested(minute(1), 1, { pass: 1, level: 0 }))).told).toEqual([
      'LevelPlanned 1.2.0 due 1 requested',
      'LevelDue 1.2.0 due 1',
    ]);
  });
  it('to a last level that is empty ends the escalation, so that the fallback contacts are paged', () => {
    const before = [raised, levelOnePaged, seen(2, escalationRequested(minute(1), 1, { pass: 1, level: 1 }))];
    expect(escalating(...before).when(seen(3, skipped(minute(1), step(1)))).told).toEqual(['EscalationExhausted 1.1.1']);
  });
  it('starts an exhausted escalation again', () => {
    const over = [raised, levelOnePaged, fires(minute(5)), seen(2, activated(minute(5), step(1))), fires(minute(15))];
    expect(escalating(...over).when(seen(3, escalationRequested(minute(20), 2, { pass: 1, level: 0 }))).told).toEqual([
      'LevelPlanned 2.1.0 due 20 requested',
      'LevelDue 2.1.0 due 20',
    ]);
  });
});

describe('an assignment (B10)', () => {
  it('to a policy starts a new round on a fresh snapshot of it', () => {
    const other = policyOf([rule(7, ben)], { name: 'Databases' });
    const { events, state } = escalated(raised, levelOnePaged, seen(2, assignedTo(minute(1), 2, other)));
    expect(told(events).slice(-3)).toEqual(['EscalationStarted', 'LevelPlanned 2.1.0 due 1 start', 'LevelDue 2.1.0 due 1']);
    expect(state).toMatchObject({ policy: other, round: 2 });
  });
  it('to a person ends the use of the policy', () => {
    expect(escalating(raised, levelOnePaged).when(seen(2, assignedTo(minute(1), 2, ben))).told).toEqual(['EscalationHalted assigned']);
  });
  it('to a person keeps a later raise from starting the policy', () => {
    const low = [
      seen(0, raisedTo(twoLevels, 'LOW')),
      seen(1, activated(minute(0), step(0), 'LOW')),
      seen(2, assignedTo(minute(1), 2, ben)),
    ];
    expect(escalating(...low).when(seen(3, priorityRaised(minute(2)))).told).toEqual([]);
  });
  it('makes an activation of the former round worthless', () => {
    const before = [raised, seen(1, assignedTo(minute(0), 2, twoLevels))];
    expect(escalating(...before).when(seen(2, activated(minute(0), step(0)))).told).toEqual([]);
  });
  it('is not halted by an acceptance of the former round', () => {
    const before = [raised, seen(1, assignedTo(minute(0), 2, twoLevels))];
    expect(escalating(...before).when(seen(2, accepted(minute(0), 1))).told).toEqual([]);
  });
});

describe('a LOW alert (B15)', () => {
  const low = seen(0, raisedTo(twoLevels, 'LOW'));
  const paged = seen(1, activated(minute(0), step(0), 'LOW'));
  it('stops at the first level that has somebody', () =>
    expect(escalating(low).when(paged).told).toEqual(['EscalationHalted low-priority']));
  it('passes over empty levels', () => {
    expect(
      told(escalated(low, seen(1, skipped(minute(0), step(0))), seen(2, activated(minute(0), step(1), 'LOW'))).events).slice(-3),
    ).toEqual(['LevelPlanned 1.1.1 due 0 skipped', 'LevelDue 1.1.1 due 0', 'EscalationHalted low-priority']);
  });
  it('pages from the top as HIGH when it is raised, and escalates from there', () => {
    const { events, state } = escalated(low, paged, seen(2, priorityRaised(minute(9))), seen(3, activated(minute(9), step(0, 2))));
    expect(told(events).slice(-3)).toEqual([
      'LevelPlanned 1.2.0 due 9 raised',
      'LevelDue 1.2.0 due 9',
      'LevelPlanned 1.2.1 due 14 no-answer',
    ]);
    expect(events.at(-2)).toMatchObject({ type: 'LevelDue', data: { priority: 'HIGH' } });
    expect(nextEscalation(state)?.ruleIndex).toBe(1);
  });
  it('has all passes of its policy after it was raised', () => {
    const { events } = escalated(
      ...[seen(0, raisedTo(policyOf(twoLevels.rules, { repeating: true, frequency: 2 }), 'LOW')), paged],
      ...[seen(2, priorityRaised(minute(9))), seen(3, activated(minute(9), step(0, 2)))],
      ...[fires(minute(14)), seen(4, activated(minute(14), step(1, 2)))],
    );
    expect(told(events).at(-1)).toBe('LevelPlanned 1.3.0 due 24 no-answer');
  });
  it('raised within the delay keeps its plan and escalates', () => {
    const delayed = seen(0, raisedTo(policyOf(twoLevels.rules, { delayMin: 3 }), 'LOW'));
    const before = [delayed, seen(1, priorityRaised(minute(1)))];
    expect(told(escalated(...before).events).at(-1)).toBe('LevelPlanned 1.1.0 due 3 raised');
    expect(escalating(...before).when(fires(minute(3))).events).toMatchObject([{ type: 'LevelDue', data: { priority: 'HIGH' } }]);
  });
  it('raised while its level is being resolved pages from the top as HIGH', () => {
    expect(escalating(low).when(seen(1, priorityRaised(minute(0)))).told).toEqual([
      'LevelPlanned 1.2.0 due 0 raised',
      'LevelDue 1.2.0 due 0',
    ]);
  });
  it('raised after it was accepted does not escalate', () => {
    expect(escalating(low, paged, seen(2, accepted(minute(1)))).when(seen(3, priorityRaised(minute(2), 'ACCEPTED'))).told).toEqual([]);
  });
});
