import type { SlackLink, SlackWorkspace } from '../chat/slack-resources';
import type { TriggerType } from '../alert-action/trigger-types';
import type {
  AlertActionId,
  AlertSourceId,
  ApiKeyId,
  ConnectorId,
  ContactId,
  EscalationPolicyId,
  PreferenceId,
  PushDeviceId,
  ScheduleId,
  SupportHourId,
  TeamId,
  UserId,
} from '../ids';
import type { AlertFilter } from '../condition/alert-filter';
import type { DutyBeforeMin } from '../oncall/duties';
import type { Schedule } from '../oncall/schedule';
import type { SupportDays, SupportTimes } from '../oncall/support-hours';
import type { Instant } from '../time';

/**
 * Configuration as it is stored: each change is one event that carries the whole resource afterwards. References are ids.
 * Personal data stands in `User` only.
 */

export type AlertPriority = 'HIGH' | 'LOW';

/** Integration types that have a mapping; the registry in `libs/integrations` is the list. */
export type IntegrationType = 'API' | 'PROMETHEUS' | 'GRAFANA' | 'NETDATA';

/** How events without a matching open alert are grouped; the public API's words, see the glossary for what each does. */
export type AlertCreation =
  | 'ONE_ALERT_PER_EMAIL'
  | 'ONE_ALERT_PER_EMAIL_SUBJECT'
  | 'ONE_PENDING_ALERT_ALLOWED'
  | 'ONE_OPEN_ALERT_ALLOWED'
  | 'ONE_ALERT_GROUPED_PER_WINDOW';

/** A secret that must be shown again to those with update rights: looked up by its hash, kept encrypted. */
export interface StoredSecret {
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  /** AES-256-GCM under TOCSIN_SECRET_KEY, with the key's name in front. */
  readonly cipher: string;
}

export interface Resource<Id> {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

interface TeamOwned {
  /** Ascending. */
  readonly teamIds: readonly TeamId[];
}

export interface AlertSource extends Resource<AlertSourceId>, TeamOwned {
  readonly name: string;
  readonly integrationType: IntegrationType;
  readonly integrationKey: StoredSecret;
  readonly escalationPolicyId: EscalationPolicyId;
  readonly alertCreation: AlertCreation;
  /** ISO 8601 duration; with ONE_ALERT_GROUPED_PER_WINDOW only. */
  readonly alertGroupingWindow?: string;
  /** ISO 8601 duration after which an open alert is resolved by the system; absent = never. */
  readonly autoResolutionTimeout?: string;
  /** What a new alert has. HIGH where support hours decide: who knows nothing of these rather pages once too often. */
  readonly alertPriorityRule: AlertPriority;
  readonly supportHours?: PriorityBySupportHours;
  /** 1 (most severe) to 5. */
  readonly severity?: number;
  readonly active: boolean;
  /** Who follows its alerts, in the order in which they came; absent: nobody. */
  readonly subscribers?: readonly Subscriber[];
  /** Settings of older clients that have no effect and that they need back as they sent them. */
  readonly echoed: Readonly<Record<string, unknown>>;
}

export interface PriorityBySupportHours {
  /** What a new alert has in support hours; outside it has the other priority. */
  readonly during: AlertPriority;
  /** Alerts that wait with LOW become HIGH when the hours begin in which new ones are HIGH. */
  readonly autoRaise: boolean;
  readonly hours:
    | { readonly type: 'named'; readonly id: SupportHourId }
    /** Written into the source by older clients. */
    | { readonly type: 'own'; readonly timezone: string; readonly supportDays: SupportDays };
}

/** When somebody is there, for all sources that name it. */
export interface SupportHour extends Resource<SupportHourId>, TeamOwned, SupportTimes {
  readonly name: string;
}

/** Somebody who wants to hear of alerts: a person, or whoever is in a team then. */
export type Subscriber = { readonly type: 'user'; readonly userId: UserId } | { readonly type: 'team'; readonly teamId: TeamId };

export type EscalationTarget =
  | { readonly type: 'user'; readonly userId: UserId }
  | { readonly type: 'schedule'; readonly scheduleId: ScheduleId }
  | { readonly type: 'team'; readonly teamId: TeamId };

export interface EscalationRule {
  /** Minutes until the next level, 0 to 525600. */
  readonly escalationTimeoutMin: number;
  readonly targets: readonly EscalationTarget[];
}

export interface EscalationPolicy extends Resource<EscalationPolicyId>, TeamOwned {
  readonly name: string;
  readonly rules: readonly EscalationRule[];
  readonly repeating: boolean;
  /** How often the rules are run when `repeating`, 1 to 9. */
  readonly frequency: number;
  /** Minutes before level 1, once per alert, 0 to 15. */
  readonly delayMin: number;
  /** Unique over all policies, compared without regard to case. */
  readonly routingKey?: string;
}

/** What an alert's escalation runs on, taken when it starts (BEHAVIOUR B16). */
export interface PolicySnapshot {
  readonly policyId: EscalationPolicyId;
  readonly name: string;
  readonly rules: readonly EscalationRule[];
  readonly repeating: boolean;
  readonly frequency: number;
  readonly delayMin: number;
}

export type Role = 'STAKEHOLDER' | 'GUEST' | 'RESPONDER' | 'USER' | 'ADMIN';
export type ContactStatus = 'OK' | 'LOCKED' | 'BLACKLISTED';
export type NotificationMethod = 'EMAIL' | 'SMS' | 'PUSH' | 'VOICE' | 'WHATSAPP' | 'TELEGRAM' | 'SLACK' | 'TEAMS';

export interface EmailContact {
  readonly id: ContactId;
  readonly type: 'email';
  readonly target: string;
  readonly status: ContactStatus;
  readonly verified: boolean;
}

export interface PhoneContact {
  readonly id: ContactId;
  readonly type: 'phone';
  /** ISO country, e.g. `DE`. */
  readonly regionCode: string;
  readonly target: string;
  readonly primary: boolean;
  readonly status: ContactStatus;
  readonly verified: boolean;
}

export type Contact = EmailContact | PhoneContact;

export interface AlertPreference {
  readonly id: PreferenceId;
  readonly type: 'HIGH_PRIORITY' | 'LOW_PRIORITY';
  readonly method: NotificationMethod;
  /** Absent for PUSH, required for every other method. */
  readonly contactId?: ContactId;
  /** Minutes after the person becomes responder, 0 to 120. */
  readonly delayMin: number;
}

/** Methods whose messages a bot of ours brings to an account that the person has linked to it. */
export type ChatMethod = 'TELEGRAM' | 'TEAMS';

/** Who somebody is for a bot. */
export interface ChatAccount {
  readonly method: ChatMethod;
  /** Names the account there; it answers for one person only. */
  readonly id: string;
  /** Where the bot writes to it. */
  readonly address: string;
  readonly linkedAt: Instant;
  /** Since when, and why, nothing gets there any more; absent while it does. */
  readonly closed?: { readonly reason: string; readonly at: Instant };
}

/** Who somebody is in a Slack workspace. */
export interface SlackAccount {
  readonly teamId: string;
  readonly userId: string;
}

interface MessageWay {
  readonly id: PreferenceId;
  readonly method: NotificationMethod;
  /** Absent for PUSH, required for every other method. */
  readonly contactId?: ContactId;
}

/** What others do with an alert that the person is on. */
export type UpdatePreference = MessageWay & {
  readonly list: 'updates';
  readonly type: 'ALERT_ACCEPTED' | 'ALERT_RESOLVED' | 'ALERT_ESCALATED';
};

/** When a shift begins; and at once when somebody else's edit changed the person's shifts. */
export type DutyPreference = MessageWay & { readonly list: 'duties'; readonly type: 'ON_CALL'; readonly beforeMin: DutyBeforeMin };

/** What becomes of alerts that the person follows without being paged for them. */
export type SubscriptionPreference = MessageWay & { readonly list: 'subscriptions' };

/** How a person is told what is no page. */
export type MessagePreference = UpdatePreference | DutyPreference | SubscriptionPreference;

/**
 * What a device understands: the push service of its browser, or a topic of an ntfy server that its app listens to. A room in a
 * chat that the person alone reads counts as one, whatever they read it on.
 */
export type PushDeviceType = 'WEB_PUSH' | 'NTFY' | 'DISCORD' | 'MATTERMOST';

/** Where pushed pages go. */
export interface PushDevice {
  readonly id: PushDeviceId;
  readonly type: PushDeviceType;
  readonly name: string;
  /** The subscription, topic or webhook: whoever knows it can write to the device. */
  readonly address: StoredSecret;
  /** Whether the page was opened as an app; an iPhone shows nothing otherwise (B28). Absent where that does not matter. */
  readonly onHomeScreen?: boolean;
  readonly addedAt: Instant;
}

/** A device that was removed without the person's doing. */
export interface LostPushDevice extends Pick<PushDevice, 'id' | 'type' | 'name'> {
  /** `gone`: its push service does not know it any more. `taken-over`: somebody else signed in there. */
  readonly reason: 'gone' | 'taken-over';
  readonly lostAt: Instant;
}

export interface User extends Resource<UserId> {
  /** Unique; default the local part of the e-mail address. */
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Unique, compared without regard to case. */
  readonly email: string;
  readonly timezone: string;
  readonly language: 'en' | 'de';
  readonly region?: string;
  readonly role: Role;
  readonly position?: string;
  readonly department?: string;
  readonly shiftColor?: string;
  readonly mutedUntil?: Instant;
  /** Whose presses in Slack are theirs. */
  readonly slackAccount?: SlackAccount;
  /** One for each method at most; whose presses there are theirs. */
  readonly chatAccounts?: readonly ChatAccount[];
  /** Links to a bot that were given out before link nothing any more. */
  readonly chatUnlinkedAt?: Instant;
  readonly contacts: readonly Contact[];
  readonly alertPreferences: readonly AlertPreference[];
  /** Absent of people who were configured before there were such messages: none. */
  readonly messagePreferences?: readonly MessagePreference[];
  readonly pushDevices?: readonly PushDevice[];
  /** The last few, oldest first. */
  readonly lostPushDevices?: readonly LostPushDevice[];
}

export interface Team extends Resource<TeamId> {
  readonly name: string;
  readonly visibility: 'PUBLIC' | 'PRIVATE';
  /** Ascending by user id. */
  readonly members: readonly { readonly userId: UserId; readonly role: 'STAKEHOLDER' | 'RESPONDER' | 'USER' | 'ADMIN' }[];
}

export interface ApiKey extends Resource<ApiKeyId> {
  readonly name: string;
  /** Acts as this user, with at most the user's role. */
  readonly userId: UserId;
  readonly role: Role;
  /** SHA-256 of the key, hex; the key itself is shown once and not kept. */
  readonly hash: string;
  /** `session`: made by a sign-in link, lives in a cookie. */
  readonly use: 'api' | 'session';
  readonly expiresAt?: Instant;
  /** Of a session that a key with an end asked for: what is made in it ends then at the latest. */
  readonly grantsUntil?: Instant;
}

/** Other systems that alert actions can work in; the registry in `libs/alert-actions` is the list. */
export type ConnectorType = 'jira' | 'servicenow' | 'zendesk' | 'github' | 'slack' | 'discord' | 'mattermost';

/** `reroute` alone does something here: it gives the alert to another policy. */
export type AlertActionType = 'webhook' | 'email' | 'reroute' | ConnectorType;

/** Settings of one type of connector or action. Which of them are secrets, the type says. */
export interface TypeParams {
  readonly params: Readonly<Record<string, unknown>>;
  /** The secret ones, as one JSON text: AES-256-GCM under TOCSIN_SECRET_KEY. Absent when there are none. */
  readonly secretParams?: string;
}

/** An account in another system, for actions of its type. */
export interface Connector extends Resource<ConnectorId>, TypeParams {
  readonly name: string;
  readonly type: ConnectorType;
}

/** What is done elsewhere when something happens to an alert, or when a person asks for it. */
export interface AlertAction extends Resource<AlertActionId>, TeamOwned, TypeParams {
  readonly name: string;
  readonly type: AlertActionType;
  readonly connectorId?: ConnectorId;
  /** Ascending; none means all. */
  readonly sourceIds: readonly AlertSourceId[];
  readonly triggerMode: 'AUTOMATIC' | 'MANUAL';
  /** Of an automatic one. */
  readonly triggerTypes: readonly TriggerType[];
  readonly escalationEndedDelaySec?: number;
  readonly notResolvedDelaySec?: number;
  /** Of an automatic one: what has to hold when it is set off, as it was written; absent: nothing. */
  readonly conditions?: string;
  /** The older way to say it, as it was sent: it counts where there are no conditions. */
  readonly alertFilter?: AlertFilter;
}

/** Kind of resource = the category of its stream: `source-7`, `policy-3`. */
export interface ConfigurationResources {
  readonly source: AlertSource;
  readonly policy: EscalationPolicy;
  readonly schedule: Schedule;
  readonly user: User;
  readonly team: Team;
  readonly apikey: ApiKey;
  readonly slacklink: SlackLink;
  readonly slackworkspace: SlackWorkspace;
  readonly connector: Connector;
  readonly alertaction: AlertAction;
  readonly supporthour: SupportHour;
}

export type ConfigurationKind = keyof ConfigurationResources;

const kinds: Readonly<Record<ConfigurationKind, true>> = {
  source: true,
  policy: true,
  schedule: true,
  user: true,
  team: true,
  apikey: true,
  slacklink: true,
  slackworkspace: true,
  connector: true,
  alertaction: true,
  supporthour: true,
};

/** All there are; the streams of each begin with its name and a hyphen. */
export const CONFIGURATION_KINDS = Object.keys(kinds) as readonly ConfigurationKind[];

/** Appended to `<kind>-<id>`; revision 0 is the creation. Deletion is a tombstone that ends the resource. */
export type ConfigurationEvent<Kind extends ConfigurationKind = ConfigurationKind> =
  | { readonly type: 'ResourceConfigured'; readonly data: { readonly kind: Kind; readonly resource: ConfigurationResources[Kind] } }
  | { readonly type: 'ResourceDeleted'; readonly data: { readonly kind: Kind; readonly id: number } };

const changes: Readonly<Record<ConfigurationEvent['type'], true>> = { ResourceConfigured: true, ResourceDeleted: true };

/** Whether an event says what the whole resource is from then on; what a newer version writes beside these does not (P12). */
export const isConfigurationChange = (event: { readonly type: string }): boolean => Object.hasOwn(changes, event.type);
