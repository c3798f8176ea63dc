import type { AlertSourceId, EscalationPolicyId, TeamId } from '../ids';
import type { Instant } from '../time';
import { echoedSettings, refuseSettingsWithoutEffect } from './alert-source-settings';
import type { ConfigurationLookup } from './configuration-lookup';
import { invalidSetting, withoutEffect } from './refusals';
import type { AlertCreation, AlertSource, IntegrationType, PriorityBySupportHours, StoredSecret } from './resources';
import { checkedWeek } from './support-hour-rules';
import { checkedTeams } from './team-ownership';

export interface AlertSourceRequest {
  readonly name: string;
  readonly integrationType: string;
  readonly escalationPolicyId: EscalationPolicyId;
  readonly alertCreation?: string;
  readonly alertGroupingWindow?: string;
  readonly autoResolutionTimeout?: string;
  readonly alertPriorityRule?: string;
  readonly supportHours?: SourceHoursRequest;
  readonly autoRaise?: boolean;
  readonly severity?: number;
  readonly active?: boolean;
  /** Absent leaves the assignment alone. */
  readonly teamIds?: readonly TeamId[];
  /** Everything as it was sent: what has no effect yet is refused by its name, what older clients need back is kept. */
  readonly sent: Readonly<Record<string, unknown>>;
}

export type SourceHoursRequest = PriorityBySupportHours['hours'];

export interface AlertSourceChange {
  readonly now: Instant;
  readonly configuration: ConfigurationLookup;
  /** Those that have a mapping. */
  readonly integrationTypes: readonly IntegrationType[];
}

/** @throws Rejection `invalid`, `setting-without-effect` */
export const createAlertSource = (
  id: AlertSourceId,
  integrationKey: StoredSecret,
  request: AlertSourceRequest,
  change: AlertSourceChange,
): AlertSource => ({
  id,
  ...checked(request, [], change),
  integrationType: checkedType(request.integrationType, change),
  integrationKey,
  createdAt: change.now,
  updatedAt: change.now,
});

/** The whole source anew, but for its key and its subscribers. @throws Rejection `invalid`, `setting-without-effect` */
export const replaceAlertSource = (current: AlertSource, request: AlertSourceRequest, change: AlertSourceChange): AlertSource => {
  const { id, integrationType, integrationKey, createdAt } = current;
  // A tool goes on posting to the address it was given, which names the type.
  if (checkedType(request.integrationType, change) !== integrationType)
    throw invalidSetting('integrationType', `is ${integrationType} and cannot be changed: create another alert source`);
  return {
    id,
    ...checked(request, current.teamIds, change),
    ...(current.subscribers === undefined ? {} : { subscribers: current.subscribers }),
    integrationType,
    integrationKey,
    createdAt,
    updatedAt: change.now,
  };
};

type Settings = Omit<AlertSource, 'id' | 'integrationType' | 'integrationKey' | 'subscribers' | 'createdAt' | 'updatedAt'>;

const checked = (request: AlertSourceRequest, teamsBefore: readonly TeamId[], { configuration }: AlertSourceChange): Settings => {
  refuseSettingsWithoutEffect(request.sent);
  const { name, escalationPolicyId, autoResolutionTimeout, severity, active = true } = request;
  if (configuration.get('policy', escalationPolicyId) === undefined)
    throw invalidSetting('escalationPolicy.id', `there is no escalation policy ${escalationPolicyId}`);
  if (autoResolutionTimeout !== undefined) oneOf('autoResolutionTimeout', autoResolutionTimeout, timeouts);
  return {
    name,
    escalationPolicyId,
    ...grouping(request),
    ...(autoResolutionTimeout === undefined ? {} : { autoResolutionTimeout }),
    ...priorityRule(request, configuration),
    ...(severity === undefined ? {} : { severity }),
    active,
    teamIds: request.teamIds === undefined ? teamsBefore : checkedTeams(request.teamIds, configuration),
    echoed: echoedSettings(request.sent),
  };
};

const windows = ['PT2M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT2H', 'PT4H', 'PT8H', 'PT12H', 'PT24H'] as const;
const timeouts = [
  ...['PT10M', 'PT20M', 'PT30M', 'PT40M', 'PT50M', 'PT60M', 'PT90M'],
  ...['PT2H', 'PT3H', 'PT4H', 'PT5H', 'PT6H', 'PT12H', 'PT24H'],
] as const;
const modes: readonly AlertCreation[] = [
  'ONE_ALERT_PER_EMAIL',
  'ONE_ALERT_PER_EMAIL_SUBJECT',
  'ONE_PENDING_ALERT_ALLOWED',
  'ONE_OPEN_ALERT_ALLOWED',
  'ONE_ALERT_GROUPED_PER_WINDOW',
];
const modesWithoutEffect: readonly string[] = ['OPEN_RESOLVE_ON_EXTRACTION', 'INTELLIGENT_GROUPING'];
const rules = ['HIGH', 'LOW', 'HIGH_DURING_SUPPORT_HOURS', 'LOW_DURING_SUPPORT_HOURS'] as const;

const grouping = ({
  alertCreation = 'ONE_ALERT_PER_EMAIL',
  alertGroupingWindow: window,
}: AlertSourceRequest): Pick<AlertSource, 'alertCreation' | 'alertGroupingWindow'> => {
  if (modesWithoutEffect.includes(alertCreation))
    throw withoutEffect('alertCreation', `${alertCreation} does nothing yet: use one of ${modes.join(', ')}`);
  const mode = oneOf('alertCreation', alertCreation, modes);
  if (mode !== 'ONE_ALERT_GROUPED_PER_WINDOW') {
    if (window !== undefined) throw withoutEffect('alertGroupingWindow', `does nothing with alertCreation ${mode}: leave it out`);
    return { alertCreation: mode };
  }
  if (window === undefined) throw invalidSetting('alertGroupingWindow', `is required with ${mode}: one of ${windows.join(', ')}`);
  return { alertCreation: mode, alertGroupingWindow: oneOf('alertGroupingWindow', window, windows) };
};

const priorityRule = (
  { alertPriorityRule = 'HIGH', supportHours: hours, autoRaise = false }: AlertSourceRequest,
  configuration: ConfigurationLookup,
): Pick<AlertSource, 'alertPriorityRule' | 'supportHours'> => {
  const rule = oneOf('alertPriorityRule', alertPriorityRule, rules);
  if (rule === 'HIGH' || rule === 'LOW') {
    const why = `does nothing with alertPriorityRule ${rule}: leave it out, or use HIGH_DURING_SUPPORT_HOURS or LOW_DURING_SUPPORT_HOURS`;
    if (hours !== undefined) throw withoutEffect('supportHours', why);
    if (autoRaise) throw withoutEffect('autoRaiseAlerts', why);
    return { alertPriorityRule: rule };
  }
  if (hours === undefined) throw invalidSetting('supportHours', `is required with ${rule}: an object with the id of a support hour`);
  const during = rule === 'HIGH_DURING_SUPPORT_HOURS' ? 'HIGH' : 'LOW';
  return { alertPriorityRule: 'HIGH', supportHours: { during, autoRaise, hours: checkedHours(hours, configuration) } };
};

const checkedHours = (hours: SourceHoursRequest, configuration: ConfigurationLookup): SourceHoursRequest => {
  if (hours.type === 'own') return { type: 'own', ...checkedWeek(hours, 'supportHours.') };
  if (configuration.get('supporthour', hours.id) === undefined)
    throw invalidSetting('supportHours.id', `there is no support hour ${hours.id}`);
  return hours;
};

const checkedType = (type: string, { integrationTypes }: AlertSourceChange): IntegrationType =>
  oneOf('integrationType', type, integrationTypes);

const oneOf = <T extends string>(field: string, value: string, choices: readonly T[]): T => {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw invalidSetting(field, `must be one of ${choices.join(', ')}`);
  return choice;
};
