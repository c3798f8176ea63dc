import type { StoredEvent } from './event-store';

/** Brings one stored event of an older schema version to the next one; pure. */
export type Upcast = (event: StoredEvent) => StoredEvent;

/** By event type and the version it starts from: `AlertRaised@1` leads to version 2. Old events are never rewritten. */
const upcasts: Readonly<Record<string, Upcast>> = {};

/** The event in its newest shape; every reader of stored events goes through here. */
export const upcast = (event: StoredEvent): StoredEvent => {
  let current = event;
  for (let step = upcasts[key(current)]; step !== undefined; step = upcasts[key(current)]) current = step(current);
  return current;
};

const key = (event: StoredEvent): string => `${event.type}@${event.metadata.schemaVersion}`;
