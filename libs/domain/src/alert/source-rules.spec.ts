import type { AlertPriority, AlertSource, EscalationPolicy } from '../configuration/resources';
import type { SupportTimes } from '../oncall/support-hours';
import { minute, sourceId } from '../testing/alert-builders';
import { parseInstant } from '../time';
import { raisedByPerson, raisedByTool } from './raised';
import { formerGrouping, groupingOf, keyedBy, laneOf, policyFor, priorityOf, usualPriority } from './source-rules';

const policy = (id: number, routingKey?: string): EscalationPolicy => ({
  id: id as EscalationPolicy['id'],
  name: `policy ${id}`,
  rules: [],
  repeating: false,
  frequency: 1,
  delayMin: 0,
  teamIds: [],
  createdAt: minute(0),
  updatedAt: minute(0),
  ...(routingKey === undefined ? {} : { routingKey }),
});
const source = (more: Partial<AlertSource> = {}): AlertSource => ({
  id: sourceId,
  name: 'Monitor',
  integrationType: 'API',
  integrationKey: { hash: 'h', cipher: 'c' },
  escalationPolicyId: 1 as AlertSource['escalationPolicyId'],
  alertCreation: 'ONE_ALERT_PER_EMAIL',
  alertPriorityRule: 'LOW',
  active: true,
  teamIds: [],
  echoed: {},
  createdAt: minute(0),
  updatedAt: minute(0),
  ...more,
});
const knowing = (...known: readonly EscalationPolicy[]) => ({
  routedBy: (key: string) => known.find(({ routingKey }) => routingKey === key.trim().toLowerCase()),
  byId: (wanted: number) => known.find(({ id }) => id === wanted),
});

describe('the policy of an event', () => {
  it.each([
    ['the source`s own without a routing key', undefined, 1],
    ['the source`s own when the key is nobody`s', 'unknown', 1],
    ['the one with its routing key', 'db', 2],
    ['of the first key that somebody has', 'unknown, web ,db', 3],
    ['the source`s own when the keys are blank', ' , ,', 1],
  ])('is %s', (_name, routingKey, expected) => {
    expect(policyFor(source(), routingKey, knowing(policy(1), policy(2, 'db'), policy(3, 'web')))?.id).toBe(expected);
  });

  it('is nobody`s when the source`s own is gone', () => {
    expect(policyFor(source(), undefined, knowing(policy(2, 'db')))).toBeUndefined();
    expect(policyFor(source(), 'db', knowing(policy(2, 'db')))?.id).toBe(2);
  });
});

describe('the priority of an event (B22)', () => {
  it.each([
    ['API', 'HIGH', 'HIGH'],
    ['API', undefined, 'LOW'],
    ['GRAFANA', 'HIGH', 'HIGH'],
    ['PROMETHEUS', 'HIGH', 'LOW'],
    ['NETDATA', 'HIGH', 'LOW'],
  ] as const)('of a source of type %s that says %s is %s', (integrationType, priority, expected) => {
    expect(priorityOf(source({ integrationType }), priority, 'LOW')).toBe(expected);
  });

  it('moves an open alert only where it is heard', () => {
    const event = { sourceId, eventType: 'ALERT', receivedAt: minute(0), priority: 'HIGH' } as const;
    expect(keyedBy(source(), event).priority).toBe('HIGH');
    expect(keyedBy(source({ integrationType: 'NETDATA' }), event)).not.toHaveProperty('priority');
  });
});

describe('a source whose priority support hours choose', () => {
  const officeHours: SupportTimes = { timezone: 'UTC', supportDays: { MONDAY: { start: '08:00', end: '17:00' } }, exceptions: [] };
  const [inside, outside] = [parseInstant('2026-01-05T09:00:00Z'), parseInstant('2026-01-05T18:00:00Z')];
  const by = (during: AlertPriority) =>
    source({ alertPriorityRule: 'HIGH', supportHours: { during, autoRaise: false, hours: { type: 'named', id: 3 as never } } });

  it.each([
    ['HIGH', inside, 'HIGH'],
    ['HIGH', outside, 'LOW'],
    ['LOW', inside, 'LOW'],
    ['LOW', outside, 'HIGH'],
  ] as const)('with %s in them opens its alerts with that, and outside with the other', (during, at, expected) => {
    expect(usualPriority(by(during), officeHours, at)).toBe(expected);
  });

  it('opens them with HIGH when the hours are gone', () => expect(usualPriority(by('LOW'), undefined, inside)).toBe('HIGH'));

  it('takes the time at which the alert opens, whoever opens it', () => {
    const raising = { alertId: 7 as never, source: by('HIGH'), supportTimes: officeHours, content: {}, at: outside };
    expect(raisedByTool({ ...raising, guarded: {} as never, policy: policy(1) }).priority).toBe('LOW');
    expect(raisedByPerson({ ...raising, by: { type: 'system', part: 'spec' }, route: { type: 'users', userIds: [] } }).priority).toBe(
      'LOW',
    );
  });

  it('still lets the event speak where its own word counts (B22)', () => {
    const raising = { alertId: 7 as never, supportTimes: officeHours, content: { priority: 'HIGH' as const }, at: outside };
    const opened = (integrationType: 'API' | 'NETDATA') =>
      raisedByTool({ ...raising, source: { ...by('HIGH'), integrationType }, guarded: {} as never, policy: policy(1) }).priority;
    expect([opened('API'), opened('NETDATA')]).toEqual(['HIGH', 'LOW']);
    const event = { sourceId, eventType: 'ALERT', receivedAt: minute(0), priority: 'HIGH' } as const;
    expect(keyedBy({ ...by('HIGH'), integrationType: 'NETDATA' }, event)).not.toHaveProperty('priority');
  });
});

describe('a source with an automatic resolution', () => {
  const own = source({ autoResolutionTimeout: 'PT2H' });
  const raising = { alertId: 7 as never, source: own, supportTimes: undefined, content: { summary: 'disk full' }, at: minute(1) };

  it('gives the time to the alert that its tool raises', () => {
    const guarded = { tool: { eventId: 'e', position: { epoch: 'e', partition: 0, offset: 0 } } };
    expect(raisedByTool({ ...raising, guarded, policy: policy(1) }).autoResolveAt).toBe(minute(121));
  });

  it('gives it to the alert that a person raises, too', () => {
    const by = { type: 'system', part: 'spec' } as const;
    expect(raisedByPerson({ ...raising, by, route: { type: 'users', userIds: [] } }).autoResolveAt).toBe(minute(121));
  });

  it('is what sets it: without one there is no such time', () => {
    const by = { type: 'system', part: 'spec' } as const;
    expect(raisedByPerson({ ...raising, source: source(), by, route: { type: 'users', userIds: [] } })).not.toHaveProperty('autoResolveAt');
  });
});

describe('an alert of a source whose policy is gone', () => {
  it('is raised all the same, with nobody on call', () => {
    const raised = raisedByTool({
      alertId: 7 as never,
      source: source(),
      supportTimes: undefined,
      content: {},
      at: minute(1),
      guarded: {} as never,
      policy: undefined,
    });
    expect(raised.route).toMatchObject({ type: 'policy', policy: { policyId: 1, rules: [] } });
  });
});

describe('the order of events', () => {
  it.each([
    ['is per key where keys decide', 'ONE_ALERT_PER_EMAIL', ' Disk ', `${sourceId}:disk`],
    ['is per source without a key', 'ONE_ALERT_PER_EMAIL', undefined, `${sourceId}`],
    ['is per source where keys do not decide alone', 'ONE_OPEN_ALERT_ALLOWED', 'disk', `${sourceId}`],
  ] as const)('%s', (_name, alertCreation, key, lane) => {
    expect(laneOf(source({ alertCreation }), key)).toBe(lane);
  });
});

describe('a source that was grouped otherwise', () => {
  it('had the alerts of a key in the key`s own guard', () => {
    expect(formerGrouping({ alertKey: 'Disk' }, { type: 'source' })).toEqual({
      scope: { type: 'key', key: 'disk' },
      settings: { alertCreation: 'ONE_ALERT_PER_EMAIL' },
    });
  });

  it('had them in the guard of the source, where nothing but their key takes events', () => {
    const former = formerGrouping({ alertKey: 'disk' }, { type: 'key', key: 'disk' });
    expect(former).toEqual({ scope: { type: 'source' }, settings: { alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW', windowMs: 0 } });
  });

  it('had none for an event without a key', () => {
    expect(formerGrouping({}, { type: 'source' })).toBeUndefined();
  });
});

describe('the window of a source', () => {
  it('is read from its duration, and absent without one', () => {
    expect(groupingOf(source({ alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW', alertGroupingWindow: 'PT5M' })).windowMs).toBe(300_000);
    expect(groupingOf(source())).not.toHaveProperty('windowMs');
  });
});
