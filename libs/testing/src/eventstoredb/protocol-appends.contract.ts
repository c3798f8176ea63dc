import { randomUUID } from 'node:crypto';
import { ANY, binaryEvent, jsonEvent, NO_STREAM, STREAM_EXISTS, WrongExpectedVersionError } from '@eventstore/db-client';
import { collect, errorOf, event, events, idsOf, newStream, readIds } from './under-test.contract';
import type { UnderTest } from './under-test.contract';

/** The client appends over one long call (`BatchAppend`), or, with credentials, over one of its own (`Append`). */
const WAYS = [
  ['a batch append', {}],
  ['an append of its own call', { credentials: { username: 'admin', password: 'changeit' } }],
] as const;

export function appendCases(underTest: () => UnderTest): void {
  describe.each(WAYS)('%s', (_name, way) => {
    const append = (
      stream: string,
      given: Parameters<UnderTest['client']['appendToStream']>[1],
      expectedRevision: typeof ANY | typeof NO_STREAM | typeof STREAM_EXISTS | bigint,
    ) => underTest().client.appendToStream(stream, given, { expectedRevision, ...way });

    it('answers with the revision of its last event', async () => {
      const stream = newStream();
      expect(await append(stream, events(3), NO_STREAM)).toMatchObject({ success: true, nextExpectedRevision: 2n });
      expect(await append(stream, events(2), 2n)).toMatchObject({ success: true, nextExpectedRevision: 4n });
    });

    it('answers with the position of its last event', async () => {
      const stream = newStream();
      const answer = await append(stream, events(2), NO_STREAM);
      const [last] = await collect(underTest().client.readStream(stream, { fromRevision: 'end', direction: 'backwards', maxCount: 1 }));
      expect(answer.position?.commit).toBe(last?.event?.position?.commit);
    });

    it.each([
      ['no stream', NO_STREAM],
      ['an earlier revision', 0n],
      ['a later revision', 5n],
    ] as const)('that expects %s is refused and leaves nothing', async (_expectation, expected) => {
      const stream = newStream();
      const before = events(2);
      await append(stream, before, NO_STREAM);
      const refused = await errorOf(append(stream, events(2), expected));
      expect(refused).toBeInstanceOf(WrongExpectedVersionError);
      expect(refused).toMatchObject({ streamName: stream, expectedVersion: expected, actualVersion: 1n });
      expect(await readIds(underTest().client.readStream(stream))).toEqual(idsOf(before));
    });

    it('at a revision of a stream that is not there says so', async () => {
      expect(await errorOf(append(newStream(), event(), 0n))).toMatchObject({ type: 'wrong-expected-version', actualVersion: 'no_stream' });
    });

    it('to a stream that must exist is refused when it does not, and taken when it does', async () => {
      const stream = newStream();
      expect(await errorOf(append(stream, event(), STREAM_EXISTS))).toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: STREAM_EXISTS,
        actualVersion: 'no_stream',
      });
      await append(stream, event(), NO_STREAM);
      expect(await append(stream, event(), STREAM_EXISTS)).toMatchObject({ nextExpectedRevision: 1n });
    });

    it('repeated at the same revision answers as the first time, however much came after', async () => {
      const stream = newStream();
      const [first, second] = [events(2), events(2)];
      const firstAnswer = await append(stream, first, NO_STREAM);
      const secondAnswer = await append(stream, second, 1n);
      await append(stream, events(3), 3n);
      expect(await append(stream, first, NO_STREAM)).toEqual(firstAnswer);
      expect(await append(stream, second, 1n)).toEqual(secondAnswer);
      expect(await readIds(underTest().client.readStream(stream))).toHaveLength(7);
    });

    it('repeated with any answers as the first time', async () => {
      const stream = newStream();
      const given = events(2);
      const answer = await append(stream, given, ANY);
      await append(stream, event(), ANY);
      expect(await append(stream, given, ANY)).toMatchObject({ nextExpectedRevision: answer.nextExpectedRevision });
      expect(await readIds(underTest().client.readStream(stream))).toHaveLength(3);
    });

    it('repeated in part, with something else after it, is refused', async () => {
      const stream = newStream();
      const [first] = events(1);
      await append(stream, [first as ReturnType<typeof event>, event()], NO_STREAM);
      expect(await errorOf(append(stream, [first as ReturnType<typeof event>, event()], NO_STREAM))).toMatchObject({
        type: 'wrong-expected-version',
      });
      expect(await errorOf(append(stream, [first as ReturnType<typeof event>, event()], ANY))).toMatchObject({
        type: 'wrong-expected-version',
      });
    });

    it('repeated where the stream is now is written again: ids are compared only behind the end', async () => {
      const stream = newStream();
      const given = event();
      await append(stream, given, NO_STREAM);
      expect(await append(stream, given, 0n)).toMatchObject({ nextExpectedRevision: 1n });
      expect(await readIds(underTest().client.readStream(stream))).toEqual([given.id, given.id]);
    });

    it('of the same ids to another stream is an append of its own', async () => {
      const given = event();
      await append(newStream(), given, ANY);
      expect(await append(newStream(), given, ANY)).toMatchObject({ nextExpectedRevision: 0n });
    });

    it('gives back text, bytes, metadata and the time', async () => {
      const stream = newStream();
      const text = jsonEvent({ type: 'Textü', data: { text: 'ü€😀\u0000' }, metadata: { $causationId: 'd', n: 1 } });
      const bytes = binaryEvent({ type: 'Bytes', data: Buffer.from([0, 255, 1, 128]), metadata: Buffer.from([7, 0]) });
      await append(stream, [text, bytes], NO_STREAM);
      const [first, second] = (await collect(underTest().client.readStream(stream))).map((one) => one.event);
      expect(first).toMatchObject({ type: 'Textü', isJson: true, data: { text: 'ü€😀\u0000' }, metadata: { $causationId: 'd', n: 1 } });
      expect(Math.abs((first?.created.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
      expect(second).toMatchObject({ type: 'Bytes', isJson: false });
      expect([...(second?.data as Uint8Array)]).toEqual([0, 255, 1, 128]);
      expect([...(second?.metadata as Uint8Array)]).toEqual([7, 0]);
    });

    it('that is larger than the server takes says how much it takes, and leaves nothing', async () => {
      const stream = newStream();
      const large = jsonEvent({ type: 'Large', data: { text: 'x'.repeat(700_000) } });
      const refused = await errorOf(append(stream, [large, { ...large, id: randomUUID() }], NO_STREAM));
      expect(refused).toMatchObject({ type: 'maximum-append-size-exceeded' });
      expect(await append(stream, large, NO_STREAM)).toMatchObject({ nextExpectedRevision: 0n });
    });

    it('of nothing goes well', async () => {
      expect(await append(newStream(), [], ANY)).toMatchObject({ success: true });
    });
  });

  describe('batch appends', () => {
    it('under way at the same time get each its own answer', async () => {
      const { client } = underTest();
      const streams = Array.from({ length: 60 }, () => newStream());
      const answers = await Promise.all(
        streams.map((stream, n) => client.appendToStream(stream, events((n % 5) + 1), { expectedRevision: NO_STREAM })),
      );
      expect(answers.map((answer) => answer.nextExpectedRevision)).toEqual(streams.map((_, n) => BigInt(n % 5)));
    });

    it('of which one is refused leave the others alone', async () => {
      const { client } = underTest();
      const stream = newStream();
      await client.appendToStream(stream, event());
      const outcomes = await Promise.allSettled([
        client.appendToStream(stream, event(), { expectedRevision: NO_STREAM }),
        client.appendToStream(newStream(), event()),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    });

    it('in several chunks are one append', async () => {
      const { client } = underTest();
      const stream = newStream();
      const given = events(40);
      await client.appendToStream(stream, given, { expectedRevision: NO_STREAM, batchAppendSize: 500 });
      expect(await readIds(client.readStream(stream))).toEqual(idsOf(given));
      expect(await errorOf(client.appendToStream(stream, events(40), { expectedRevision: NO_STREAM, batchAppendSize: 500 }))).toMatchObject(
        {
          type: 'wrong-expected-version',
        },
      );
    });

    it('that race for one revision have one winner', async () => {
      const { client } = underTest();
      const stream = newStream();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, () => client.appendToStream(stream, event(), { expectedRevision: NO_STREAM })),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });
}
