import { EventStoreDBClient } from '@eventstore/db-client';
import { eventStoreDbProtocol } from './protocol.contract';

const url = process.env['EVENTSTORE_URL'];

/** The server that `npm run test:cluster` was given: where a real one is at hand, it says whether the cases are right. */
if (url === undefined) it.skip('needs EVENTSTORE_URL', () => undefined);
else
  eventStoreDbProtocol('the server at EVENTSTORE_URL', async () => {
    const client = EventStoreDBClient.connectionString(url);
    return { client, url, close: () => Promise.resolve() };
  });
