import type { Instant } from '@tocsin/domain';
import type { StoredEvent } from './event-store';

/** All that an upcast may go by: what a stored event and its fact on the bus have in common. */
export interface Versioned {
  readonly type: string;
  readonly schemaVersion: number;
  readonly time: Instant;
  readonly data: unknown;
}

/** Brings an event of an older schema version to the next one; pure. */
export type Upcast = (event: Versioned) => Versioned;

/** By event type and the version it starts from: `AlertRaised@1` leads to version 2. */
export type Upcasts = Readonly<Record<string, Upcast>>;

/**
 * Old events are never rewritten. Whoever adds a step keeps the golden file of the version it starts from and adds one of
 * the version it leads to (`golden/`).
 */
export const upcasts: Upcasts = {};

/** The same object when there is nothing to do. */
export const upcasting =
  (steps: Upcasts) =>
  <Event extends Versioned>(event: Event): Event => {
    let current: Versioned = event;
    for (let step = steps[key(current)]; step !== undefined; step = steps[key(current)]) {
      const { schemaVersion } = current;
      current = step(current);
      if (current.schemaVersion <= schemaVersion) throw new Error(`the upcast of ${event.type}@${schemaVersion} leads nowhere`);
    }
    return current === event ? event : { ...event, ...current };
  };

export const upcastingStored = (steps: Upcasts): ((event: StoredEvent) => StoredEvent) => {
  const toNewest = upcasting(steps);
  return (event) => {
    const { schemaVersion, time } = event.metadata;
    const old = { type: event.type, schemaVersion, time, data: event.data };
    const { type, data, ...now } = toNewest(old);
    if (now.schemaVersion === schemaVersion) return event;
    return { ...event, type, data, metadata: { ...event.metadata, schemaVersion: now.schemaVersion } };
  };
};

/** The event in its newest shape; every reader of stored events goes through here. */
export const upcast = upcastingStored(upcasts);

/** What happened, in its newest shape and as the rules know it. Whoever reads a stream knows what is in it. */
export const eventOf = <Event extends { readonly type: string; readonly data: unknown }>(stored: StoredEvent): Event => {
  const { type, data } = upcast(stored);
  return { type, data } as Event;
};

const key = ({ type, schemaVersion }: Versioned): string => `${type}@${schemaVersion}`;
