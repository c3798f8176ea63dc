import { END, eventTypeFilter, START, streamNameFilter } from '@eventstore/db-client';
import type { Position } from '@eventstore/db-client';
import { errorOf, event, events, Heard, idsOf, newStream } from './under-test.contract';
import type { UnderTest } from './under-test.contract';

export function subscriptionCases(underTest: () => UnderTest): void {
  const heard: Heard[] = [];
  const follow = (subscription: ConstructorParameters<typeof Heard>[0]): Heard => {
    const one = new Heard(subscription);
    heard.push(one);
    return one;
  };
  afterEach(async () => {
    for (const { subscription } of heard.splice(0)) await subscription.unsubscribe();
  });

  describe('a subscription to a stream', () => {
    it('is confirmed, is given what there is, says that it caught up, and goes on', async () => {
      const { client } = underTest();
      const stream = newStream();
      const [before, after] = [events(2), events(2)];
      await client.appendToStream(stream, before);
      const one = follow(client.subscribeToStream(stream, { fromRevision: START }));
      await one.caughtUp();
      await client.appendToStream(stream, after);
      await one.until(() => one.ids.length === 4);
      expect(one.log).toEqual([
        'confirmation',
        ...idsOf(before).map((id) => `event ${id}`),
        'caught up',
        ...idsOf(after).map((id) => `event ${id}`),
      ]);
    });

    it('begins after the revision it names', async () => {
      const { client } = underTest();
      const stream = newStream();
      const given = events(4);
      await client.appendToStream(stream, given);
      const one = follow(client.subscribeToStream(stream, { fromRevision: 1n }));
      await one.caughtUp();
      expect(one.ids).toEqual(idsOf(given).slice(2));
    });

    it('from the end is given only what comes', async () => {
      const { client } = underTest();
      const stream = newStream();
      await client.appendToStream(stream, events(2));
      const one = follow(client.subscribeToStream(stream, { fromRevision: END }));
      await one.caughtUp();
      const next = event();
      await client.appendToStream(stream, next);
      await one.until(() => one.ids.length > 0);
      expect(one.ids).toEqual([next.id]);
    });

    it('waits for a stream that is not there yet', async () => {
      const { client } = underTest();
      const stream = newStream();
      const one = follow(client.subscribeToStream(stream));
      await one.caughtUp();
      const first = event();
      await client.appendToStream(stream, first);
      await one.until(() => one.ids.length > 0);
      expect(one.ids).toEqual([first.id]);
    });

    it('ends when the stream is ended for ever', async () => {
      const { client } = underTest();
      const stream = newStream();
      await client.appendToStream(stream, event());
      const one = follow(client.subscribeToStream(stream));
      await one.caughtUp();
      await client.tombstoneStream(stream);
      expect(await one.failed).toMatchObject({ type: 'stream-deleted' });
    });
  });

  describe('a subscription to everything', () => {
    it('begins after the position it names, and has every stream in one order', async () => {
      const { client } = underTest();
      const { position } = await client.appendToStream(newStream(), event());
      const given = [event(), event(), event()];
      for (const one of given) await client.appendToStream(newStream(), one);
      const one = follow(client.subscribeToAll({ fromPosition: position ?? START }));
      // Others may write to a real server at the same time.
      const mine = (): string[] => one.ids.filter((id) => idsOf(given).includes(id));
      await one.until(() => mine().length === given.length);
      expect(mine()).toEqual(idsOf(given));
    });

    it('with prefixes is given only those streams', async () => {
      const { client } = underTest();
      const [mine, other] = [newStream('mine'), newStream('other')];
      const prefix = mine.slice(0, 20);
      const given = events(3);
      const { position } = await client.appendToStream(other, event());
      for (const each of given) {
        await client.appendToStream(other, event());
        await client.appendToStream(mine, each);
      }
      const one = follow(
        client.subscribeToAll({ fromPosition: position ?? START, filter: streamNameFilter({ prefixes: [prefix, 'nothing-'] }) }),
      );
      await one.caughtUp();
      const live = event();
      await client.appendToStream(other, event());
      await client.appendToStream(mine, live);
      await one.until(() => one.ids.length === 4);
      expect(one.ids).toEqual([...idsOf(given), live.id]);
    });

    it('with a regular expression for the type is given only those', async () => {
      const { client } = underTest();
      const stream = newStream();
      const type = `T${stream.replaceAll('-', '')}`;
      const { position } = await client.appendToStream(stream, event());
      const wanted = event(1, `${type}One`);
      await client.appendToStream(stream, [event(), wanted, event()]);
      const one = follow(client.subscribeToAll({ fromPosition: position ?? START, filter: eventTypeFilter({ regex: `^${type}` }) }));
      await one.caughtUp();
      expect(one.ids).toEqual([wanted.id]);
    });

    it('that is filtered hears how far the log was looked through, also when nothing matches', async () => {
      const { client } = underTest();
      const { position: from } = await client.appendToStream(newStream(), event());
      const checkpoints: Position[] = [];
      const filter = streamNameFilter({
        prefixes: ['nothing-'],
        maxSearchWindow: 2,
        checkpointInterval: 2,
        checkpointReached: (_, reached) => {
          checkpoints.push(reached);
          one.note(`checkpoint ${reached.commit}`);
        },
      });
      const one: Heard = follow(client.subscribeToAll({ fromPosition: from ?? START, filter }));
      await one.caughtUp();
      const stream = newStream();
      await client.appendToStream(stream, events(4));
      const { position: end } = await client.appendToStream(stream, events(4));
      await one.until(() => (checkpoints.at(-1)?.commit ?? 0n) >= (end?.commit ?? 0n));
      expect(checkpoints.length).toBeGreaterThanOrEqual(2);
      expect(checkpoints.every(({ commit }, n) => n === 0 || commit > (checkpoints[n - 1]?.commit ?? 0n))).toBe(true);
      expect(one.ids).toEqual([]);
    });

    it('resumed at a checkpoint misses nothing', async () => {
      const { client } = underTest();
      const mine = newStream('resumed');
      const { position } = await client.appendToStream(newStream(), event());
      const given = events(9);
      for (const each of given) await client.appendToStream(mine, each);
      let reached: Position | undefined;
      let until = 0;
      const filter = streamNameFilter({
        prefixes: [mine],
        maxSearchWindow: 1,
        checkpointReached: (_, checkpoint) => {
          if (reached === undefined && first.ids.length >= 4) {
            reached = checkpoint;
            until = given.findIndex(({ id }) => id === first.ids.at(-1));
          }
          first.note('checkpoint');
        },
      });
      const first: Heard = follow(client.subscribeToAll({ fromPosition: position ?? START, filter }));
      await first.until(() => reached !== undefined);
      const second = follow(client.subscribeToAll({ fromPosition: reached ?? START, filter: streamNameFilter({ prefixes: [mine] }) }));
      await second.until(() => second.ids.at(-1) === given.at(-1)?.id);
      // The checkpoint may be ahead of what the reader was handed, never ahead of what the server had sent.
      expect(given.length - second.ids.length).toBeGreaterThan(until - 1);
      expect(second.ids).toEqual(idsOf(given).slice(-second.ids.length));
    });

    it('that nobody reads for a while loses nothing', async () => {
      const { client } = underTest();
      const stream = newStream('slow');
      const subscription = client.subscribeToStream(stream);
      const given = events(2_000);
      for (let n = 0; n < given.length; n += 100) await client.appendToStream(stream, given.slice(n, n + 100));
      const ids: string[] = [];
      for await (const one of subscription) {
        ids.push(one.event?.id ?? '');
        if (ids.length === given.length) break;
      }
      expect(ids).toEqual(idsOf(given));
    });

    it('without a filter for what it names is refused', async () => {
      const { client } = underTest();
      const one = follow(client.subscribeToAll({ filter: { filterOn: 'streamName', prefixes: [], checkpointInterval: 1 } as never }));
      expect(await errorOf(one.failed.then((error) => Promise.reject(error)))).toMatchObject({ code: 3 });
    });
  });
}
