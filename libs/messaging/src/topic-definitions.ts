import { factRoutes, topics } from '@tocsin/contracts';
import { CONFIGURATION_TOPIC } from './configuration-topic';
import { MESSAGES_KEPT_DAYS } from './message-bus';
import type { TopicDefinition } from './message-bus';
import { PARKED_TOPIC } from './parking';

/** Every topic there is. */
export const topicDefinitions: readonly TopicDefinition[] = [
  CONFIGURATION_TOPIC,
  PARKED_TOPIC,
  ...[
    topics.toolEvents,
    topics.alertCommands,
    topics.alertFacts,
    topics.escalationFacts,
    topics.alertChannelFacts,
    topics.archiveFacts,
    topics.resolutions,
    topics.notificationCommands,
    topics.contactReports,
  ].map((name) => ({ name, compacted: false, retentionDays: MESSAGES_KEPT_DAYS })),
];

/** Topics whose messages are nowhere else; what the others have the relay publishes again from the log. */
export const topicsOfTheirOwn: readonly TopicDefinition[] = topicDefinitions.filter(
  ({ name }) => !factRoutes.some(({ topic }) => topic === name),
);
