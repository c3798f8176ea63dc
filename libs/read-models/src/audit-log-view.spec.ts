import type { Actor, AuditEntry } from '@tocsin/domain';
import { auditEntriesOfErased, auditLogView } from './audit-log-view';
import type { StoredEvent } from '@tocsin/event-store';
import { documentKey, Folding } from './folding';
import type { Known } from './folding';
import { rebuildEqualsLive } from './testing';
import { stored } from './testing/stored';
import type { Told } from './testing/stored';

const user = {
  id: 1,
  username: 'ana',
  firstName: 'Ana',
  lastName: 'Lima',
  email: 'ana@example.org',
  role: 'USER',
  timezone: 'Europe/Berlin',
  contacts: [{ id: 1, type: 'phone', target: '+4915100000000' }],
  position: 'SRE',
  department: 'Ops',
  createdAt: 1,
  updatedAt: 1,
};
const source = {
  id: 7,
  name: 'Monitor',
  active: true,
  integrationKey: { hash: 'key-hash', cipher: 'key-cipher' },
  createdAt: 1,
  updatedAt: 1,
};
const apikey = { id: 4, name: 'ci', userId: 1, role: 'USER', hash: 'api-hash', createdAt: 1, updatedAt: 1 };

const configured = (kind: string, resource: { readonly id: number }, by?: { readonly actor?: Actor; readonly remoteAddress?: string }) => ({
  stream: `${kind}-${resource.id}`,
  type: 'ResourceConfigured',
  data: { kind, resource },
  ...(by === undefined ? {} : { metadata: by }),
});
const deleted = (kind: string, id: number) => ({ stream: `${kind}-${id}`, type: 'ResourceDeleted', data: { kind, id } });

/** Everything that the view keeps after these events. */
const kept = (...events: readonly Told[]): ReadonlyMap<string, Known> => documentsOf(stored(...events));

const present = (documents: ReadonlyMap<string, Known>) =>
  Object.fromEntries([...documents].filter(([, known]) => known !== null).toSorted());

const documentsOf = (events: readonly StoredEvent[]): ReadonlyMap<string, Known> => {
  const documents = new Map<string, Known>();
  for (const event of events) {
    const folding = new Folding(auditLogView, documents);
    const touched = auditLogView.touches(event);
    if (touched.length > 0) folding.fold(event, touched);
    for (const [key, known] of folding.known()) documents.set(key, known);
  }
  return documents;
};
const entries = (...events: readonly Told[]): readonly AuditEntry[] =>
  stored(...events).flatMap(({ position }) => {
    const entry = kept(...events).get(documentKey({ collection: 'audit-log', id: position }));
    return entry === undefined || entry === null ? [] : [entry as unknown as AuditEntry];
  });

describe('the audit log', () => {
  it('says who changed what from what to what, from where', () => {
    const actor: Actor = { type: 'user', userId: 9 as never };
    const [created, changed, removed] = entries(
      configured('source', source),
      configured('source', { ...source, active: false, updatedAt: 2 } as never, { actor, remoteAddress: '192.0.2.1' }),
      deleted('source', 7),
    );
    expect(created).toMatchObject({ action: 'created', resource: { type: 'source', id: 7, name: 'Monitor' } });
    expect(changed).toMatchObject({
      action: 'changed',
      actor,
      remoteAddress: '192.0.2.1',
      correlationId: 'c1',
      changes: [{ field: 'active', before: true, after: false }],
    });
    expect(changed?.changes).toHaveLength(1);
    expect(removed).toMatchObject({ action: 'deleted', resource: { type: 'source', id: 7, name: 'Monitor' } });
    expect(removed?.changes).toContainEqual({ field: 'name', before: 'Monitor' });
  });

  it('shows a field that came or went on that side alone', () => {
    const [, added, gone] = entries(
      configured('source', source),
      configured('source', { ...source, severity: 2 } as never),
      configured('source', source),
    );
    expect([added?.changes, gone?.changes]).toEqual([[{ field: 'severity', after: 2 }], [{ field: 'severity', before: 2 }]]);
  });

  it('does not take another order of fields for a change', () => {
    const rule = { targets: [1], escalationTimeoutMin: 5 };
    const [, same] = entries(
      configured('policy', { id: 1, rules: [rule] } as never),
      configured('policy', { id: 1, rules: [{ escalationTimeoutMin: 5, targets: [1] }] } as never),
    );
    expect(same?.changes).toEqual([]);
  });

  it('keeps neither secrets nor personal data, and says that they changed', () => {
    const all: readonly Told[] = [
      configured('user', user),
      configured('user', { ...user, email: 'other@example.org', role: 'ADMIN', contacts: [] } as never),
      configured('source', source),
      configured('source', { ...source, integrationKey: { hash: 'new-hash', cipher: 'new-cipher' } } as never),
      configured('apikey', apikey),
    ];
    const everything = JSON.stringify([...kept(...all)]);
    for (const word of ['Lima', '"Ana"', '"ana"', 'example.org', '+49', 'SRE', 'Ops', '-hash', '-cipher'])
      expect(everything).not.toContain(word);
    const [, promoted, , rotated] = entries(...all);
    expect(promoted?.changes).toEqual([
      { field: 'contacts', before: '***', after: '***' },
      { field: 'email', before: '***', after: '***' },
      { field: 'role', before: 'USER', after: 'ADMIN' },
    ]);
    expect(rotated?.changes).toEqual([{ field: 'integrationKey', before: '***', after: '***' }]);
  });

  it('remembers nothing of what was deleted but the entries', () => {
    const documents = kept(configured('user', user), deleted('user', 1));
    expect(documents.get(documentKey({ collection: 'audit-log-resources', id: 'user-1' }))).toBeNull();
  });

  it('is the same with the erased stream of a person and without it, but for the addresses that were theirs (P9, B33)', () => {
    const themselves: Actor = { type: 'user', userId: 1 as never };
    const boss: Actor = { type: 'user', userId: 9 as never };
    const own: readonly Told[] = [
      configured('user', user, { actor: boss, remoteAddress: '192.0.2.9' }),
      configured('user', { ...user, email: 'other@example.org', timezone: 'UTC' } as never, {
        actor: themselves,
        remoteAddress: '192.0.2.1',
      }),
      deleted('user', 1),
    ];
    const history = auditEntriesOfErased(1 as never, stored(...own));
    expect(history.map(({ action }) => action)).toEqual(['created', 'changed', 'deleted']);
    const erased: Told = { stream: 'erasure-1', type: 'UserErased', data: { userId: 1, at: 1, history } };
    const all = stored(...own, configured('source', source), erased);
    const live = documentsOf(all);
    const rebuilt = documentsOf(all.filter(({ stream }) => stream !== 'user-1'));
    expect(present(rebuilt)).toEqual(present(live));
    expect(JSON.stringify(present(live))).toContain('192.0.2.9');
    expect(JSON.stringify(present(live))).not.toMatch(/192\.0\.2\.1"|other@|Lima/);
  });

  it('tells who replayed a parked message and who discarded one, with the reason', () => {
    const named = { id: 'b8b7b0c4-0a55-4a5c-9d0e-6a3f2f0d3a11', topic: 'tool-events', group: 'alerts', messageType: 'ToolEvent' };
    const by = { actor: { type: 'user', userId: 1 as never }, remoteAddress: '192.0.2.1' } as const;
    const stream = `parked-${named.id}`;
    const [replayed, discarded] = entries(
      { stream, type: 'ParkedMessageReplayed', data: named, metadata: by },
      { stream, type: 'ParkedMessageDiscarded', data: { ...named, reason: 'a test' }, metadata: by },
    );
    const resource = { type: 'parked-message', id: named.id, name: 'ToolEvent of tool-events for alerts' };
    expect(replayed).toMatchObject({ ...by, action: 'replayed', resource, changes: [] });
    expect(discarded).toMatchObject({ ...by, action: 'discarded', resource, changes: [{ field: 'reason', after: 'a test' }] });
  });

  it('leaves events to others that it does not know', () =>
    expect(entries({ stream: 'user-1', type: 'UserDreamt', data: { of: 'electric sheep' } })).toEqual([]));

  it('is the same rebuilt as kept live (P9)', () =>
    rebuildEqualsLive(
      auditLogView,
      stored(
        configured('user', user),
        configured('source', source),
        configured('source', { ...source, active: false } as never),
        configured('user', { ...user, role: 'ADMIN' } as never),
        deleted('user', 1),
        configured('apikey', apikey),
        deleted('source', 7),
      ),
    ));
});
