import type { StoredEvent } from './event-store';

/** Brings one stored event of an older schema version to the next one; pure. */
export type Upcast = (event: StoredEvent) => StoredEvent;

/** By event type and the version it starts from: `AlertRaised@1` leads to version 2. */
export type Upcasts = Readonly<Record<string, Upcast>>;

/**
 * Old events are never rewritten. Whoever adds a step keeps the golden file of the version it starts from and adds one of
 * the version it leads to (`golden/`).
 */
export const upcasts: Upcasts = {};

export const upcasting =
  (steps: Upcasts) =>
  (event: StoredEvent): StoredEvent => {
    let current = event;
    for (let step = steps[key(current)]; step !== undefined; step = steps[key(current)]) {
      const { schemaVersion } = current.metadata;
      current = step(current);
      if (current.metadata.schemaVersion <= schemaVersion) throw new Error(`the upcast of ${event.type}@${schemaVersion} leads nowhere`);
    }
    return current;
  };

/** The event in its newest shape; every reader of stored events goes through here. */
export const upcast = upcasting(upcasts);

/** What happened, in its newest shape and as the rules know it. Whoever reads a stream knows what is in it. */
export const eventOf = <Event extends { readonly type: string; readonly data: unknown }>(stored: StoredEvent): Event => {
  const { type, data } = upcast(stored);
  return { type, data } as Event;
};

const key = (event: StoredEvent): string => `${event.type}@${event.metadata.schemaVersion}`;
