import type { PublicParkedMessage } from '@tocsin/contracts';
import type { EventStore, StoredEvent } from '@tocsin/event-store';
import { ProjectionRunner, views } from '@tocsin/read-models';
import type { Document, Projection, ReadStore } from '@tocsin/read-models';
import type { ReceivedMail } from '@tocsin/testing';

const REBUILT_WITHIN_MS = 300_000;

/** P1, event by event: each one that was taken is the cause of something on record, in an alert or in its source's log. */
export const lostEvents = (taken: ReadonlySet<string>, events: readonly StoredEvent[]): readonly string[] => {
  const ofEvents = events.filter(({ stream }) => stream.startsWith('alert-') || stream.startsWith('sourcelog-'));
  const onRecord = new Set(ofEvents.map(({ metadata }) => metadata.correlationId));
  // Beyond the first hundred of an hour a source's log only counts.
  const counted = events
    .filter(({ type }) => type === 'ToolEventsDropped')
    .flatMap(({ data }) => Object.values((data as { counts: Record<string, number> }).counts))
    .reduce((sum, count) => sum + count, 0);
  const lost = [...taken].filter((id) => !onRecord.has(id));
  return lost.length <= counted ? [] : lost.map((id) => `the event ${id} was answered 202 and is nowhere on record`);
};

/** P2 in the streams, whatever the views show: of no key two alerts were open at a time. */
export const openTwice = (events: readonly StoredEvent[]): readonly string[] => {
  const openOf = new Map<string, Set<string>>();
  const keyOf = new Map<string, string>();
  return events.flatMap(({ stream, type, data }) => {
    const key = type === 'AlertRaised' ? (data as { alertKey?: string }).alertKey : keyOf.get(stream);
    if (key === undefined) return [];
    keyOf.set(stream, key);
    const open = openOf.get(key) ?? new Set();
    openOf.set(key, open);
    if (type === 'AlertResolved') open.delete(stream);
    if (type !== 'AlertRaised') return [];
    open.add(stream);
    return open.size > 1 ? [`${key} had ${[...open].join(' and ')} open at the same time`] : [];
  });
};

/** Copies beyond the first of each message. */
export const duplicatesIn = (mails: readonly ReceivedMail[]): number =>
  mails.length - new Set(mails.map(({ to, messageId }) => `${to} ${messageId}`)).size;

/** P8: nothing here is beyond handling, so nothing may have been given up. */
export const parked = (messages: readonly Pick<PublicParkedMessage, 'topic' | 'group' | 'error'>[]): readonly string[] =>
  messages.map(({ topic, group, error }) => `a message of ${topic} was parked by ${group}: ${error.message}`);

export interface Refusal {
  /** Pages that were due for each of two people while the mail server refused all for one of them. */
  readonly wanted: number;
  readonly pagedToOthers: number;
  readonly pagedToRefused: number;
}

/** P10: what the mail server refuses for one person delays nobody else. */
export const heldUp = ({ wanted, pagedToOthers, pagedToRefused }: Refusal): readonly string[] => [
  ...(pagedToOthers < wanted ? [`while one person's mail was refused, of ${wanted} pages for another ${pagedToOthers} came in time`] : []),
  // Else it was no outage, and proves nothing.
  ...(pagedToRefused > 0 ? [`${pagedToRefused} pages came to the person whose mail was refused`] : []),
];

/** P9: each view is what the log makes of an empty one. */
export const unequalViews = async (eventStore: EventStore, live: ReadStore, empty: ReadStore): Promise<readonly string[]> => {
  const head = await eventStore.head();
  const unequal: string[] = [];
  for (const projection of views) {
    const runner = new ProjectionRunner({ projection, eventStore, readStore: empty });
    runner.start();
    const isWhole = await runner.waitFor(head, REBUILT_WITHIN_MS);
    await runner.stop();
    if (!isWhole) unequal.push(`the view ${projection.name} was not rebuilt within ${REBUILT_WITHIN_MS / 1_000} s`);
    else unequal.push(...(await differences(projection, live, empty)));
  }
  return unequal;
};

const differences = async ({ name, collections }: Projection, live: ReadStore, rebuilt: ReadStore): Promise<readonly string[]> => {
  const unequal: string[] = [];
  for (const collection of collections) {
    const [seen, expected] = [await documents(live, collection.name), await documents(rebuilt, collection.name)];
    for (const id of new Set([...seen.keys(), ...expected.keys()]))
      if (seen.get(id) !== expected.get(id))
        unequal.push(
          `${name}: ${collection.name} ${id} is ${seen.get(id) ?? 'missing'} and should be ${expected.get(id) ?? 'missing'}`.slice(0, 600),
        );
  }
  return unequal;
};

const documents = async (store: ReadStore, collection: string): Promise<ReadonlyMap<Document['id'], string>> => {
  const found = new Map<Document['id'], string>();
  for await (const part of store.walk(collection, { sort: [{ field: 'id', descending: false }], skip: 0, limit: 1_000_000 }))
    for (const document of part) found.set(document.id, JSON.stringify(inOrder(document)));
  return found;
};

/** The order of fields says nothing. */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([field, inner]) => [field, inOrder(inner)]),
  );
};
