import { newEvents } from '../event-store.contract';
import { clientOf } from './inside-client';
import { ReadCalls } from './read-calls';
import { streamFrom } from './read-requests';
import { serve } from './store-under-test.contract';

const ignore = (): void => undefined;

describe('a call whose end has come while it was paused', () => {
  it('does not keep its client from ending once it is closed', async () => {
    const served = await serve();
    await served.store().append('alert-1', 'no_stream', newEvents(3));
    const client = clientOf(served.server.url);
    const call = await new Promise<{ pause(): void; close(): void }>((resolve) => {
      const reading = new ReadCalls(client).follow(streamFrom('alert-1', 0, 10), {
        confirmed: ignore,
        event: () => {
          reading.pause();
          resolve(reading);
        },
        checkpoint: ignore,
        caughtUp: ignore,
        failed: ignore,
      });
    });
    // It has been sent its end before a later call has: they share a connection.
    await new ReadCalls(client).collect(streamFrom('alert-1', 0, 10), 5_000);
    call.close();
    await client.dispose();
  });
});
