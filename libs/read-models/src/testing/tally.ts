import { randomUUID } from 'node:crypto';
import { instant } from '@tocsin/domain';
import type { NewEvent } from '@tocsin/event-store';
import type { Projection } from '../projection';
import type { CollectionDefinition } from '../read-store';

export interface Tally {
  readonly id: string;
  readonly total: number;
  readonly seen: readonly string[];
}

const tallies: CollectionDefinition<Tally> = {
  name: 'tallies',
  version: 1,
  fields: { total: (tally) => tally.total },
  indexes: [['total', 'id']],
  counters: [],
};

/** Adds up the amounts of each `account-` stream; an amount that is no number cannot be digested. */
export const tallyView: Projection = {
  name: 'tallies',
  prefixes: ['account-'],
  collections: [tallies],
  touches: (event) => (event.type === 'Noted' ? [] : [{ collection: 'tallies', id: event.stream }]),
  apply: (event, documents) => {
    const { amount } = event.data as { readonly amount?: unknown };
    if (typeof amount !== 'number') throw new Error(`no amount in ${event.type}`);
    const before = documents.get<Tally>('tallies', event.stream) ?? { id: event.stream, total: 0, seen: [] };
    if (amount < 0) documents.remove('tallies', event.stream);
    else documents.put('tallies', { ...before, total: before.total + amount, seen: [...before.seen, event.id] });
  },
};

export const newEvent = (data: unknown, type = 'AmountAdded'): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: {
    schemaVersion: 1,
    time: instant(1_700_000_000_000),
    actor: { type: 'system', part: 'spec' },
    correlationId: 'c',
    causationId: 'd',
  },
});
export const added = (amount: unknown): NewEvent => newEvent({ amount });
