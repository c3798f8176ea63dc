import { EventStoreDBClient } from '@eventstore/db-client';
import { eventStoreDbProtocol } from './protocol.contract';

/** The server that `npm run test:cluster` was given or has started: where it is a real one, it says whether the cases are right. */
const url = process.env['EVENTSTORE_URL'] ?? '';

eventStoreDbProtocol('the server at EVENTSTORE_URL', async () => {
  const client = EventStoreDBClient.connectionString(url);
  return { client, url, close: () => Promise.resolve() };
});
