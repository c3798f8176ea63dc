import type { ArchivedAlert, ArchiveEvent } from '@tocsin/domain';
import type { StoredEvent } from '@tocsin/event-store';

/**
 * The alerts that are gone from every view with this event, which outlasts their streams: so a view that was away and one
 * that is rebuilt later agree (P9). Undefined when the event is none of the archive's.
 */
export const archivedBy = ({ stream, type, data }: StoredEvent): readonly ArchivedAlert[] | undefined => {
  if (!stream.startsWith('archive-')) return undefined;
  return type === 'AlertsArchived' ? (data as ArchiveEvent['data']).alerts : [];
};
