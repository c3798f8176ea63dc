import { randomUUID } from 'node:crypto';
import { createConnection, type Connection } from 'mongoose';
import { alertsView } from '../alerts-view';
import { auditLogView } from '../audit-log-view';
import { notificationsView } from '../notifications-view';
import { collectionsOf } from '../parked-events';
import type { Filter, Query } from '../read-store';
import { MongodbReadStore } from './mongodb-read-store';
import { planCount, planFind } from './query';
import { countsOf, StoredView } from './stored-view';

jest.setTimeout(60_000);

const newest = (field: string): Query['sort'] => [
  { field, descending: true },
  { field: 'id', descending: true },
];

describe('what the API asks of the views in MongoDB', () => {
  let connection: Connection;
  let store: MongodbReadStore;

  beforeAll(async () => {
    const url = new URL(process.env['MONGODB_URL'] ?? '');
    url.pathname = `/tocsin-${randomUUID().slice(0, 8)}`;
    connection = await createConnection(url.href).asPromise();
    store = new MongodbReadStore({ url: url.href });
    const changes = Array.from({ length: 400 }, (_, id) => ({
      collection: 'alerts',
      change: {
        put: {
          id: id + 1,
          status: id % 2 ? 'PENDING' : 'RESOLVED',
          sourceId: id % 3,
          policyId: id % 4,
          reportTime: id,
          responders: [{ userId: id % 5 }],
        } as never,
      },
    }));
    await store.declare('alerts', collectionsOf(alertsView));
    await store.apply('alerts', changes, '1');
    for (const view of [notificationsView, auditLogView]) await store.declare(view.name, collectionsOf(view));
  });
  afterAll(async () => {
    await store.close();
    await connection.dropDatabase();
    await connection.close();
  });

  const viewOf = (projection: typeof alertsView): StoredView => {
    const view = new StoredView(projection.name, collectionsOf(projection));
    for (const collection of view.collections) if (collection.name === 'alerts') collection.storedArrays(['responder']);
    return view;
  };
  const stages = (plan: unknown): string[] => JSON.stringify(plan).match(/(?<="stage":")[A-Z_]+/g) ?? [];

  it.each<[typeof alertsView, string, NonNullable<Filter['in']>, Query['sort']]>([
    [alertsView, 'alerts', {}, newest('reportTime')],
    [alertsView, 'alerts', { status: ['PENDING', 'ACCEPTED'] }, newest('reportTime')],
    [alertsView, 'alerts', { source: [1, 2] }, newest('reportTime')],
    [alertsView, 'alerts', { source: [1], status: ['PENDING'] }, newest('reportTime')],
    [alertsView, 'alerts', { policy: [1], status: ['PENDING', 'RESOLVED'] }, newest('reportTime')],
    [alertsView, 'alerts', { responder: [1, 2] }, newest('reportTime')],
    [alertsView, 'alerts', { responder: [1, 2], status: ['PENDING', 'ACCEPTED'], source: [1] }, newest('reportTime')],
    [notificationsView, 'notifications', { alert: [1], state: ['planned'] }, [{ field: 'notificationId', descending: false }]],
    [auditLogView, 'audit-log', { resourceType: ['user'], resourceId: [1] }, [{ field: 'id', descending: true }]],
    [auditLogView, 'audit-log', {}, [{ field: 'id', descending: true }]],
  ])('is listed from an index, in its order: %#', async (projection, collection, wanted, sort) => {
    const declared = viewOf(projection).collection(collection);
    const plan = planFind(declared, { in: wanted, sort, skip: 0, limit: 50 });
    if (plan?.hint === undefined) throw new Error('no index was chosen');
    const cursor = connection.getClient().db(connection.name).collection(declared.stored);
    const explained = await cursor.find(plan.filter, { sort: plan.sort, hint: plan.hint, limit: 50 }).explain('queryPlanner');
    const used = stages((explained as { queryPlanner: { winningPlan: unknown } }).queryPlanner.winningPlan);
    expect(used).toContain('IXSCAN');
    expect(used.filter((stage) => stage === 'COLLSCAN' || stage === 'SORT')).toEqual([]);
  });

  it.each<NonNullable<Filter['in']>>([
    {},
    { status: ['PENDING'] },
    { source: [1], status: ['PENDING', 'ACCEPTED'] },
    { responder: [1], status: ['PENDING'] },
  ])('is counted from a counter by %j', async (wanted) => {
    const declared = viewOf(alertsView).collection('alerts');
    const plan = planCount(declared, { in: wanted });
    expect(plan?.by).toBe('counter');
    const counts = connection.getClient().db(connection.name).collection(countsOf(declared.stored));
    const explained = await counts.find(plan?.filter ?? {}).explain('queryPlanner');
    const used = stages((explained as { queryPlanner: { winningPlan: unknown } }).queryPlanner.winningPlan);
    expect(used).toContain('IXSCAN');
    expect(await store.count('alerts', { in: wanted })).toBeGreaterThan(0);
  });
});
