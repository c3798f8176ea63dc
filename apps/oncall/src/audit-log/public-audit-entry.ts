import type { PublicAuditEntry } from '@tocsin/contracts';
import { instant, toIso } from '@tocsin/domain';
import type { Actor, AuditEntry } from '@tocsin/domain';

/** As the public API names them. */
const resourceTypes: Readonly<Record<AuditEntry['resource']['type'], string>> = {
  source: 'alert-source',
  policy: 'escalation-policy',
  schedule: 'schedule',
  user: 'user',
  team: 'team',
  apikey: 'api-key',
  slacklink: 'slack-link',
  slackworkspace: 'slack-workspace',
  connector: 'connector',
  alertaction: 'alert-action',
  supporthour: 'support-hour',
  'parked-message': 'parked-message',
};

export const RESOURCE_TYPES: readonly string[] = Object.values(resourceTypes);

export const kindNamed = (type: string): AuditEntry['resource']['type'] | undefined =>
  (Object.keys(resourceTypes) as AuditEntry['resource']['type'][]).find((kind) => resourceTypes[kind] === type.toLowerCase());

/** Ids, not names: a person who was deleted must not stay here (B33). */
export const publicAuditEntry = ({
  id,
  time,
  actor,
  action,
  resource,
  changes,
  correlationId,
  remoteAddress,
}: AuditEntry): PublicAuditEntry => ({
  id,
  time: toIso(instant(time)),
  actor: { type: actor.type, id: actorId(actor) },
  action,
  resource: { ...resource, type: resourceTypes[resource.type] },
  changes,
  correlationId,
  ...(remoteAddress === undefined ? {} : { remoteAddress }),
});

const actorId = (actor: Actor): number | string => {
  switch (actor.type) {
    case 'user':
      return actor.userId;
    case 'source':
      return actor.sourceId;
    case 'system':
      return actor.part;
  }
};
