import { snapshotOf } from '@tocsin/domain';
import type { AlertPriority, AlertSource, PolicySnapshot } from '@tocsin/domain';
import type { MappedEvent } from '@tocsin/contracts';
import type { ConfigurationReader } from '@tocsin/messaging';

/** The first of the comma-separated routing keys that some policy has, else the source's own policy. */
export const policyFor = (
  source: AlertSource,
  routingKey: string | undefined,
  configuration: ConfigurationReader,
): PolicySnapshot | undefined => {
  for (const key of (routingKey ?? '').split(',')) {
    const routed = key.trim() === '' ? undefined : configuration.find('policy', 'routingKey', key);
    if (routed !== undefined) return snapshotOf(routed);
  }
  const own = configuration.get('policy', source.escalationPolicyId);
  return own === undefined ? undefined : snapshotOf(own);
};

/** BEHAVIOUR B22: the event's priority wins for API-type sources, and for the dedicated types that ilert lists. */
export const priorityOf = (source: AlertSource, event: Pick<MappedEvent, 'priority'>): AlertPriority => {
  const isHeard = source.integrationType === 'API' || source.integrationType === 'GRAFANA';
  return (isHeard ? event.priority : undefined) ?? source.alertPriorityRule;
};
