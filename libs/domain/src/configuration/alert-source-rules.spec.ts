import type { AlertSourceId, EscalationPolicyId, SupportHourId, TeamId } from '../ids';
import { Rejection } from '../rejection';
import { instant } from '../time';
import { createAlertSource, replaceAlertSource } from './alert-source-rules';
import type { AlertSourceChange, AlertSourceRequest } from './alert-source-rules';
import type { ConfigurationKind, ConfigurationResources } from './resources';

const there: Readonly<Record<string, true>> = { 'policy-1': true, 'policy-2': true, 'team-3': true, 'team-5': true, 'supporthour-3': true };
const change = (now: number): AlertSourceChange => ({
  now: instant(now),
  integrationTypes: ['API', 'PROMETHEUS'],
  configuration: {
    get: <K extends ConfigurationKind>(kind: K, id: number) =>
      there[`${kind}-${id}`] === true ? ({ id } as unknown as ConfigurationResources[K]) : undefined,
  },
});
const request = (settings: Partial<AlertSourceRequest> = {}): AlertSourceRequest => ({
  name: 'Shop',
  integrationType: 'API',
  escalationPolicyId: 1 as EscalationPolicyId,
  sent: {},
  ...settings,
});
const key = { hash: 'h', cipher: 'c' };
const created = (settings: Partial<AlertSourceRequest> = {}) => createAlertSource(7 as AlertSourceId, key, request(settings), change(1));
const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error instanceof Rejection ? [error.code, error.details[0]?.field] : error;
  }
};

describe('an alert source', () => {
  it('has what is usual where nothing is said, and no setting that was not made', () => {
    expect(created()).toEqual({
      ...{ id: 7, name: 'Shop', integrationType: 'API', integrationKey: key, escalationPolicyId: 1, alertCreation: 'ONE_ALERT_PER_EMAIL' },
      ...{ alertPriorityRule: 'HIGH', active: true, teamIds: [], echoed: {}, createdAt: 1, updatedAt: 1 },
    });
  });

  it('keeps id, key, type, creation and unmentioned teams when it is replaced, and nothing else', () => {
    const before = created({ severity: 2, autoResolutionTimeout: 'PT2H', active: false, teamIds: [5, 3, 5] as TeamId[] });
    const after = replaceAlertSource(before, request({ name: 'New', escalationPolicyId: 2 as EscalationPolicyId }), change(9));
    expect(after).toEqual({ ...created({ name: 'New', escalationPolicyId: 2 as EscalationPolicyId }), teamIds: [3, 5], updatedAt: 9 });
  });

  it('cannot become another tool’s', () => {
    expect(refusal(() => replaceAlertSource(created(), request({ integrationType: 'PROMETHEUS' }), change(2)))).toEqual([
      'invalid',
      'integrationType',
    ]);
  });
});

describe('a setting that does nothing yet', () => {
  it.each([undefined, null, false, 0, '', '  ', [], {}, [null], { id: 0, name: '' }, { textTemplate: '', elements: [] }])(
    'is not set by %j',
    (services) => expect(created({ sent: { services } })).toEqual(created()),
  );

  it.each([true, 1, 'x', [1], { id: 3 }, { elements: [{ val: 'x' }] }])('is refused with %j (B6)', (services) => {
    expect(refusal(() => created({ sent: { services } }))).toEqual(['setting-without-effect', 'services']);
  });

  it('is refused before a policy that is missing, so that one answer names it', () => {
    const both = { sent: { eventFilter: 'x' }, escalationPolicyId: 99 as EscalationPolicyId };
    expect(refusal(() => created(both))).toEqual(['setting-without-effect', 'eventFilter']);
  });
});

describe('a priority by support hours', () => {
  const named = { type: 'named', id: 3 as SupportHourId } as const;
  const own = (start: string, end: string, timezone = 'Europe/Berlin') =>
    ({ type: 'own', timezone, supportDays: { MONDAY: { start, end } } }) as const;
  const highDuring = 'HIGH_DURING_SUPPORT_HOURS';

  it('is HIGH or LOW in them, and for whoever knows nothing of support hours HIGH', () => {
    expect(created({ alertPriorityRule: highDuring, supportHours: named })).toMatchObject({
      alertPriorityRule: 'HIGH',
      supportHours: { during: 'HIGH', autoRaise: false, hours: named },
    });
    expect(created({ alertPriorityRule: 'LOW_DURING_SUPPORT_HOURS', supportHours: named, autoRaise: true })).toMatchObject({
      alertPriorityRule: 'HIGH',
      supportHours: { during: 'LOW', autoRaise: true, hours: named },
    });
  });

  it('takes hours of the source`s own', () => {
    const source = created({ alertPriorityRule: highDuring, supportHours: own('08:00:00', '24:00') });
    expect(source.supportHours?.hours).toEqual({
      type: 'own',
      timezone: 'Europe/Berlin',
      supportDays: { MONDAY: { start: '08:00', end: '24:00' } },
    });
  });

  it.each([
    ['no hours', undefined, 'invalid', 'supportHours'],
    ['hours that are none', { type: 'named', id: 4 as SupportHourId }, 'invalid', 'supportHours.id'],
    ['a zone that is none', own('08:00', '17:00', 'Berlin'), 'invalid', 'supportHours.timezone'],
    ['hours that end before they begin', own('17:00', '08:00'), 'invalid', 'supportHours.supportDays.MONDAY.end'],
    ['a time that is none', own('8', '17:00'), 'invalid', 'supportHours.supportDays.MONDAY.start'],
  ] as const)('is refused with %s', (_what, supportHours, code, field) => {
    const settings = supportHours === undefined ? {} : { supportHours };
    expect(refusal(() => created({ alertPriorityRule: highDuring, ...settings }))).toEqual([code, field]);
  });

  it.each(['HIGH', 'LOW'])('is nothing that %s could be combined with (B6)', (alertPriorityRule) => {
    expect(refusal(() => created({ alertPriorityRule, supportHours: named }))).toEqual(['setting-without-effect', 'supportHours']);
    expect(refusal(() => created({ alertPriorityRule, autoRaise: true }))).toEqual(['setting-without-effect', 'autoRaiseAlerts']);
  });
});

describe('what older clients send and need back', () => {
  it('is kept as it is; what nobody asked for is not', () => {
    const { echoed } = created({ sent: { filterOperator: 'AND', resolveFilterOperator: null, iconUrl: 'https://example.org/x.png' } });
    expect(echoed).toEqual({ filterOperator: 'AND' });
  });
});
