import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';
import { newEvent, newEvents } from '../event-store.contract';
import { serve } from './store-under-test.contract';

const APPENDS = 40;

describe('appends of one process', () => {
  const shared = jest.spyOn(StreamsClient.prototype, 'batchAppend');
  const alone = jest.spyOn(StreamsClient.prototype, 'append');
  beforeEach(() => [shared, alone].forEach((call) => call.mockClear()));
  afterAll(() => [shared, alone].forEach((call) => call.mockRestore()));

  it('share a call, but for a large one', async () => {
    const store = (await serve()).store();
    await Promise.all(Array.from({ length: APPENDS }, (_, n) => store.append(`alert-${n}`, 'no_stream', newEvents(2))));
    expect([shared.mock.calls.length, alone.mock.calls.length]).toEqual([1, 0]);
    await store.append('alert-large', 'no_stream', [newEvent({ text: 'x'.repeat(300_000) })]);
    expect([shared.mock.calls.length, alone.mock.calls.length]).toEqual([1, 1]);
  });

  it('do not fail with one that is refused, or that is late', async () => {
    const served = await serve();
    const store = served.store({ tryMs: 400 });
    served.server.faults.next({ kind: 'delay', asked: 'append', delayMs: 700 });
    const late = store.append('alert-late', 'no_stream', newEvents(1));
    const others = Array.from({ length: APPENDS }, (_, n) => store.append(`alert-${n % 20}`, 'no_stream', newEvents(1)));
    const outcomes = await Promise.allSettled(others);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(20);
    expect(await late).toMatchObject({ revision: 0 });
    // The answers to its first try come when nobody waits for them any more.
    for (let n = 0; n < 20; n++) await store.append(`alert-${n}`, 0, newEvents(1));
    expect(await store.readStream('alert-late')).toHaveLength(1);
    expect(shared).toHaveBeenCalledTimes(1);
  });

  it('do not lose their call to one that had little time', async () => {
    const served = await serve();
    const store = served.store({ tryMs: 200 });
    await store.append('alert-first', 'no_stream', newEvents(1));
    served.server.faults.next({ kind: 'delay', asked: 'append', delayMs: 500 });
    expect(await store.append('alert-late', 'no_stream', newEvents(1))).toMatchObject({ revision: 0 });
    expect(shared).toHaveBeenCalledTimes(1);
  });

  it('that were under way when the call broke are made, once each', async () => {
    const served = await serve();
    const store = served.store({ tryMs: 2_000 });
    await store.append('alert-first', 'no_stream', newEvents(1));
    served.server.faults.next({ kind: 'lose-answer', asked: 'append' });
    const events = Array.from({ length: APPENDS }, () => newEvents(1));
    const answers = await Promise.all(events.map((event, n) => store.append(`alert-${n}`, 'no_stream', event)));
    expect(answers.every(({ revision }) => revision === 0)).toBe(true);
    for (let n = 0; n < APPENDS; n++) expect(await store.readStream(`alert-${n}`)).toMatchObject(events[n] as object);
  });
});
