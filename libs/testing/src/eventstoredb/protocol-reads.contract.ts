import { BACKWARDS, binaryEvent, END, START, StreamNotFoundError } from '@eventstore/db-client';
import { collect, errorOf, event, events, idsOf, newStream, readIds } from './under-test.contract';
import type { UnderTest } from './under-test.contract';

export function readCases(underTest: () => UnderTest): void {
  describe('a stream that is read', () => {
    const stream = newStream();
    const given = events(1_203);
    const ids = idsOf(given);
    beforeAll(async () => {
      await underTest().client.appendToStream(stream, given, { expectedRevision: 'no_stream' });
    });
    const read = (options: Parameters<UnderTest['client']['readStream']>[1]) => readIds(underTest().client.readStream(stream, options));

    it('comes whole and in order', async () => {
      expect(await read({})).toEqual(ids);
    });

    it('comes from a revision on, with it, and no further than asked', async () => {
      expect(await read({ fromRevision: 1_000n })).toEqual(ids.slice(1_000));
      expect(await read({ fromRevision: 7n, maxCount: 600 })).toEqual(ids.slice(7, 607));
    });

    it('comes backwards from its end, and from a revision, with it', async () => {
      expect(await read({ fromRevision: END, direction: BACKWARDS, maxCount: 2 })).toEqual(ids.slice(-2).toReversed());
      expect(await read({ fromRevision: 700n, direction: BACKWARDS })).toEqual(ids.slice(0, 701).toReversed());
      expect(await read({ fromRevision: START, direction: BACKWARDS })).toEqual(ids.slice(0, 1));
    });

    it('has nothing behind its end, and backwards from there starts at its last event', async () => {
      expect(await read({ fromRevision: 1_203n })).toEqual([]);
      expect(await read({ fromRevision: END })).toEqual([]);
      expect(await read({ fromRevision: 9_999n, direction: BACKWARDS, maxCount: 1 })).toEqual(ids.slice(-1));
    });

    it('tells revisions without gaps and positions that grow', async () => {
      const found = (await collect(underTest().client.readStream(stream))).map((one) => one.event);
      expect(found.map((one) => one?.revision)).toEqual(found.map((_, n) => BigInt(n)));
      const positions = found.map((one) => one?.position?.commit ?? 0n);
      expect(positions.every((position, n) => n === 0 || position > (positions[n - 1] ?? 0n))).toBe(true);
    });

    it('that is missing is not found', async () => {
      const refused = await errorOf(collect(underTest().client.readStream(newStream())));
      expect(refused).toBeInstanceOf(StreamNotFoundError);
    });

    it('without a name is refused', async () => {
      expect(await errorOf(collect(underTest().client.readStream('')))).toMatchObject({ code: 3 });
    });
  });

  describe('everything that is read', () => {
    const stream = newStream();
    const given = events(5);
    let positions: { commit: bigint; prepare: bigint }[];
    beforeAll(async () => {
      const { client } = underTest();
      await client.appendToStream(stream, given, { expectedRevision: 'no_stream' });
      positions = (await collect(client.readStream(stream))).map((one) => one.event?.position ?? { commit: 0n, prepare: 0n });
    });
    const at = (n: number) => positions[n] ?? { commit: 0n, prepare: 0n };

    it('comes forwards from a position on, with it', async () => {
      expect(await readIds(underTest().client.readAll({ fromPosition: at(1), maxCount: 3 }))).toEqual(idsOf(given).slice(1, 4));
    });

    it('comes backwards from a position, without it', async () => {
      const found = await readIds(underTest().client.readAll({ fromPosition: at(3), direction: BACKWARDS, maxCount: 3 }));
      expect(found).toEqual(idsOf(given).slice(0, 3).toReversed());
    });

    it('has its newest event first, backwards from the end', async () => {
      const { client } = underTest();
      const last = event();
      const { position } = await client.appendToStream(newStream(), last);
      const newest = (await collect(client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 500 }))).map((one) => one.event);
      expect(newest.find((one) => one?.id === last.id)?.position?.commit).toBe(position?.commit);
    });

    it('has nothing forwards from the end, and backwards from the start', async () => {
      expect(await readIds(underTest().client.readAll({ fromPosition: START, direction: BACKWARDS, maxCount: 1 }))).toEqual([]);
      expect(await readIds(underTest().client.readAll({ fromPosition: END, maxCount: 1 }))).toEqual([]);
    });

    it('shows metadata streams too', async () => {
      const { client } = underTest();
      const { position } = await client.setStreamMetadata(newStream(), { maxCount: 3 });
      const [found] = await collect(client.readAll({ fromPosition: position ?? 'end', maxCount: 1 }));
      expect(found?.event).toMatchObject({ type: '$metadata', data: { $maxCount: 3 } });
    });
  });

  describe('a link', () => {
    const link = async (target: string): Promise<string> => {
      const name = newStream('links');
      await underTest().client.appendToStream(name, binaryEvent({ type: '$>', data: Buffer.from(target) }));
      return name;
    };

    it('is followed when asked, and says where it lies', async () => {
      const { client } = underTest();
      const stream = newStream();
      const given = event();
      await client.appendToStream(stream, given);
      const name = await link(`0@${stream}`);
      const [resolved] = await collect(client.readStream(name, { resolveLinkTos: true }));
      expect(resolved).toMatchObject({ event: { id: given.id, streamId: stream }, link: { streamId: name, type: '$>' } });
      const [plain] = await collect(client.readStream(name));
      expect(plain?.event?.streamId).toBe(name);
    });

    it('whose target is gone comes without it', async () => {
      const name = await link(`0@${newStream()}`);
      const [resolved] = await collect(underTest().client.readStream(name, { resolveLinkTos: true }));
      expect(resolved?.event).toBeUndefined();
      expect(resolved?.link?.streamId).toBe(name);
    });
  });
}
