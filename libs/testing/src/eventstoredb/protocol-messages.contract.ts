import { randomUUID } from 'node:crypto';
import { credentials } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { Empty as GoogleEmpty } from 'google-protobuf/google/protobuf/empty_pb';
import { Empty, UUID } from '@eventstore/db-client/generated/shared_pb';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { AppendReq, BatchAppendReq, ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { BatchAppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { identifierOf, idOf } from './messages';
import { event, events, idsOf, newStream } from './under-test.contract';
import type { UnderTest } from './under-test.contract';

/** What the client never says, or not in every way, but others may. */
export function messageCases(underTest: () => UnderTest): void {
  let raw: StreamsClient;
  beforeAll(() => {
    const { url } = underTest();
    const [, address] = /^esdb:\/\/(?:[^@]+@)?([^/?]+)/.exec(url) ?? [];
    raw = new StreamsClient(address ?? '', url.includes('tls=false') ? credentials.createInsecure() : credentials.createSsl());
  });
  afterAll(() => raw.close());

  const reading = (change: (options: ReadReq.Options) => void): ReadReq => {
    const options = new ReadReq.Options();
    const all = new ReadReq.Options.AllOptions();
    all.setStart(new Empty());
    options.setAll(all);
    options.setCount('1000000');
    options.setNoFilter(new Empty());
    options.setUuidOption(new ReadReq.Options.UUIDOption().setString(new Empty()));
    change(options);
    return new ReadReq().setOptions(options);
  };
  const read = (request: ReadReq): Promise<ReadResp[]> =>
    new Promise((resolve, reject) => {
      const answers: ReadResp[] = [];
      raw
        .read(request)
        .on('data', (answer: ReadResp) => answers.push(answer))
        .on('error', reject)
        .on('end', () => resolve(answers));
    });
  const idsIn = (answers: readonly ReadResp[]): string[] => answers.map((answer) => idOf(answer.getEvent()?.getEvent()?.getId()));
  const filterBy = (kind: 'stream' | 'type', change: (expression: ReadReq.Options.FilterOptions.Expression) => void) => {
    const expression = new ReadReq.Options.FilterOptions.Expression();
    change(expression);
    const filter = new ReadReq.Options.FilterOptions();
    if (kind === 'stream') filter.setStreamIdentifier(expression);
    else filter.setEventType(expression);
    filter.setMax(100);
    filter.setCheckpointintervalmultiplier(1);
    return filter;
  };

  describe('everything that is read with a filter', () => {
    const stream = newStream('filtered');
    const type = `T${stream.replaceAll('-', '')}`;
    const given = events(3).map((one, n) => (n === 1 ? { ...one, type } : one));
    beforeAll(async () => {
      for (const one of given) {
        await underTest().client.appendToStream(stream, one);
        await underTest().client.appendToStream(newStream('other'), event());
      }
    });

    it('comes forwards by prefix, and the count is of what matches', async () => {
      const byPrefix = (count: string) =>
        reading((options) => options.setFilter(filterBy('stream', (expression) => expression.setPrefixList([stream]))).setCount(count));
      expect(idsIn(await read(byPrefix('1000')))).toEqual(idsOf(given));
      expect(idsIn(await read(byPrefix('2')))).toEqual(idsOf(given).slice(0, 2));
    });

    it('comes backwards by type', async () => {
      const all = new ReadReq.Options.AllOptions();
      all.setEnd(new Empty());
      const request = reading((options) => {
        options.setAll(all).setReadDirection(ReadReq.Options.ReadDirection.BACKWARDS);
        options.setFilter(filterBy('type', (expression) => expression.setRegex(`^${type}$`))).setCount('10');
      });
      expect(idsIn(await read(request))).toEqual([given[1]?.id]);
    });
  });

  it('tells ids in two halves to who asks for them so', async () => {
    const stream = newStream();
    const one = event();
    await underTest().client.appendToStream(stream, one);
    const options = new ReadReq.Options.StreamOptions();
    options.setStreamIdentifier(identifierOf(stream));
    options.setStart(new Empty());
    const halves = new ReadReq.Options.UUIDOption().setStructured(new Empty());
    const [answer] = await read(reading((request) => request.setStream(options).setUuidOption(halves)));
    expect(answer?.getEvent()?.getEvent()?.getId()?.hasStructured()).toBe(true);
    expect(idOf(answer?.getEvent()?.getEvent()?.getId())).toBe(one.id);
  });

  it.each<[string, (options: ReadReq.Options) => void]>([
    ['a subscription backwards', (options) => options.setSubscription(new ReadReq.Options.SubscriptionOptions()).setReadDirection(1)],
    ['no way to tell ids', (options) => options.clearUuidOption()],
    ['neither a count nor a subscription', (options) => options.clearCount()],
    ['neither a filter nor none', (options) => options.clearNoFilter()],
    ['neither a stream nor all of them', (options) => options.clearAll()],
  ])('refuses a read with %s', async (_name, change) => {
    await expect(read(reading(change))).rejects.toMatchObject({ code: 3 });
  });

  it('refuses an event that has no type', async () => {
    const options = new AppendReq.Options();
    options.setStreamIdentifier(identifierOf(newStream()));
    options.setAny(new Empty());
    const message = new AppendReq.ProposedMessage();
    message.setId(new UUID().setString(randomUUID()));
    message.getMetadataMap().set('content-type', 'application/json');
    const refused = await new Promise<ServiceError | null>((resolve) => {
      const call = raw.append((error) => resolve(error));
      call.write(new AppendReq().setOptions(options));
      call.write(new AppendReq().setProposedMessage(message));
      call.end();
    });
    expect(refused?.code).toBe(3);
    expect(refused?.metadata.get('exception')).toEqual(['missing-required-metadata-property']);
    expect(refused?.metadata.get('required-metadata-properties')).toEqual(['type']);
  });

  describe('batch appends on one call', () => {
    const chunk = (correlationId: string, isFinal: boolean, ...ids: string[]): BatchAppendReq => {
      const request = new BatchAppendReq();
      request.setCorrelationId(new UUID().setString(correlationId));
      request.setIsFinal(isFinal);
      for (const id of ids) {
        const message = new BatchAppendReq.ProposedMessage();
        message.setId(new UUID().setString(id));
        message.getMetadataMap().set('type', 'Chunked').set('content-type', 'application/json');
        message.setData(Uint8Array.from(Buffer.from('{}')));
        request.addProposedMessages(message);
      }
      return request;
    };
    const to = (stream: string): BatchAppendReq.Options => {
      const options = new BatchAppendReq.Options();
      options.setStreamIdentifier(identifierOf(stream));
      options.setNoStream(new GoogleEmpty());
      return options;
    };

    it('come in chunks between each other, and all are answered before the call ends', async () => {
      const [one, other] = [newStream(), newStream()];
      const ids = Array.from({ length: 6 }, () => randomUUID());
      const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
      const call = raw.batchAppend();
      const answers: BatchAppendResp[] = [];
      const ended = new Promise((resolve, reject) => call.on('end', resolve).on('error', reject));
      call.on('data', (answer: BatchAppendResp) => answers.push(answer));
      call.write(chunk(first, false, ids[0] ?? '').setOptions(to(one)));
      call.write(chunk(second, false, ids[1] ?? '').setOptions(to(other)));
      call.write(chunk(first, false, ids[2] ?? ''));
      call.write(chunk(second, true, ids[3] ?? ''));
      call.write(chunk(first, true, ids[4] ?? ''));
      call.write(chunk(third, true, ids[5] ?? '').setOptions(to(one)));
      call.end();
      await ended;
      const byId = new Map(answers.map((answer) => [idOf(answer.getCorrelationId()), answer]));
      expect(byId.get(first)?.getSuccess()?.getCurrentRevision()).toBe('2');
      expect(byId.get(second)?.getSuccess()?.getCurrentRevision()).toBe('1');
      const refused = byId.get(third);
      expect(refused?.getError()?.getDetails()?.getTypeName()).toBe('event_store.client.WrongExpectedVersion');
      expect(Buffer.from(refused?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(one);
    });
  });
}
