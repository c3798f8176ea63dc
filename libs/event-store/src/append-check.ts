import type { NewEvent } from './event-store';

/** What no store is asked to append. @throws TypeError */
export function checkAppend(stream: string, events: readonly NewEvent[]): void {
  if (stream === '') throw new TypeError('a stream needs a name');
  if (events.length === 0) throw new TypeError(`an append to ${stream} needs at least one event`);
  if (new Set(events.map((event) => event.id)).size < events.length) throw new TypeError(`an append to ${stream} has an event id twice`);
}
