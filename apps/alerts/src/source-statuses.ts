import type { AlertSourceId } from '@tocsin/domain';
import { openAlertsStatuses, ReadStoreFault } from '@tocsin/read-models';
import type { AlertDocument, OpenAlertsStatus, ReadStore } from '@tocsin/read-models';

export type SourceStatuses = ReadonlyMap<AlertSourceId, OpenAlertsStatus>;

/** For the sources nested in an answer. With the view away there are none: an alert is answered from its stream then. */
export const sourceStatusesOf = async (readStore: ReadStore, alerts: readonly AlertDocument[]): Promise<SourceStatuses> => {
  try {
    return await openAlertsStatuses(
      readStore,
      alerts.map(({ sourceId }) => sourceId),
    );
  } catch (error) {
    if (error instanceof ReadStoreFault) return new Map();
    throw error;
  }
};

/** What the alert says itself counts as well: its answer may be newer than the view. */
export const statusOfSource = ({ sourceId, status }: AlertDocument, statuses: SourceStatuses): OpenAlertsStatus => {
  const ofAll = statuses.get(sourceId);
  if (status === 'PENDING' || ofAll === 'PENDING') return 'PENDING';
  return status === 'ACCEPTED' || ofAll === 'ALL_ACCEPTED' ? 'ALL_ACCEPTED' : 'ALL_RESOLVED';
};
