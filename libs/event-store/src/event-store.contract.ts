import { randomUUID } from 'node:crypto';
import { instant } from '@tocsin/domain';
import fc from 'fast-check';
import { EventStoreFault, START, WrongExpectedRevision } from './event-store';
import type { EventStore, ExpectedRevision, NewEvent, Position, StoredEvent } from './event-store';
import { Follower } from './follower.contract';

export interface OpenedEventStore {
  readonly store: EventStore;
  /** Ends what serves the store and starts it again on the same data. The store handed out before is not used any more. */
  reopen(): Promise<EventStore>;
  close(): Promise<void>;
  /** Only where a test can hold the disk: commits wait until the returned function is called. */
  stall?(): () => void;
}

const RUNS = 25;

export const newEvent = (data: unknown = {}, type = 'SomethingHappened'): NewEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: {
    schemaVersion: 1,
    time: instant(1_700_000_000_000),
    actor: { type: 'system', part: 'contract' },
    correlationId: 'c',
    causationId: 'd',
  },
});
export const newEvents = (count: number): NewEvent[] => Array.from({ length: count }, (_, n) => newEvent({ n }));

/** Its own category, so that a server shared by many tests does not matter. */
const newCategory = (): string => `c${randomUUID().replaceAll('-', '')}-`;
const ids = (events: readonly { readonly id: string }[]): string[] => events.map((event) => event.id);

async function readToHead(store: EventStore, prefixes: readonly string[], after: Position = START, limit = 500): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (let next = after; ;) {
    const page = await store.readAll({ after: next, prefixes, limit });
    expect(page.events.length).toBeLessThanOrEqual(limit);
    events.push(...page.events);
    next = page.next;
    if (page.atHead) return events;
  }
}

export function eventStoreContract(name: string, open: () => Promise<OpenedEventStore>): void {
  describe(`the event store ${name}`, () => {
    let opened: OpenedEventStore;
    let store: EventStore;
    let category: string;
    let stream: string;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      category = newCategory();
      stream = `${category}1`;
    });

    describe('an append', () => {
      it('answers with the revision and position of its last event', async () => {
        const answer = await store.append(stream, 'no_stream', newEvents(3));
        const last = await store.readLast(stream);
        expect(answer).toEqual({ revision: 2, position: last?.position });
        expect(last?.position).toMatch(/^\d{20}$/);
      });

      it('gives every event back as it was', async () => {
        const events = [newEvent({ text: 'ü€😀 "\\\u0000', nested: { list: [1, null, true, 1.5] } }), newEvent(null), newEvent('word')];
        await store.append(stream, 'no_stream', events);
        expect(await store.readStream(stream)).toEqual(
          events.map((event, revision) => ({ ...event, stream, revision, position: expect.any(String) as unknown })),
        );
      });

      it('is refused without a trace when the stream is somewhere else', async () => {
        await store.append(stream, 'no_stream', newEvents(2));
        const wrong: ExpectedRevision[] = ['no_stream', 0, 2, 7];
        for (const expected of wrong) {
          const refused = await store.append(stream, expected, newEvents(2)).catch((error: unknown) => error);
          expect(refused).toBeInstanceOf(WrongExpectedRevision);
          expect(refused).toMatchObject({ stream, expected, actual: 1 });
        }
        expect(await store.readStream(stream)).toHaveLength(2);
      });

      it('at a revision of a stream that is not there is refused', async () => {
        const refused = store.append(stream, 0, newEvents(1));
        await expect(refused).rejects.toMatchObject({ name: 'WrongExpectedRevision', actual: 'no_stream' });
      });

      it('with any is taken wherever the stream is', async () => {
        await store.append(stream, 'any', newEvents(1));
        expect(await store.append(stream, 'any', newEvents(2))).toMatchObject({ revision: 2 });
      });
    });

    describe('writers that expect the same revision', () => {
      it('has exactly one winner, and the others leave nothing', async () => {
        await store.append(stream, 'no_stream', newEvents(1));
        const offers = Array.from({ length: 12 }, () => newEvents(2));
        const outcomes = await Promise.allSettled(offers.map((events) => store.append(stream, 0, events)));
        const winner = outcomes.findIndex((outcome) => outcome.status === 'fulfilled');
        const losers = outcomes.filter((outcome) => outcome.status === 'rejected');
        expect(losers).toHaveLength(11);
        for (const { reason } of losers) expect(reason).toBeInstanceOf(WrongExpectedRevision);
        expect(ids(await store.readStream(stream, { from: 1 }))).toEqual(ids(offers[winner] ?? []));
      });
    });

    describe('an append that is repeated', () => {
      it('answers as the first time, after any other appends and whatever is expected', async () => {
        const expectations = fc.oneof(fc.constantFrom<ExpectedRevision>('any', 'no_stream'), fc.nat(30));
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
            fc.nat(),
            expectations,
            async (sizes, pick, expected) => {
              const own = `${newCategory()}1`;
              const appends = sizes.map(newEvents);
              const answers = [];
              for (const events of appends) answers.push(await store.append(own, 'any', events));
              const again = pick % appends.length;
              expect(await store.append(own, expected, appends[again] ?? [])).toEqual(answers[again]);
              expect(ids(await store.readStream(own))).toEqual(ids(appends.flat()));
            },
          ),
          { numRuns: RUNS },
        );
      });

      it('is stored once when both are under way at the same time', async () => {
        const events = newEvents(2);
        const [first, second] = await Promise.all([store.append(stream, 'no_stream', events), store.append(stream, 'no_stream', events)]);
        expect(second).toEqual(first);
        expect(ids(await store.readStream(stream))).toEqual(ids(events));
      });

      it('in another stream is an append of its own', async () => {
        const events = newEvents(1);
        await store.append(stream, 'no_stream', events);
        expect(await store.append(`${category}2`, 'no_stream', events)).toMatchObject({ revision: 0 });
        expect(await store.readStream(`${category}2`)).toHaveLength(1);
      });
    });

    describe('reading a stream', () => {
      it('that is missing gives nothing', async () => {
        expect(await store.readStream(stream)).toEqual([]);
        expect(await store.readLast(stream)).toBeUndefined();
      });

      it('gives what is asked for, in order, however long it is', async () => {
        const events = newEvents(1_203);
        await store.append(stream, 'no_stream', events);
        expect(ids(await store.readStream(stream))).toEqual(ids(events));
        expect(ids(await store.readStream(stream, { from: 1_000 }))).toEqual(ids(events.slice(1_000)));
        expect(ids(await store.readStream(stream, { from: 7, limit: 600 }))).toEqual(ids(events.slice(7, 607)));
        expect(await store.readStream(stream, { from: 1_203 })).toEqual([]);
        expect((await store.readLast(stream))?.id).toBe(events.at(-1)?.id);
      });
    });

    describe('the log of all streams', () => {
      it('has concurrent appends in one order, gapless per stream, and none is lost', async () => {
        const plan = fc.array(fc.record({ stream: fc.nat(4), size: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 40 });
        await fc.assert(
          fc.asyncProperty(plan, fc.integer({ min: 1, max: 20 }), async (appends, limit) => {
            const own = newCategory();
            const offers = appends.map(({ stream: number, size }) => ({ stream: `${own}${number}`, events: newEvents(size) }));
            const answers = await Promise.all(offers.map((offer) => store.append(offer.stream, 'any', offer.events)));
            const all = await readToHead(store, [own], START, limit);
            const positions = all.map((event) => event.position);
            expect(positions).toEqual([...new Set(positions)].sort());
            expect(ids(all).sort()).toEqual(ids(offers.flatMap((offer) => offer.events)).sort());
            for (const name of new Set(offers.map((offer) => offer.stream))) {
              const mine = all.filter((event) => event.stream === name);
              expect(mine.map((event) => event.revision)).toEqual(mine.map((_, revision) => revision));
              expect(mine).toEqual(await store.readStream(name));
            }
            for (const [index, { events }] of offers.entries()) {
              expect(all.find((event) => event.id === events.at(-1)?.id)).toMatchObject(answers[index] ?? {});
            }
          }),
          { numRuns: RUNS },
        );
      });

      it('gives only the categories asked for, and every stream when none is named', async () => {
        const [one, two, three] = [newCategory(), newCategory(), newCategory()];
        const before = await store.head();
        const written: string[] = [];
        for (const [index, prefix] of [one, two, three, two, one, three].entries()) {
          const events = newEvents(1);
          await store.append(`${prefix}${index % 2}`, 'any', events);
          written.push(...ids(events));
        }
        expect(ids(await readToHead(store, [one, three]))).toEqual([written[0], written[2], written[4], written[5]]);
        expect(ids(await readToHead(store, [], before)).filter((id) => written.includes(id))).toEqual(written);
      });

      it('continues after an event, and knows its own end', async () => {
        const first = await store.append(stream, 'no_stream', newEvents(1));
        const events = newEvents(2);
        const last = await store.append(stream, 0, events);
        expect(ids(await readToHead(store, [category], first.position))).toEqual(ids(events));
        expect(await readToHead(store, [category], last.position)).toEqual([]);
        expect((await store.head()) >= last.position).toBe(true);
      });
    });

    describe('a follower', () => {
      it('is given exactly what comes after its position, one batch at a time, however slow it is', async () => {
        const appends = fc.array(fc.record({ mine: fc.boolean(), size: fc.integer({ min: 1, max: 5 }) }), { minLength: 2, maxLength: 30 });
        await fc.assert(
          fc.asyncProperty(appends, fc.nat(), fc.nat(), fc.array(fc.nat(3), { minLength: 1 }), async (plan, startAt, liveFrom, pauses) => {
            const own = newCategory();
            const other = newCategory();
            const write = async ({ mine, size }: { mine: boolean; size: number }) => {
              const events = newEvents(size);
              const { position } = await store.append(`${mine ? own : other}1`, 'any', events);
              return { mine, events, position };
            };
            const split = liveFrom % plan.length;
            const written = [];
            for (const one of plan.slice(0, split)) written.push(await write(one));
            const start = written[startAt % (written.length + 1)];
            let turn = 0;
            const follower = new Follower(store, start?.position ?? START, [own], async () => {
              for (let n = pauses[turn++ % pauses.length] ?? 0; n > 0; n--) await new Promise((resolve) => setImmediate(resolve));
            });
            written.push(...(await Promise.all(plan.slice(split).map(write))));
            const from = start === undefined ? 0 : written.indexOf(start) + 1;
            const expected = written.slice(from).filter((append) => append.mine);
            const wanted = expected.toSorted((a, b) => (a.position < b.position ? -1 : 1)).flatMap((append) => ids(append.events));
            const end = written.map((append) => append.position).reduce((a, b) => (a > b ? a : b));
            await follower.until(() => (follower.pages.at(-1)?.next ?? START) >= end || wanted.length === 0);
            await follower.subscription.close();
            expect(ids(follower.events)).toEqual(wanted);
            expect(follower.mostAtOnce).toBeLessThanOrEqual(1);
            for (const page of follower.pages) expect(page.events.length).toBeLessThanOrEqual(500);
          }),
          { numRuns: RUNS },
        );
      });

      it('learns the position also when only other streams move', async () => {
        const from = await store.head();
        const follower = new Follower(store, from, [category]);
        const { position } = await store.append(`${newCategory()}1`, 'no_stream', newEvents(1));
        await follower.until(() => (follower.pages.at(-1)?.next ?? START) >= position);
        await follower.subscription.close();
        expect(follower.events).toEqual([]);
      });

      it('is told that it has reached the end, with nothing more to come', async () => {
        for (let n = 1; n <= 20; n++) await store.append(`${category}${n}`, 'no_stream', newEvents(2));
        const followers = Array.from({ length: 20 }, () => new Follower(store, START, [category]));
        for (const follower of followers) await follower.until(() => follower.pages.at(-1)?.atHead === true);
        for (const follower of followers) await follower.subscription.close();
        for (const follower of followers) expect(follower.events).toHaveLength(40);
      });

      it('sees the same events live as a reader does later', async () => {
        const follower = new Follower(store, await store.head(), [category]);
        await store.append(stream, 'no_stream', [newEvent({ a: undefined, when: new Date(0) }), newEvent({ list: [undefined] })]);
        await follower.until(() => follower.events.length === 2);
        await follower.subscription.close();
        expect(follower.events).toStrictEqual(await store.readStream(stream));
      });

      it('ends with the error of its handler and is given nothing more', async () => {
        const refusal = new Error('no');
        await store.append(stream, 'no_stream', newEvents(1));
        const follower = new Follower(store, START, [category], async (page) => {
          if (page.events.length > 0) throw refusal;
        });
        expect(await follower.ended).toBe(refusal);
        const calls = follower.pages.length;
        await store.append(stream, 0, newEvents(1));
        await follower.subscription.close();
        expect(follower.pages).toHaveLength(calls);
      });

      it('is closed only after the batch in hand, and no other follows', async () => {
        await store.append(stream, 'no_stream', newEvents(1));
        let begun: () => void = () => undefined;
        let finish: () => void = () => undefined;
        const started = new Promise<void>((resolve) => (begun = resolve));
        const finished = new Promise<void>((resolve) => (finish = resolve));
        const follower = new Follower(store, START, [category], async (page) => {
          if (page.events.length === 0) return;
          begun();
          await finished;
        });
        await started;
        let closed = false;
        const closing = follower.subscription.close().then(() => (closed = true));
        await store.append(stream, 0, newEvents(1));
        expect(closed).toBe(false);
        finish();
        await closing;
        expect(follower.events).toHaveLength(1);
      });
    });

    describe('a stream that was deleted', () => {
      it('is gone from everywhere', async () => {
        const kept = newEvents(1);
        await store.append(stream, 'no_stream', newEvents(3));
        await store.append(`${category}2`, 'no_stream', kept);
        await store.deleteStream(stream);
        expect(await store.readStream(stream)).toEqual([]);
        expect(await store.readLast(stream)).toBeUndefined();
        expect(ids(await readToHead(store, [category]))).toEqual(ids(kept));
        const follower = new Follower(store, START, [category]);
        await follower.until(() => follower.events.length > 0);
        await follower.subscription.close();
        expect(ids(follower.events)).toEqual(ids(kept));
      });

      it('refuses who still has its last revision in hand', async () => {
        const { revision } = await store.append(stream, 'no_stream', newEvents(3));
        await store.deleteStream(stream);
        await expect(store.append(stream, revision, newEvents(1))).rejects.toMatchObject({
          name: 'WrongExpectedRevision',
          actual: 'no_stream',
        });
        expect(await store.readStream(stream)).toEqual([]);
      });

      it.each(['no_stream', 'any'] as const)('begins again with what is appended to it expecting %s', async (expected) => {
        await store.append(stream, 'no_stream', newEvents(3));
        await store.deleteStream(stream);
        const [first, second] = [newEvents(2), newEvents(1)];
        const { revision } = await store.append(stream, expected, first);
        expect(await store.append(stream, revision, second)).toMatchObject({ revision: revision + 1 });
        const wanted = ids([...first, ...second]);
        expect(ids(await store.readStream(stream))).toEqual(wanted);
        expect((await store.readStream(stream)).map((event) => event.revision)).toEqual([revision - 1, revision, revision + 1]);
        expect(revision - 1 > 2).toBe(store.deletions === 0);
        expect(ids(await readToHead(store, [category]))).toEqual(wanted);
      });

      it('can be deleted again, also when there is nothing of it', async () => {
        await store.deleteStream(stream);
        await store.append(stream, 'no_stream', newEvents(1));
        await store.deleteStream(stream);
        await store.deleteStream(stream);
        expect(await store.readStream(stream)).toEqual([]);
        await store.append(stream, 'no_stream', newEvents(1));
        await store.deleteStream(stream);
        expect(await readToHead(store, [category])).toEqual([]);
      });

      it('is removed with an expected revision only while that is its last', async () => {
        await store.append(stream, 'no_stream', newEvents(2));
        const conflict = await store.deleteStream(stream, 0).catch((error: unknown) => error);
        expect(conflict).toBeInstanceOf(WrongExpectedRevision);
        expect(conflict).toMatchObject({ stream, expected: 0, actual: 1 });
        expect(await store.readStream(stream)).toHaveLength(2);
        await store.deleteStream(stream, 1);
        expect(await store.readStream(stream)).toEqual([]);
        await store.deleteStream(stream, 1);
        const again = newEvents(1);
        await store.append(stream, 'no_stream', again);
        expect(ids(await store.readStream(stream))).toEqual(ids(again));
      });

      it('leaves the log no shorter: positions go on', async () => {
        const before = await store.append(stream, 'no_stream', newEvents(1));
        await store.deleteStream(stream);
        const after = await store.append(`${category}2`, 'no_stream', newEvents(1));
        expect(after.position > before.position).toBe(true);
      });
    });

    describe('a stream of which only the last event counts', () => {
      it('still has its last event, and its revisions go on', async () => {
        const stream = `${newCategory()}1`;
        await store.append(stream, 'no_stream', newEvents(1));
        await store.keepOnlyLast(stream);
        await store.keepOnlyLast(stream);
        for (let revision = 0; revision < 3; revision++) await store.append(stream, revision, newEvents(1));
        const [last] = newEvents(1);
        if (last === undefined) throw new Error('no event was made');
        expect(await store.append(stream, 3, [last])).toMatchObject({ revision: 4 });
        expect(await store.readLast(stream)).toMatchObject({ id: last.id, revision: 4 });
        await expect(store.append(stream, 2, newEvents(1))).rejects.toMatchObject({ actual: 4 });
      });
    });

    describe('a checkpoint', () => {
      it('is at the start until it is saved, and then where it was saved last', async () => {
        expect(await store.loadCheckpoint(category)).toBe(START);
        const first = await store.append(stream, 'no_stream', newEvents(1));
        const second = await store.append(stream, 0, newEvents(1));
        await store.saveCheckpoint(category, first.position);
        await store.saveCheckpoint(category, second.position);
        expect(await store.loadCheckpoint(category)).toBe(second.position);
      });
    });
  });

  describe(`the event store ${name}, ended and started again`, () => {
    it('has every event that was answered, in the same order, and its checkpoints', async () => {
      const opened = await open();
      const category = newCategory();
      const events = newEvents(40);
      const answers = await Promise.all(events.map((event, index) => opened.store.append(`${category}${index % 7}`, 'any', [event])));
      const before = await readToHead(opened.store, [category]);
      await opened.store.saveCheckpoint(category, answers[3]?.position ?? START);
      const again = await opened.reopen();
      expect(await readToHead(again, [category])).toEqual(before);
      expect(before).toHaveLength(40);
      expect(await again.loadCheckpoint(category)).toBe(answers[3]?.position);
      const next = await again.append(`${category}new`, 'no_stream', newEvents(1));
      expect(before.every((event) => event.position < next.position)).toBe(true);
      const [first] = events;
      expect(await again.append(`${category}0`, 'no_stream', first === undefined ? [] : [first])).toEqual(answers[0]);
      await opened.close();
    });
  });

  describe(`the event store ${name} while its disk hangs`, () => {
    it('ends every write in bounded time, and a repetition finds the first one', async () => {
      const opened = await open();
      if (opened.stall === undefined) return opened.close();
      const stream = `${newCategory()}1`;
      const events = newEvents(2);
      const release = opened.stall();
      const unanswered = await opened.store.append(stream, 'no_stream', events).catch((error: unknown) => error);
      expect(unanswered).toBeInstanceOf(EventStoreFault);
      expect(unanswered).toMatchObject({ reason: 'timeout', retriable: true });
      release();
      expect(await opened.store.append(stream, 'no_stream', events)).toMatchObject({ revision: 1 });
      expect(ids(await opened.store.readStream(stream))).toEqual(ids(events));
      await opened.close();
    });
  });
}
