/**
 * Ids of resources are positive integers below 2^53, unique per kind over all replicas, small enough to read out (`#4711`).
 * The brands keep one kind from being passed for another.
 */
type NumericId<Kind extends string> = number & { readonly __brand: Kind };

export type AlertId = NumericId<'AlertId'>;
export type AlertSourceId = NumericId<'AlertSourceId'>;
export type EscalationPolicyId = NumericId<'EscalationPolicyId'>;
export type ScheduleId = NumericId<'ScheduleId'>;
export type UserId = NumericId<'UserId'>;
export type ContactId = NumericId<'ContactId'>;
export type PreferenceId = NumericId<'PreferenceId'>;
export type TeamId = NumericId<'TeamId'>;
export type ApiKeyId = NumericId<'ApiKeyId'>;
export type OverrideId = NumericId<'OverrideId'>;
export type PushDeviceId = NumericId<'PushDeviceId'>;
export type SlackLinkId = NumericId<'SlackLinkId'>;
export type SlackWorkspaceId = NumericId<'SlackWorkspaceId'>;
/** The API has these as texts. */
export type ConnectorId = NumericId<'ConnectorId'>;
export type AlertActionId = NumericId<'AlertActionId'>;
export type SupportHourId = NumericId<'SupportHourId'>;

/** Kinds of numbered things; each has its own sequence and its own `idblock-<kind>` stream. */
export type IdKind =
  | 'alert'
  | 'source'
  | 'policy'
  | 'schedule'
  | 'user'
  | 'contact'
  | 'preference'
  | 'team'
  | 'apikey'
  | 'override'
  | 'notification'
  | 'push-device'
  | 'slacklink'
  | 'slackworkspace'
  | 'connector'
  | 'alertaction'
  | 'supporthour';
