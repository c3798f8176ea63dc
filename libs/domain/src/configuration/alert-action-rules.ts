import { isTriggerType, TRIGGER_TYPES, type TriggerType } from '../alert-action/trigger-types';
import { conditionOfFilter } from '../condition/alert-filter';
import type { AlertFilter } from '../condition/alert-filter';
import { placesIn } from '../condition/expression';
import type { PlaceType } from '../condition/expression';
import { parseCondition } from '../condition/parse';
import type { AlertActionId, AlertSourceId, ConnectorId, EscalationPolicyId, TeamId } from '../ids';
import type { Instant } from '../time';
import type { ConfigurationLookup } from './configuration-lookup';
import { invalidSetting, withoutEffect } from './refusals';
import type { AlertAction, AlertActionType, ConnectorType, TypeParams } from './resources';
import { checkedTeams } from './team-ownership';

export interface AlertActionRequest extends TypeParams {
  readonly name: string;
  readonly type: AlertActionType;
  /** Of a connector of this type; undefined: the type needs none. */
  readonly connectorType: ConnectorType | undefined;
  readonly connectorId?: ConnectorId;
  readonly sourceIds: readonly AlertSourceId[];
  readonly triggerMode?: string;
  readonly triggerTypes: readonly string[];
  readonly escalationEndedDelaySec?: number;
  readonly notResolvedDelaySec?: number;
  readonly conditions?: string;
  /** Where there are conditions as well it is kept for its client, whatever it says. */
  readonly alertFilter?: AlertFilter;
  /** Unlike with other resources, absent clears. */
  readonly teamIds: readonly TeamId[];
}

export interface AlertActionChange {
  readonly now: Instant;
  readonly configuration: ConfigurationLookup;
}

/** @throws Rejection `invalid`, `setting-without-effect` */
export const createAlertAction = (id: AlertActionId, request: AlertActionRequest, change: AlertActionChange): AlertAction => ({
  id,
  ...checked(request, change),
  createdAt: change.now,
  updatedAt: change.now,
});

/** The whole action anew, but for its type. @throws Rejection `invalid`, `setting-without-effect` */
export const replaceAlertAction = (current: AlertAction, request: AlertActionRequest, change: AlertActionChange): AlertAction => {
  // What was made in one system cannot be closed in another.
  if (request.type !== current.type)
    throw invalidSetting('connectorType', `is ${current.type} and cannot be changed: create another alert action`);
  return { id: current.id, ...checked(request, change), createdAt: current.createdAt, updatedAt: change.now };
};

type Settings = Omit<AlertAction, 'id' | 'createdAt' | 'updatedAt'>;

const checked = (request: AlertActionRequest, { configuration }: AlertActionChange): Settings => {
  const { name, type, sourceIds, params, secretParams, teamIds } = request;
  const connectorId = checkedConnector(request, configuration);
  const triggers = checkedTriggers(request);
  if (type === 'reroute') refuseReroute(request, triggers, configuration);
  return {
    name,
    type,
    ...(connectorId === undefined ? {} : { connectorId }),
    sourceIds: checkedSources(sourceIds, configuration),
    ...triggers,
    ...checkedConditions(request, configuration),
    teamIds: checkedTeams(teamIds, configuration),
    params,
    ...(secretParams === undefined ? {} : { secretParams }),
  };
};

const checkedConnector = (
  { type, connectorType, connectorId }: AlertActionRequest,
  configuration: ConfigurationLookup,
): ConnectorId | undefined => {
  if (connectorType === undefined) {
    if (connectorId !== undefined) throw withoutEffect('connectorId', `an action of type ${type} works without a connector: leave it out`);
    return undefined;
  }
  if (connectorId === undefined) throw invalidSetting('connectorId', `must be the id of a connector of type ${connectorType}`);
  const connector = configuration.get('connector', connectorId);
  if (connector === undefined) throw invalidSetting('connectorId', `there is no connector ${connectorId}`);
  if (connector.type !== connectorType)
    throw invalidSetting('connectorId', `connector ${connectorId} is of type ${connector.type}, and ${connectorType} is needed`);
  return connectorId;
};

const checkedSources = (sourceIds: readonly AlertSourceId[], configuration: ConfigurationLookup): readonly AlertSourceId[] => {
  sourceIds.forEach((id, index) => {
    if (configuration.get('source', id) === undefined) throw invalidSetting(`alertSources[${index}].id`, `there is no alert source ${id}`);
  });
  return [...new Set(sourceIds)].sort((a, b) => a - b);
};

/** Where an action gives alerts; undefined: it gives them nowhere. */
export const reroutedTo = ({ type, params }: Pick<AlertAction, 'type' | 'params'>): EscalationPolicyId | undefined =>
  type === 'reroute' ? (params['escalationPolicyId'] as EscalationPolicyId) : undefined;

const ENDS: readonly TriggerType[] = ['alert-resolved', 'alert-auto-resolved'];

const refuseReroute = (
  request: AlertActionRequest,
  { triggerTypes }: Pick<AlertAction, 'triggerTypes'>,
  configuration: ConfigurationLookup,
): void => {
  const policyId = reroutedTo(request);
  if (policyId === undefined || configuration.get('policy', policyId) === undefined)
    throw invalidSetting('params.escalationPolicyId', `there is no escalation policy ${policyId}`);
  const late = triggerTypes.find((trigger) => ENDS.includes(trigger));
  if (late !== undefined)
    throw withoutEffect(`triggerTypes[${request.triggerTypes.indexOf(late)}]`, `${late}: an alert that is resolved is given to nobody`);
};

const NOT_RESOLVED: TriggerType = 'v-alert-not-resolved';
const ESCALATION_ENDED: TriggerType = 'alert-escalation-ended';

const checkedTriggers = (
  request: AlertActionRequest,
): Pick<AlertAction, 'triggerMode' | 'triggerTypes' | 'escalationEndedDelaySec' | 'notResolvedDelaySec'> => {
  const { triggerMode = 'AUTOMATIC', triggerTypes: given, escalationEndedDelaySec = 0, notResolvedDelaySec = 0 } = request;
  if (triggerMode !== 'AUTOMATIC' && triggerMode !== 'MANUAL') throw invalidSetting('triggerMode', 'must be AUTOMATIC or MANUAL');
  const triggerTypes = given.map((word, index) => checkedTrigger(word, index));
  if (triggerMode === 'MANUAL' && triggerTypes.length > 0)
    throw withoutEffect('triggerTypes', 'an action that is MANUAL is set off by people alone: leave them out');
  if (triggerMode === 'AUTOMATIC' && triggerTypes.length === 0)
    throw invalidSetting('triggerTypes', `must name what sets it off: ${TRIGGER_TYPES.join(', ')}`);
  const listens = (trigger: TriggerType): boolean => triggerTypes.includes(trigger);
  if (escalationEndedDelaySec > 0 && !listens(ESCALATION_ENDED))
    throw withoutEffect('escalationEndedDelaySec', `has an effect with the trigger type ${ESCALATION_ENDED} alone`);
  if (escalationEndedDelaySec !== 0) refuseOutside('escalationEndedDelaySec', escalationEndedDelaySec, 30, 7_200, '0 or from 30 to 7200');
  if (notResolvedDelaySec > 0 && !listens(NOT_RESOLVED))
    throw withoutEffect('notResolvedDelaySec', `has an effect with the trigger type ${NOT_RESOLVED} alone`);
  if (listens(NOT_RESOLVED)) refuseOutside('notResolvedDelaySec', notResolvedDelaySec, 60, 172_800, 'from 60 to 172800');
  return {
    triggerMode,
    triggerTypes: TRIGGER_TYPES.filter(listens),
    ...(escalationEndedDelaySec === 0 ? {} : { escalationEndedDelaySec }),
    ...(notResolvedDelaySec === 0 ? {} : { notResolvedDelaySec }),
  };
};

const checkedConditions = (
  { triggerMode, conditions, alertFilter }: AlertActionRequest,
  configuration: ConfigurationLookup,
): Pick<AlertAction, 'conditions' | 'alertFilter'> => {
  const field = conditions === undefined ? 'alertFilter' : 'conditions';
  if (conditions === undefined && alertFilter === undefined) return {};
  if (triggerMode === 'MANUAL') throw withoutEffect(field, 'an action that is MANUAL is done whenever a person asks: leave it out');
  if (conditions !== undefined) refuseUnreadable(conditions, configuration);
  else if (alertFilter !== undefined) {
    const filter = conditionOfFilter(alertFilter);
    if ('fix' in filter) throw invalidSetting(`alertFilter.${filter.field}`, filter.fix);
  }
  return { ...(conditions === undefined ? {} : { conditions }), ...(alertFilter === undefined ? {} : { alertFilter }) };
};

const NAMES: Readonly<Record<PlaceType, string>> = { ON_CALL_SCHEDULE: 'schedule', SUPPORT_HOUR: 'support hour' };

const refuseUnreadable = (conditions: string, configuration: ConfigurationLookup): void => {
  const parsed = parseCondition(conditions);
  if ('problem' in parsed) {
    const { position, expected } = parsed.problem;
    throw invalidSetting('conditions', `at character ${position}: expected ${expected}`);
  }
  for (const { type, id } of placesIn(parsed.expression)) {
    const isThere = type === 'ON_CALL_SCHEDULE' ? configuration.get('schedule', id) : configuration.get('supporthour', id);
    if (isThere === undefined) throw invalidSetting('conditions', `there is no ${NAMES[type]} ${id}`);
  }
};

const checkedTrigger = (word: string, index: number): TriggerType => {
  if (!isTriggerType(word)) throw invalidSetting(`triggerTypes[${index}]`, `must be one of ${TRIGGER_TYPES.join(', ')}`);
  return word;
};

const refuseOutside = (field: string, value: number, min: number, max: number, words: string): void => {
  if (!(value >= min && value <= max)) throw invalidSetting(field, `must be ${words} seconds`);
};
