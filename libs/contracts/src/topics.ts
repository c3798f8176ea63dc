import { CONFIGURATION_KINDS } from '@tocsin/domain';

/**
 * What services tell each other, topic by topic. Facts are copies of stored events made by the relay; tool events,
 * commands and resolutions are made durable by the bus itself.
 */
export const topics = {
  /** ingestion → alerts, keyed by source + normalised alertKey, or by source for modes that group per source. */
  toolEvents: 'tool-events',
  /** answers and system commands → alerts, keyed by alert. */
  alertCommands: 'alert-commands',
  /** relay: facts of `alert-` streams, keyed by stream. */
  alertFacts: 'alert-facts',
  /** relay: facts of `escalation-` streams, keyed by stream; oncall acts on the levels that are due. */
  escalationFacts: 'escalation-facts',
  /** relay: facts of `alertchannel-` streams, keyed by stream; alert actions listen for some of them. */
  alertChannelFacts: 'alert-channel-facts',
  /** relay: what was exported, so that each service removes its own streams of those alerts; keyed by stream, so in order. */
  archiveFacts: 'archive-facts',
  /** oncall → alerts: who a due level leads to and why, keyed by alert. */
  resolutions: 'resolutions',
  /** oncall → notifications: what people ask to be sent to them, keyed by user. */
  notificationCommands: 'notification-commands',
  /** notifications → oncall: what providers say of where people are reached, keyed by user. */
  contactReports: 'contact-reports',
  /** relay: facts of configuration streams, compacted, one partition, record key = stream name. */
  configuration: 'configuration',
} as const;

export type Topic = (typeof topics)[keyof typeof topics];

/** Stream categories whose events the relay copies, and where to. */
export const factRoutes: readonly { readonly prefix: string; readonly topic: Topic; readonly compacted: boolean }[] = [
  { prefix: 'alert-', topic: topics.alertFacts, compacted: false },
  { prefix: 'escalation-', topic: topics.escalationFacts, compacted: false },
  { prefix: 'alertchannel-', topic: topics.alertChannelFacts, compacted: false },
  { prefix: 'archive-', topic: topics.archiveFacts, compacted: false },
  { prefix: 'probealert-', topic: topics.alertFacts, compacted: false },
  { prefix: 'probeescalation-', topic: topics.escalationFacts, compacted: false },
  ...CONFIGURATION_KINDS.map((kind) => ({
    prefix: `${kind}-`,
    topic: topics.configuration,
    compacted: true,
  })),
];

/** Names the relay's checkpoint in the event store: up to there all facts are on the bus. */
export const RELAY = 'relay';
