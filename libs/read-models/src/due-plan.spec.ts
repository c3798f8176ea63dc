import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DuePlan } from './due-plan';
import type { Firing } from './due-plan';
import { SpecClock } from './testing/wound-clock';

describe('due times of which one may run at once', () => {
  let plan: DuePlan;
  let gates: EventEmitter;
  let did: string[];
  let onDue: (id: string, firing: Firing) => Promise<void>;

  const settled = async (): Promise<void> => {
    while (!plan.quiet()) await nextTurn();
  };
  const atGate = async (...names: readonly string[]): Promise<void> => {
    while (names.some((name) => gates.listenerCount(name) === 0)) await nextTurn();
  };

  beforeEach(() => {
    const clock = new SpecClock();
    gates = new EventEmitter();
    did = [];
    plan = new DuePlan({
      clock,
      concurrency: 1,
      onDue: (id, _dueAt, firing) => onDue(id, firing),
      onError: (_id, error) => {
        throw error;
      },
    });
    for (const id of ['a', 'b', 'c']) plan.plan(id, clock.now());
  });
  afterEach(() => plan.end());

  it('hold up none of the others while they only wait, and are not over', async () => {
    onDue = async (id, { aside }) => {
      if (id === 'a') await aside(once(gates, 'a'));
      did.push(id);
    };
    plan.begin();
    await atGate('a');
    while (did.length < 2) await nextTurn();
    expect([did, plan.quiet()]).toEqual([['b', 'c'], false]);
    gates.emit('a');
    await settled();
    expect(did).toEqual(['b', 'c', 'a']);
  });

  it('go on after waiting when there is a place for them, and before anything else begins', async () => {
    onDue = async (id, { aside }) => {
      if (id === 'a') await aside(once(gates, 'a'));
      if (id === 'b') await once(gates, 'b');
      did.push(id);
    };
    plan.begin();
    await atGate('a', 'b');
    gates.emit('a');
    await nextTurn();
    expect(did).toEqual([]);
    gates.emit('b');
    await settled();
    expect(did).toEqual(['b', 'a', 'c']);
  });

  it('are seen by how long they have been due while they wait', async () => {
    onDue = async (_id, { aside }) => void (await aside(once(gates, 'all')));
    plan.begin();
    await atGate('all');
    while (gates.listenerCount('all') < 3) await nextTurn();
    expect(plan.oldestDue()).toBeDefined();
    gates.emit('all');
    await settled();
    expect(plan.oldestDue()).toBeUndefined();
  });
});
