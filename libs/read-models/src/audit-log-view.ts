import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { CONFIGURATION_KINDS, isConfigurationChange } from '@tocsin/domain';
import type { AuditEntry, ConfigurationEvent, ErasureEvent, FieldChange, ParkedMessageEvent, UserId } from '@tocsin/domain';
import type { StoredEvent } from '@tocsin/event-store';
import type { Projection } from './projection';
import type { CollectionDefinition } from './read-store';

export const AUDIT_LOG_VIEW = 'audit-log';
const LAST_CONFIGURED = 'audit-log-resources';

/** What the next event is compared with: what may be shown as it is, of everything else a digest. */
interface LastConfigured {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Never shown: hashes and ciphertexts say nothing to a reader and must not leave the store. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(['integrationKey', 'hash', 'tokenCipher', 'secretParams']);
/** Personal data stays in the user's own stream; the audit log says that they changed, not what they are. */
const PERSONAL_FIELDS: ReadonlySet<string> = new Set([
  'firstName',
  'lastName',
  'email',
  'username',
  'contacts',
  'slackAccount',
  'chatAccounts',
  'position',
  'department',
  'pushDevices',
  'lostPushDevices',
]);
const BOOKKEEPING_FIELDS: ReadonlySet<string> = new Set(['id', 'createdAt', 'updatedAt', 'chatUnlinkedAt']);
const REDACTED = '***';

const entries: CollectionDefinition<AuditEntry> = {
  name: AUDIT_LOG_VIEW,
  version: 1,
  fields: { id: (entry) => entry.id, resourceType: (entry) => entry.resource.type, resourceId: (entry) => entry.resource.id },
  indexes: [['id'], ['resourceType', 'resourceId', 'id']],
  counters: [],
};

const lastConfigured: CollectionDefinition<LastConfigured> = { name: LAST_CONFIGURED, version: 2, fields: {}, indexes: [], counters: [] };

/** Who changed which setting from what to what, the difference of two whole-resource events; and who decided about parked messages. */
export const auditLogView: Projection = {
  name: AUDIT_LOG_VIEW,
  prefixes: [...CONFIGURATION_KINDS.map((kind) => `${kind}-`), 'erasure-', 'parked-'],
  collections: [entries, lastConfigured] as readonly CollectionDefinition<never>[],
  touches: (event) => {
    const erased = erasedBy(event);
    if (erased !== undefined) return erased.map(({ id }) => ({ collection: AUDIT_LOG_VIEW, id }));
    if (isDecision(event)) return [{ collection: AUDIT_LOG_VIEW, id: event.position }];
    return isConfigurationChange(event)
      ? [
          { collection: LAST_CONFIGURED, id: event.stream },
          { collection: AUDIT_LOG_VIEW, id: event.position },
        ]
      : [];
  },
  apply: (event, documents) => {
    const erased = erasedBy(event);
    if (erased !== undefined) {
      for (const entry of erased) documents.put(AUDIT_LOG_VIEW, entry);
      return;
    }
    if (isDecision(event)) {
      documents.put(AUDIT_LOG_VIEW, decided(event));
      return;
    }
    const before = documents.get<LastConfigured>(LAST_CONFIGURED, event.stream)?.fields ?? {};
    const { entry, after } = told(event, before);
    documents.put(AUDIT_LOG_VIEW, entry);
    if (entry.action === 'deleted') documents.remove(LAST_CONFIGURED, event.stream);
    else documents.put(LAST_CONFIGURED, { id: event.stream, fields: after });
  },
};

/** What the audit log keeps of a person's own stream: nothing that says who it was. */
export const auditEntriesOfErased = (userId: UserId, stream: readonly StoredEvent[]): readonly AuditEntry[] => {
  let before: LastConfigured['fields'] = {};
  return stream.filter(isConfigurationChange).map((event) => {
    const { entry, after } = told(event, before);
    before = after;
    const { remoteAddress: _theirs, ...rest } = entry;
    return entry.actor.type === 'user' && entry.actor.userId === userId ? rest : entry;
  });
};

const decisions: Readonly<Record<ParkedMessageEvent['type'], AuditEntry['action']>> = {
  ParkedMessageReplayed: 'replayed',
  ParkedMessageDiscarded: 'discarded',
};

const isDecision = ({ type, stream }: StoredEvent): boolean => stream.startsWith('parked-') && Object.hasOwn(decisions, type);

const decided = ({ type, data, position, metadata }: StoredEvent): AuditEntry => {
  const event = { type, data } as ParkedMessageEvent;
  const { id, messageType, topic, group } = event.data;
  return {
    ...stamped({ position, metadata }),
    action: decisions[event.type],
    resource: { type: 'parked-message', id, name: `${messageType} of ${topic} for ${group}` },
    changes: event.type === 'ParkedMessageDiscarded' ? [{ field: 'reason', after: event.data.reason }] : [],
  };
};

/** Who, when, and from where. */
const stamped = ({
  position,
  metadata,
}: Pick<StoredEvent, 'position' | 'metadata'>): Pick<AuditEntry, 'id' | 'time' | 'actor' | 'correlationId' | 'remoteAddress'> => ({
  id: position,
  time: metadata.time,
  actor: metadata.actor,
  correlationId: metadata.correlationId,
  ...(metadata.remoteAddress === undefined ? {} : { remoteAddress: metadata.remoteAddress }),
});

const erasedBy = ({ type, stream, data }: StoredEvent): readonly AuditEntry[] | undefined =>
  type === 'UserErased' && stream.startsWith('erasure-') ? (data as ErasureEvent['data']).history : undefined;

const told = (
  event: StoredEvent,
  before: LastConfigured['fields'],
): { readonly entry: AuditEntry; readonly after: LastConfigured['fields'] } => {
  const change = { type: event.type, data: event.data } as ConfigurationEvent;
  const after = change.type === 'ResourceConfigured' ? comparedFields(change) : {};
  const name = change.type === 'ResourceConfigured' ? after['name'] : before['name'];
  const entry: AuditEntry = {
    ...stamped(event),
    action: change.type === 'ResourceDeleted' ? 'deleted' : event.revision === 0 ? 'created' : 'changed',
    resource: { type: change.data.kind, id: resourceId(change), ...(typeof name === 'string' ? { name } : {}) },
    changes: differences(before, after),
  };
  return { entry, after };
};

const resourceId = (change: ConfigurationEvent): number =>
  change.type === 'ResourceConfigured' ? change.data.resource.id : change.data.id;

const comparedFields = (change: Extract<ConfigurationEvent, { type: 'ResourceConfigured' }>): Record<string, unknown> => {
  const compared: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(change.data.resource))
    if (!BOOKKEEPING_FIELDS.has(field)) compared[field] = isShown(field) ? value : digest(value);
  return compared;
};

const isShown = (field: string): boolean => !SECRET_FIELDS.has(field) && !PERSONAL_FIELDS.has(field);

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url');

const differences = (before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): FieldChange[] => {
  const changes: FieldChange[] = [];
  for (const field of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    if (isDeepStrictEqual(before[field], after[field])) continue;
    const show = (value: unknown): unknown => (isShown(field) ? value : REDACTED);
    changes.push({
      field,
      ...(before[field] === undefined ? {} : { before: show(before[field]) }),
      ...(after[field] === undefined ? {} : { after: show(after[field]) }),
    });
  }
  return changes;
};
