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
  /** relay: facts of `escalation-` streams, keyed by stream; oncall acts on `LevelDue`. */
  escalationFacts: 'escalation-facts',
  /** oncall → alerts: who a due level leads to and why, keyed by alert. */
  resolutions: 'resolutions',
  /** relay: facts of `notification-` streams, keyed by stream. */
  notificationFacts: 'notification-facts',
  /** relay: facts of configuration streams, compacted, one partition, record key = stream name. */
  configuration: 'configuration',
} as const;

export type Topic = (typeof topics)[keyof typeof topics];
