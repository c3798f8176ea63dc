import { toIso } from '@tocsin/domain';
import type { AlertEventOf } from '@tocsin/domain';
import { eventOf } from '@tocsin/event-store';
import type { StoredEvent } from '@tocsin/event-store';

/** One line of the archive: what an alert was, and its events as they were stored, in the order of the log. */
export const exportedAlert = (events: readonly StoredEvent[]): string => {
  const ordered = events.toSorted((a, b) => (a.position < b.position ? -1 : 1));
  const raised = ordered.find(({ type }) => type === 'AlertRaised');
  const resolved = ordered.find(({ type }) => type === 'AlertResolved');
  const line = {
    ...(raised === undefined ? {} : headline(raised)),
    ...(resolved === undefined ? {} : { resolvedAt: toIso(eventOf<AlertEventOf<'AlertResolved'>>(resolved).data.at) }),
    events: ordered.map(exported),
  };
  return `${JSON.stringify(line)}\n`;
};

const headline = (raised: StoredEvent) => {
  const { alertId, sourceId, summary, alertKey, at } = eventOf<AlertEventOf<'AlertRaised'>>(raised).data;
  return { alertId, sourceId, summary, ...(alertKey === undefined ? {} : { alertKey }), raisedAt: toIso(at) };
};

const exported = ({ type, stream, revision, position, id, data, metadata: { time, ...metadata } }: StoredEvent) => ({
  time: toIso(time),
  type,
  stream,
  revision,
  position,
  id,
  data,
  ...metadata,
});
