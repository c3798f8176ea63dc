import { ANY, NO_STREAM, STREAM_EXISTS, StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client';
import { collect, errorOf, event, events, idsOf, newStream, readIds } from './under-test.contract';
import type { UnderTest } from './under-test.contract';

export function deletionCases(underTest: () => UnderTest): void {
  describe('a stream that was deleted', () => {
    const deletedStream = async (count = 3): Promise<string> => {
      const stream = newStream();
      await underTest().client.appendToStream(stream, events(count));
      await underTest().client.deleteStream(stream);
      return stream;
    };

    it('is not found any more', async () => {
      expect(await errorOf(collect(underTest().client.readStream(await deletedStream())))).toBeInstanceOf(StreamNotFoundError);
    });

    it.each([
      ['no stream', NO_STREAM],
      ['any', ANY],
      ['its last revision', 2n],
    ] as const)('comes back with an append that expects %s, and its revisions go on', async (_name, expectedRevision) => {
      const stream = await deletedStream();
      const next = event();
      expect(await underTest().client.appendToStream(stream, next, { expectedRevision })).toMatchObject({ nextExpectedRevision: 3n });
      const found = await collect(underTest().client.readStream(stream));
      expect(found.map((one) => [one.event?.id, one.event?.revision])).toEqual([[next.id, 3n]]);
    });

    it('is not there for an append that needs it', async () => {
      const refused = underTest().client.appendToStream(await deletedStream(), event(), { expectedRevision: STREAM_EXISTS });
      expect(await errorOf(refused)).toBeInstanceOf(StreamDeletedError);
    });

    it('refuses an append at a revision before its last', async () => {
      const refused = underTest().client.appendToStream(await deletedStream(), event(), { expectedRevision: 1n });
      expect(await errorOf(refused)).toMatchObject({ type: 'wrong-expected-version', actualVersion: 2n });
    });

    it('is still in the log of everything until it is scavenged', async () => {
      const { client } = underTest();
      const stream = newStream();
      const given = event();
      const { position } = await client.appendToStream(stream, given);
      await client.deleteStream(stream);
      const found = await collect(client.readAll({ fromPosition: position ?? 'start', maxCount: 500 }));
      expect(found.map((one) => one.event?.id)).toContain(given.id);
      expect(found.find((one) => one.event?.streamId === `$$${stream}`)?.event?.type).toBe('$metadata');
    });
  });

  describe('a deletion', () => {
    it('of a stream that never was is refused', async () => {
      expect(await errorOf(underTest().client.deleteStream(newStream()))).toBeInstanceOf(WrongExpectedVersionError);
    });

    it('at another revision is refused and says where the stream is', async () => {
      const stream = newStream();
      await underTest().client.appendToStream(stream, events(2));
      const refused = await errorOf(underTest().client.deleteStream(stream, { expectedRevision: 0n }));
      expect(refused).toMatchObject({ type: 'wrong-expected-version', streamName: stream, expectedVersion: 0n, actualVersion: 1n });
      expect(await underTest().client.deleteStream(stream, { expectedRevision: 1n })).toHaveProperty('position');
    });
  });

  describe('a stream that was ended for ever', () => {
    const endedStream = async (): Promise<string> => {
      const stream = newStream();
      await underTest().client.appendToStream(stream, events(2));
      await underTest().client.tombstoneStream(stream, { expectedRevision: 1n });
      return stream;
    };

    it('cannot be read', async () => {
      expect(await errorOf(collect(underTest().client.readStream(await endedStream())))).toBeInstanceOf(StreamDeletedError);
    });

    it.each([ANY, NO_STREAM, STREAM_EXISTS, 1n] as const)('takes no append that expects %s', async (expectedRevision) => {
      const refused = underTest().client.appendToStream(await endedStream(), event(), { expectedRevision });
      expect(await errorOf(refused)).toMatchObject({ type: 'stream-deleted' });
    });

    it('cannot be deleted again', async () => {
      const stream = await endedStream();
      expect(await errorOf(underTest().client.deleteStream(stream))).toBeInstanceOf(StreamDeletedError);
      expect(await errorOf(underTest().client.tombstoneStream(stream))).toBeInstanceOf(StreamDeletedError);
    });

    it('need not have been there before', async () => {
      const stream = newStream();
      await underTest().client.tombstoneStream(stream);
      expect(await errorOf(underTest().client.appendToStream(stream, event()))).toMatchObject({ type: 'stream-deleted' });
    });

    it('has its end in the log of everything, at the highest revision', async () => {
      const { client } = underTest();
      const stream = newStream();
      await client.appendToStream(stream, event());
      const { position } = await client.tombstoneStream(stream);
      const [end] = await collect(client.readAll({ fromPosition: position ?? 'end', maxCount: 1 }));
      expect(end?.event).toMatchObject({ type: '$streamDeleted', streamId: stream, revision: 9_223_372_036_854_775_807n });
    });
  });

  describe('stream metadata', () => {
    it('is read as it was written', async () => {
      const { client } = underTest();
      const stream = newStream();
      expect((await client.getStreamMetadata(stream)).metadata).toBeUndefined();
      await client.setStreamMetadata(stream, { maxCount: 2, truncateBefore: 1, own: 'word' } as never, { expectedRevision: NO_STREAM });
      expect((await client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 2, truncateBefore: 1, own: 'word' });
    });

    it('keeps only the newest events, both ways', async () => {
      const { client } = underTest();
      const stream = newStream();
      const given = events(6);
      await client.setStreamMetadata(stream, { maxCount: 2 });
      await client.appendToStream(stream, given);
      expect(await readIds(client.readStream(stream))).toEqual(idsOf(given).slice(4));
      expect(await readIds(client.readStream(stream, { direction: 'backwards', fromRevision: 'end' }))).toEqual(
        idsOf(given).slice(4).toReversed(),
      );
      expect(await client.appendToStream(stream, event(), { expectedRevision: 5n })).toMatchObject({ nextExpectedRevision: 6n });
    });

    it('hides what is before a revision', async () => {
      const { client } = underTest();
      const stream = newStream();
      const given = events(6);
      await client.appendToStream(stream, given);
      await client.setStreamMetadata(stream, { truncateBefore: 4 });
      expect(await readIds(client.readStream(stream))).toEqual(idsOf(given).slice(4));
      expect(await readIds(client.readStream(stream, { fromRevision: 2n, maxCount: 1 }))).toEqual(idsOf(given).slice(4, 5));
    });

    it('survives a deletion, with what the server does not know', async () => {
      const { client } = underTest();
      const stream = newStream();
      await client.setStreamMetadata(stream, { own: 'word' } as never);
      await client.appendToStream(stream, events(2));
      await client.deleteStream(stream);
      await client.appendToStream(stream, event());
      expect((await client.getStreamMetadata(stream)).metadata).toMatchObject({ own: 'word', truncateBefore: 2 });
    });
  });
}
