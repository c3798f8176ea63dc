import type { AlertActionId, AlertSourceId, ConnectorId, TeamId } from '../ids';
import { Rejection } from '../rejection';
import { instant } from '../time';
import { createAlertAction, replaceAlertAction } from './alert-action-rules';
import type { AlertActionChange, AlertActionRequest } from './alert-action-rules';
import {
  createConnector,
  refuseAskedSchedule,
  refuseAskedSupportHour,
  refuseUsedConnector,
  refuseUsedSource,
  replaceConnector,
} from './connector-rules';
import { refuseUsedPolicy } from './policy-rules';
import type { AlertSource, ConfigurationKind, ConfigurationResources, EscalationPolicy } from './resources';

const there: Readonly<Record<string, object>> = {
  'source-7': {},
  'source-8': {},
  'team-3': {},
  'policy-4': {},
  'schedule-5': {},
  'supporthour-9': {},
  'connector-5': { type: 'github' },
  'connector-6': { type: 'jira' },
};
const change = (now: number): AlertActionChange => ({
  now: instant(now),
  configuration: {
    get: <K extends ConfigurationKind>(kind: K, id: number) => there[`${kind}-${id}`] as ConfigurationResources[K] | undefined,
  },
});
const request = (settings: Partial<AlertActionRequest> = {}): AlertActionRequest => ({
  ...{ name: 'hook', type: 'webhook', connectorType: undefined, sourceIds: [], triggerTypes: ['alert-created'], teamIds: [], params: {} },
  ...settings,
});
const created = (settings: Partial<AlertActionRequest> = {}) => createAlertAction(11 as AlertActionId, request(settings), change(1));
const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error instanceof Rejection ? [error.code, error.details[0]?.field] : error;
  }
};
const rerouting = (escalationPolicyId: unknown) => ({ type: 'reroute' as const, params: { escalationPolicyId } });
const ofGithub = { type: 'github', connectorType: 'github' } as const;

describe('an alert action', () => {
  it('has what was set and nothing else', () => {
    expect(
      created({ sourceIds: [8, 7, 8] as AlertSourceId[], triggerTypes: ['alert-resolved', 'alert-created'], teamIds: [3 as TeamId] }),
    ).toEqual({
      ...{
        id: 11,
        name: 'hook',
        type: 'webhook',
        sourceIds: [7, 8],
        triggerMode: 'AUTOMATIC',
        triggerTypes: ['alert-created', 'alert-resolved'],
      },
      ...{ teamIds: [3], params: {}, createdAt: 1, updatedAt: 1 },
    });
  });

  it('keeps id, type and creation when it is replaced', () => {
    const before = created({ sourceIds: [7 as AlertSourceId], secretParams: 'x' });
    expect(replaceAlertAction(before, request({ name: 'new' }), change(9))).toEqual({ ...created({ name: 'new' }), updatedAt: 9 });
    expect(refusal(() => replaceAlertAction(before, request({ ...ofGithub, connectorId: 5 as ConnectorId }), change(9)))).toEqual([
      'invalid',
      'connectorType',
    ]);
  });

  it.each<[string, Partial<AlertActionRequest>, readonly [string, string]]>([
    ['a source that is not there', { sourceIds: [7, 9] as AlertSourceId[] }, ['invalid', 'alertSources[1].id']],
    ['a team that is not there', { teamIds: [4 as TeamId] }, ['invalid', 'teams[0].id']],
    ['another mode', { triggerMode: 'SOMETIMES' }, ['invalid', 'triggerMode']],
    ['a trigger type that there is not', { triggerTypes: ['alert-created', 'alert-lost'] }, ['invalid', 'triggerTypes[1]']],
    ['nothing that sets it off', { triggerTypes: [] }, ['invalid', 'triggerTypes']],
    ['triggers of one that is MANUAL (B6)', { triggerMode: 'MANUAL' }, ['setting-without-effect', 'triggerTypes']],
    ['a delay of what it does not listen for (B6)', { notResolvedDelaySec: 60 }, ['setting-without-effect', 'notResolvedDelaySec']],
    ['the other delay (B6)', { escalationEndedDelaySec: 60 }, ['setting-without-effect', 'escalationEndedDelaySec']],
    ['no time to wait for', { triggerTypes: ['v-alert-not-resolved'] }, ['invalid', 'notResolvedDelaySec']],
    ['too short a time', { triggerTypes: ['v-alert-not-resolved'], notResolvedDelaySec: 59 }, ['invalid', 'notResolvedDelaySec']],
    [
      'too long a delay',
      { triggerTypes: ['alert-escalation-ended'], escalationEndedDelaySec: 7_201 },
      ['invalid', 'escalationEndedDelaySec'],
    ],
    ['a policy that is not there', rerouting(5), ['invalid', 'params.escalationPolicyId']],
    [
      'what is too late to give an alert to others (B6)',
      { ...rerouting(4), triggerTypes: ['alert-created', 'alert-auto-resolved'] },
      ['setting-without-effect', 'triggerTypes[1]'],
    ],
    ['a connector that it does not need (B6)', { connectorId: 5 as ConnectorId }, ['setting-without-effect', 'connectorId']],
    ['no connector where it needs one', ofGithub, ['invalid', 'connectorId']],
    ['a connector that is not there', { ...ofGithub, connectorId: 9 as ConnectorId }, ['invalid', 'connectorId']],
    ['a connector of another type', { ...ofGithub, connectorId: 6 as ConnectorId }, ['invalid', 'connectorId']],
  ])('is refused with %s', (_what, settings, expected) => expect(refusal(() => created(settings))).toEqual(expected));
});

describe('a policy', () => {
  it('stays while an action gives alerts to it, or a source names it', () => {
    const actions = [created(), created(rerouting(4))];
    const source = { id: 7, name: 'web', escalationPolicyId: 4 } as AlertSource;
    const policy = { id: 4 } as EscalationPolicy;
    expect(refusal(() => refuseUsedPolicy(policy, { sources: [], actions }))).toEqual(['still-in-use', undefined]);
    expect(refusal(() => refuseUsedPolicy(policy, { sources: [source], actions: [] }))).toEqual(['still-in-use', undefined]);
    expect(refusal(() => refuseUsedPolicy({ id: 5 } as EscalationPolicy, { sources: [source], actions }))).toBeUndefined();
  });
});

describe('a connector', () => {
  const connector = createConnector(5 as ConnectorId, { name: 'ours', type: 'github', params: {} }, { now: instant(1) });
  it('cannot become one of another system', () => {
    expect(refusal(() => replaceConnector(connector, { name: 'ours', type: 'jira', params: {} }, { now: instant(2) }))).toEqual([
      'invalid',
      'type',
    ]);
  });
  it('stays while an action works with it, and so does a source that an action names', () => {
    const action = created({ ...ofGithub, connectorId: 5 as ConnectorId, sourceIds: [7 as AlertSourceId] });
    expect(refusal(() => refuseUsedConnector(connector, [created(), action]))).toEqual(['still-in-use', undefined]);
    expect(refusal(() => refuseUsedSource({ id: 7 }, [created(), action]))).toEqual(['still-in-use', undefined]);
    expect(refusal(() => refuseUsedConnector(connector, [created()]))).toBeUndefined();
    expect(refusal(() => refuseUsedSource({ id: 8 }, [action]))).toBeUndefined();
  });
});

describe('the conditions of an alert action', () => {
  const onCall = 'now is_in {id: 5, type: ON_CALL_SCHEDULE}';
  const filter = (value: string, operator = 'AND') => ({
    operator,
    predicates: [{ field: 'ALERT_SUMMARY', criteria: 'MATCHES_REGEX', value }],
  });

  it('are kept as they were written', () => {
    expect(created({ conditions: `  ${onCall} ` })).toMatchObject({ conditions: `  ${onCall} ` });
    expect(created({ alertFilter: filter('^a') })).toMatchObject({ alertFilter: filter('^a') });
    expect(created()).not.toHaveProperty('conditions');
  });

  it('keep a filter beside them, whatever it says', () => {
    expect(created({ conditions: 'true', alertFilter: filter('(', 'XOR') })).toMatchObject({ alertFilter: filter('(', 'XOR') });
  });

  it('are refused where they cannot be read, ask for what is not there, or decide nothing', () => {
    expect(refusal(() => created({ conditions: 'alert.a = 5' }))).toEqual(['invalid', 'conditions']);
    expect(refusal(() => created({ conditions: onCall.replace('5', '6') }))).toEqual(['invalid', 'conditions']);
    expect(refusal(() => created({ conditions: 'now is_in {id: 5, type: SUPPORT_HOUR}' }))).toEqual(['invalid', 'conditions']);
    expect(created({ conditions: 'now is_in {id: 9, type: SUPPORT_HOUR}' })).toHaveProperty('conditions');
    expect(refusal(() => created({ alertFilter: filter('(') }))).toEqual(['invalid', 'alertFilter.predicates[0].value']);
    expect(refusal(() => created({ alertFilter: filter('a', 'XOR') }))).toEqual(['invalid', 'alertFilter.operator']);
    const manual = { triggerMode: 'MANUAL', triggerTypes: [] };
    expect(refusal(() => created({ ...manual, conditions: 'true' }))).toEqual(['setting-without-effect', 'conditions']);
    expect(refusal(() => created({ ...manual, alertFilter: filter('a') }))).toEqual(['setting-without-effect', 'alertFilter']);
  });

  it('keep the schedule and the support hours that they ask for from being deleted', () => {
    const action = created({ conditions: `alert.a == 1 or not (${onCall})` });
    expect(refusal(() => refuseAskedSchedule({ id: 5 }, [created(), action]))).toEqual(['still-in-use', undefined]);
    expect(refusal(() => refuseAskedSchedule({ id: 6 }, [created(), action]))).toBeUndefined();
    expect(refusal(() => refuseAskedSupportHour({ id: 5 }, [created(), action]))).toBeUndefined();
    const hours = created({ conditions: 'now not is_in {id: 9, type: SUPPORT_HOUR}' });
    expect(refusal(() => refuseAskedSupportHour({ id: 9 }, [action, hours]))).toEqual(['still-in-use', undefined]);
  });
});
