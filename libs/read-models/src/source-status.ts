import type { AlertSourceId } from '@tocsin/domain';
import { ALERTS_VIEW } from './alerts-view';
import type { ReadStore } from './read-store';

/** What the open alerts of a source add up to. */
export type OpenAlertsStatus = 'PENDING' | 'ALL_ACCEPTED' | 'ALL_RESOLVED';

/** Of each source once; a look-up of counters that the view keeps. @throws ReadStoreFault */
export const openAlertsStatuses = async (
  readStore: ReadStore,
  sourceIds: Iterable<AlertSourceId>,
): Promise<ReadonlyMap<AlertSourceId, OpenAlertsStatus>> =>
  new Map(await Promise.all([...new Set(sourceIds)].map(async (id) => [id, await openAlertsStatus(readStore, id)] as const)));

const openAlertsStatus = async (readStore: ReadStore, source: AlertSourceId): Promise<OpenAlertsStatus> => {
  const [pending, accepted] = await Promise.all(
    ['PENDING', 'ACCEPTED'].map((status) => readStore.count(ALERTS_VIEW, { in: { source: [source], status: [status] } })),
  );
  if (pending !== 0) return 'PENDING';
  return accepted === 0 ? 'ALL_RESOLVED' : 'ALL_ACCEPTED';
};
