import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Change, CollectionDefinition, Document, Filter, IndexedValue, Query, ReadStore, ViewPosition } from './read-store';

export interface OpenedReadStore {
  readonly store: ReadStore;
  /** Ends what serves the store and starts it again on the same data. The store handed out before is not used any more. */
  reopen(): Promise<ReadStore>;
  close(): Promise<void>;
}

interface Ticket extends Document {
  readonly id: number;
  readonly state: string;
  readonly source: number | null;
  readonly open: boolean;
  readonly people: readonly number[];
  readonly at: number;
  readonly note: string;
}

const VIEW = 'tickets';
const DEFINITION: CollectionDefinition<Ticket> = {
  name: 'tickets',
  version: 1,
  fields: {
    state: (ticket) => ticket.state,
    source: (ticket) => ticket.source,
    open: (ticket) => ticket.open,
    people: (ticket) => ticket.people,
    at: (ticket) => ticket.at,
  },
  indexes: [
    ['at', 'id'],
    ['state', 'at', 'id'],
    ['source', 'state', 'at'],
    ['people', 'at', 'id'],
    ['state', 'people', 'at', 'id'],
    ['open', 'id'],
  ],
  counters: [['state'], ['state', 'source'], ['people', 'state']],
};

const position = (n: number): ViewPosition => String(n).padStart(20, '0');
const put = (document: Document): { collection: string; change: Change } => ({ collection: 'tickets', change: { put: document } });
const remove = (id: number): { collection: string; change: Change } => ({ collection: 'tickets', change: { remove: id } });
const ticket = (id: number, more: Partial<Ticket> = {}): Ticket => ({
  id,
  state: 'open',
  source: 1,
  open: true,
  people: [],
  at: id,
  note: `ticket ${id}`,
  ...more,
});
const newestFirst = (more: Partial<Query> = {}): Query => ({ sort: [{ field: 'at', descending: true }], skip: 0, limit: 100, ...more });
const ids = (documents: readonly Document[]): Document['id'][] => documents.map(({ id }) => id);

/** The promises of `ReadStore`, for every adapter. Each test gets an empty store. */
export function readStoreContract(name: string, open: () => Promise<OpenedReadStore>): void {
  describe(`${name} as a read store`, () => {
    let opened: OpenedReadStore;
    let store: ReadStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      await store.declare(VIEW, [DEFINITION]);
    });
    afterEach(() => opened.close());

    describe('after a batch', () => {
      it('has the documents and the checkpoint', async () => {
        await store.apply(VIEW, [put(ticket(1)), put(ticket(2, { people: [7] }))], position(5));
        expect(await store.get('tickets', 2)).toEqual(ticket(2, { people: [7] }));
        expect(await store.get('tickets', 3)).toBeUndefined();
        expect(ids(await store.getMany('tickets', [1, 2, 3])).toSorted()).toEqual([1, 2]);
        expect(await store.checkpoint(VIEW)).toBe(position(5));
      });

      it('takes the last of several changes of one document', async () => {
        await store.apply(VIEW, [put(ticket(1)), remove(1), put(ticket(2)), put(ticket(2, { state: 'done' }))], position(1));
        expect(await store.get('tickets', 1)).toBeUndefined();
        expect(await store.count('tickets', { in: { state: ['done'] } })).toBe(1);
        expect(await store.count('tickets', {})).toBe(1);
      });

      it('refuses what is at or below the checkpoint, silently', async () => {
        await store.apply(VIEW, [put(ticket(1))], position(5));
        await store.apply(VIEW, [put(ticket(1, { state: 'done' }))], position(5));
        await store.apply(VIEW, [put(ticket(2))], position(4));
        expect(await store.find('tickets', newestFirst())).toEqual([ticket(1)]);
        expect(await store.checkpoint(VIEW)).toBe(position(5));
      });

      it('is there with its counts and its checkpoint when the store is opened again', async () => {
        await store.apply(VIEW, [put(ticket(1, { people: [3, 4] })), put(ticket(2))], position(5));
        store = await opened.reopen();
        await store.declare(VIEW, [DEFINITION]);
        expect(await store.checkpoint(VIEW)).toBe(position(5));
        expect(ids(await store.find('tickets', newestFirst({ in: { people: [4] } })))).toEqual([1]);
        expect(await store.count('tickets', { in: { state: ['open'] } })).toBe(2);
        await store.apply(VIEW, [remove(1)], position(6));
        expect(await store.find('tickets', newestFirst({ in: { people: [4] } }))).toEqual([]);
        expect(await store.count('tickets', {})).toBe(1);
      });
    });

    describe('a batch that cannot be written', () => {
      it('leaves nothing behind, and the next one is taken', async () => {
        const wrong = { collection: 'nobody-knows', change: { put: ticket(2) } };
        await expect(store.apply(VIEW, [put(ticket(1)), wrong], position(1))).rejects.toThrow('nobody-knows');
        expect(await store.get('tickets', 1)).toBeUndefined();
        await store.apply(VIEW, [put(ticket(3))], position(1));
        expect(await store.count('tickets', {})).toBe(1);
      });
    });

    describe('a query', () => {
      it.each<[string, Query]>([
        ['a filter', newestFirst({ in: { colour: ['red'] } })],
        ['a range', newestFirst({ range: { colour: { from: 'red' } } })],
        ['a sort', { ...newestFirst(), sort: [{ field: 'colour', descending: false }] }],
      ])('names the undeclared field of %s', async (_, query) => {
        await expect(store.find('tickets', query)).rejects.toThrow('"colour"');
      });

      it('gives documents of one sort value in the order of their ids, so that pages neither repeat nor skip', async () => {
        await store.apply(
          VIEW,
          [3, 1, 2, 5, 4].map((id) => put(ticket(id, { at: 7 }))),
          position(1),
        );
        const pages = await Promise.all([0, 2, 4].map((skip) => store.find('tickets', newestFirst({ skip, limit: 2 }))));
        expect(pages.flatMap(ids)).toEqual([5, 4, 3, 2, 1]);
      });

      it('gives a document once that has two of the wanted elements', async () => {
        await store.apply(VIEW, [put(ticket(1, { people: [3, 4] })), put(ticket(2, { people: [4] }))], position(1));
        expect(ids(await store.find('tickets', newestFirst({ in: { people: [3, 4] } })))).toEqual([2, 1]);
        expect(await store.count('tickets', { in: { people: [3, 4] } })).toBe(2);
      });

      it('looks at the elements also where it follows an index without them', async () => {
        await store.apply(VIEW, [put(ticket(1, { people: [4] })), put(ticket(2, { people: [3] })), put(ticket(3))], position(1));
        const query = newestFirst({ in: { source: [1], state: ['open'], people: [4] } });
        expect(ids(await store.find('tickets', query))).toEqual([1]);
        expect(await store.count('tickets', query)).toBe(1);
      });

      it('gives, walked through, what is found, in the same order, however large the documents are', async () => {
        const sizes = [10, 300_000, 0, 1_000, 400_000];
        const changes = Array.from({ length: 12 }, (_, n) => put(ticket(n, { note: 'x'.repeat(sizes[n % 5] ?? 0) })));
        await store.apply(VIEW, changes, position(1));
        for (const query of [newestFirst(), newestFirst({ skip: 1, limit: 5 }), newestFirst({ limit: 3_000 }), newestFirst({ skip: 99 })]) {
          const walked: Document[] = [];
          for await (const part of store.walk<Ticket>('tickets', query)) walked.push(...part);
          expect(walked).toEqual(await store.find('tickets', query));
        }
        expect(ids(await store.find('tickets', newestFirst()))).toEqual(changes.map((_, n) => changes.length - 1 - n));
      });

      it('leaves out what has none of the alternatives, before it skips and counts', async () => {
        const changes = [ticket(1), ticket(2, { source: 2 }), ticket(3, { source: 2, people: [4] }), ticket(4, { people: [4] })];
        await store.apply(VIEW, changes.map(put), position(1));
        const seen: Filter = { anyOf: [{ source: [1] }, { people: [4] }] };
        expect(ids(await store.find('tickets', newestFirst(seen)))).toEqual([4, 3, 1]);
        expect(ids(await store.find('tickets', newestFirst({ ...seen, skip: 1, limit: 1 })))).toEqual([3]);
        expect(await store.count('tickets', seen)).toBe(3);
        expect(await store.count('tickets', { ...seen, in: { state: ['open'], source: [2] } })).toBe(1);
        expect(await store.count('tickets', { anyOf: [] })).toBe(0);
      });

      it('takes alternatives of more values than one statement has room for in each of its walks', async () => {
        await store.apply(VIEW, [put(ticket(1, { source: 900 })), put(ticket(2, { source: -1 }))], position(1));
        const state = ['open', ...Array.from({ length: 40 }, (_, n) => `state ${n}`)];
        const anyOf = [{ source: Array.from({ length: 1_000 }, (_, n) => n) }];
        expect(ids(await store.find('tickets', newestFirst({ in: { state }, anyOf })))).toEqual([1]);
      });

      it('finds nothing among no values', async () => {
        await store.apply(VIEW, [put(ticket(1))], position(1));
        expect(await store.find('tickets', newestFirst({ in: { state: [] } }))).toEqual([]);
        expect(await store.count('tickets', { in: { state: [] } })).toBe(0);
      });
    });

    describe('a view whose definition changed', () => {
      it('starts again from nothing', async () => {
        await store.apply(VIEW, [put(ticket(1, { people: [3] }))], position(5));
        store = await opened.reopen();
        await store.declare(VIEW, [{ ...DEFINITION, version: 2 }]);
        expect(await store.checkpoint(VIEW)).toBeUndefined();
        expect(await store.count('tickets', {})).toBe(0);
        await store.apply(VIEW, [put(ticket(2, { people: [3] }))], position(1));
        expect(ids(await store.find('tickets', newestFirst({ in: { people: [3] } })))).toEqual([2]);
      });

      it('starts again when a collection was added, and leaves other views alone', async () => {
        await store.declare('others', [{ ...DEFINITION, name: 'others' }]);
        await store.apply('others', [{ collection: 'others', change: { put: ticket(1) } }], position(3));
        await store.apply(VIEW, [put(ticket(1))], position(5));
        await store.declare(VIEW, [DEFINITION, { ...DEFINITION, name: 'more-tickets' }]);
        expect(await store.checkpoint(VIEW)).toBeUndefined();
        expect(await store.get('tickets', 1)).toBeUndefined();
        expect(await store.checkpoint('others')).toBe(position(3));
        expect(await store.get('others', 1)).toEqual(ticket(1));
      });
    });

    describe('a view that is reset', () => {
      it('is empty, has no checkpoint and can be written from the beginning', async () => {
        await store.apply(VIEW, [put(ticket(1, { people: [3] }))], position(5));
        await store.reset(VIEW);
        expect(await store.checkpoint(VIEW)).toBeUndefined();
        expect(await store.count('tickets', { in: { state: ['open'] } })).toBe(0);
        expect(await store.find('tickets', newestFirst())).toEqual([]);
        await store.apply(VIEW, [put(ticket(2, { people: [3] }))], position(1));
        expect(ids(await store.find('tickets', newestFirst({ in: { people: [3] } })))).toEqual([2]);
      });
    });

    describe('a view that is rebuilt beside the one that is read', () => {
      const open4 = { in: { state: ['open'], people: [4] } };
      beforeEach(() => store.apply(VIEW, [put(ticket(1, { people: [3] })), put(ticket(2))], position(5)));

      it('is seen, with its counts and its checkpoint, from the moment it is put in place', async () => {
        const copy = await store.beginRebuild(VIEW);
        await copy.apply([put(ticket(7, { people: [3, 4] })), put(ticket(8, { people: [4] })), put(ticket(9))], position(3));
        expect(ids(await copy.getMany('tickets', [7, 8, 1])).toSorted()).toEqual([7, 8]);
        expect(await copy.checkpoint()).toBe(position(3));
        expect(ids(await store.find('tickets', newestFirst()))).toEqual([2, 1]);
        expect(await store.checkpoint(VIEW)).toBe(position(5));
        await copy.prepare();
        await copy.apply([remove(8), put(ticket(7, { people: [4] })), put(ticket(10, { people: [4], state: 'done' }))], position(6));
        expect(await copy.replace()).toBe(true);
        expect(ids(await store.find('tickets', newestFirst()))).toEqual([10, 9, 7]);
        expect(ids(await store.find('tickets', newestFirst(open4)))).toEqual([7]);
        expect([await store.count('tickets', open4), await store.count('tickets', {})]).toEqual([1, 3]);
        expect(await store.count('tickets', { in: { state: ['open'] } })).toBe(2);
        expect(await store.checkpoint(VIEW)).toBe(position(6));
        expect(await store.waitFor(VIEW, position(6), 1_000)).toBe(true);
      });

      it('is counted by each of its counters as it would have been live', async () => {
        const batches = [
          [ticket(1, { source: null }), ticket(2), ticket(3, { state: 'done', people: [1, 2] })],
          [ticket(1, { people: [2] }), ticket(4, { source: 2, people: [1] })],
        ];
        for (const view of ['live', 'rebuilt']) await store.declare(view, [{ ...DEFINITION, name: view }]);
        const copy = await store.beginRebuild('rebuilt');
        for (const [i, batch] of batches.entries()) {
          const changes = (collection: string) => batch.map((one) => ({ collection, change: { put: one } }));
          await store.apply('live', changes('live'), position(i + 1));
          await copy.apply(changes('rebuilt'), position(i + 1));
        }
        expect(await copy.replace()).toBe(true);
        const filters: NonNullable<Filter['in']>[] = [
          {},
          { state: ['open'] },
          { state: ['open'], source: [1] },
          { source: [null], state: ['open'] },
          { people: [2] },
        ];
        for (const filter of filters) {
          expect(await store.count('rebuilt', { in: filter })).toBe(await store.count('live', { in: filter }));
        }
      });

      it('goes on from there, also after the store was opened again, and can be rebuilt again', async () => {
        for (const round of [1, 2, 3]) {
          const copy = await store.beginRebuild(VIEW);
          await copy.apply([put(ticket(round, { people: [4] }))], position(10 * round));
          expect(await copy.replace()).toBe(true);
          store = await opened.reopen();
          await store.declare(VIEW, [DEFINITION]);
          expect(await store.checkpoint(VIEW)).toBe(position(10 * round));
          await store.apply(VIEW, [put(ticket(100, { people: [4] }))], position(10 * round + 1));
          expect(ids(await store.find('tickets', newestFirst(open4)))).toEqual([100, round]);
          expect(await store.count('tickets', {})).toBe(2);
        }
      });

      it('is not put in place of one that is further', async () => {
        const copy = await store.beginRebuild(VIEW);
        await copy.apply([put(ticket(7))], position(4));
        expect(await copy.replace()).toBe(false);
        await store.apply(VIEW, [put(ticket(3))], position(6));
        expect(ids(await store.find('tickets', newestFirst()))).toEqual([3, 2, 1]);
        await copy.apply([put(ticket(8))], position(6));
        expect(await copy.replace()).toBe(true);
        expect(ids(await store.find('tickets', newestFirst()))).toEqual([8, 7]);
        expect(await store.count('tickets', {})).toBe(2);
      });

      it('leaves the view alone when it is given up, or when another rebuild was begun', async () => {
        const first = await store.beginRebuild(VIEW);
        await first.apply([put(ticket(7))], position(8));
        const second = await store.beginRebuild(VIEW);
        await expect(first.replace()).rejects.toMatchObject({ name: 'ReadStoreFault' });
        await second.apply([put(ticket(8))], position(8));
        await second.discard();
        await store.apply(VIEW, [put(ticket(3))], position(6));
        expect(ids(await store.find('tickets', newestFirst()))).toEqual([3, 2, 1]);
      });

      it('never shows an empty or a mixed list to who reads meanwhile', async () => {
        const copy = await store.beginRebuild(VIEW);
        const many = Array.from({ length: 300 }, (_, i) => put(ticket(i + 1, { note: 'new' })));
        await copy.apply(many, position(5));
        await copy.prepare();
        let replaced = false;
        const seen = new Set<string>();
        const reading = (async () => {
          while (!replaced) {
            const notes = (await store.find<Ticket>('tickets', newestFirst({ limit: 300 }))).map(({ note }) =>
              note === 'new' ? 'new' : 'old',
            );
            seen.add(`${notes.length} ${[...new Set(notes)].join()}`);
            await nextTurn();
          }
        })();
        await copy.replace();
        replaced = true;
        await reading;
        expect(await store.count('tickets', {})).toBe(300);
        expect([...seen].filter((one) => one !== '2 old' && one !== '300 new')).toEqual([]);
      });
    });

    describe('somebody who waits for a position', () => {
      it('is told when the view has passed it', async () => {
        const waiting = store.waitFor(VIEW, position(3), 60_000);
        await store.apply(VIEW, [], position(4));
        expect(await waiting).toBe(true);
        expect(await store.waitFor(VIEW, position(4), 0)).toBe(true);
      });

      it('is told when the time is up', async () => {
        await store.apply(VIEW, [], position(4));
        expect(await store.waitFor(VIEW, position(5), 10)).toBe(false);
      });

      it('is not kept waiting by a restart', async () => {
        await store.apply(VIEW, [], position(4));
        store = await opened.reopen();
        await store.declare(VIEW, [DEFINITION]);
        expect(await store.waitFor(VIEW, position(4), 0)).toBe(true);
      });
    });

    it('answers like a plain list of documents, whatever was put, removed and asked for, in any batches', async () => {
      let at = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(anyChange, { maxLength: 12 }), { maxLength: 8 }),
          fc.array(anyQuery, { minLength: 1, maxLength: 12 }),
          async (batches, queries) => {
            await store.reset(VIEW);
            const model = new Map<number, Ticket>();
            for (const batch of batches) {
              for (const change of batch) {
                if ('put' in change) model.set(change.put.id, change.put);
                else model.delete(change.remove);
              }
              at += 1;
              await store.apply(
                VIEW,
                batch.map((change) => ({ collection: 'tickets', change })),
                position(at),
              );
            }
            for (const query of queries) {
              expect(await store.find('tickets', query)).toEqual(found([...model.values()], query));
              expect(await store.count('tickets', query)).toBe([...model.values()].filter((one) => matches(one, query)).length);
            }
          },
        ),
        { numRuns: 60, verbose: 1 },
      );
    });
  });
}

const anyTicket: fc.Arbitrary<Ticket> = fc.record({
  id: fc.integer({ min: 1, max: 12 }),
  state: fc.constantFrom('open', 'done', 'late'),
  source: fc.constantFrom(null, 1, 2),
  open: fc.boolean(),
  people: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
  at: fc.integer({ min: 0, max: 5 }),
  note: fc.string({ maxLength: 8 }),
});
const anyChange = fc.oneof(
  { weight: 4, arbitrary: anyTicket.map((one) => ({ put: one })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }).map((id) => ({ remove: id })) },
);
const anyBounds = fc.record({ from: fc.integer({ min: 0, max: 6 }), until: fc.integer({ min: 0, max: 6 }) }, { requiredKeys: [] });
const anyValues = fc.record(
  {
    state: fc.uniqueArray(fc.constantFrom('open', 'done', 'never'), { maxLength: 3 }),
    source: fc.uniqueArray(fc.constantFrom<IndexedValue[]>(null, 1, 2), { maxLength: 2 }),
    open: fc.uniqueArray(fc.boolean(), { maxLength: 2 }),
    people: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
    id: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const anyQuery: fc.Arbitrary<Query> = fc.record(
  {
    in: anyValues,
    anyOf: fc.array(anyValues, { maxLength: 3 }),
    range: fc.record({ at: anyBounds, source: anyBounds, people: anyBounds, id: anyBounds }, { requiredKeys: [] }),
    sort: fc.oneof(
      fc.constant([{ field: 'at', descending: true }]),
      fc.uniqueArray(fc.record({ field: fc.constantFrom('at', 'id', 'state', 'source'), descending: fc.boolean() }), {
        maxLength: 3,
        selector: ({ field }) => field,
      }),
    ),
    skip: fc.integer({ min: 0, max: 5 }),
    limit: fc.integer({ min: 0, max: 8 }),
  },
  { requiredKeys: ['sort', 'skip', 'limit'] },
);

/** What the port promises, in the slowest and plainest way. */
function found(documents: readonly Ticket[], query: Query): readonly Ticket[] {
  const keys = query.sort.some(({ field }) => field === 'id')
    ? query.sort
    : [...query.sort, { field: 'id', descending: query.sort.at(-1)?.descending ?? false }];
  const compare = (a: Ticket, b: Ticket): number => {
    for (const { field, descending } of keys) {
      const order = compareValues(valuesOf(a, field)[0] ?? null, valuesOf(b, field)[0] ?? null);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
  return documents
    .filter((one) => matches(one, query))
    .toSorted(compare)
    .slice(query.skip, query.skip + query.limit);
}

function matches(document: Ticket, filter: Filter): boolean {
  const has = (wanted: NonNullable<Filter['in']>): boolean =>
    Object.entries(wanted).every(([field, values]) => valuesOf(document, field).some((value) => values.includes(value)));
  const within = Object.entries(filter.range ?? {}).every(([field, { from, until }]) =>
    valuesOf(document, field).some(
      (value) => value !== null && (from === undefined || value >= from) && (until === undefined || value < until),
    ),
  );
  return has(filter.in ?? {}) && within && (filter.anyOf === undefined || filter.anyOf.some(has));
}

function valuesOf(document: Ticket, field: string): readonly IndexedValue[] {
  const value = field === 'id' ? document.id : DEFINITION.fields[field]?.(document);
  return Array.isArray(value) ? (value as readonly IndexedValue[]) : [(value ?? null) as IndexedValue];
}

/** Nothing comes before everything. */
function compareValues(a: IndexedValue, b: IndexedValue): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
