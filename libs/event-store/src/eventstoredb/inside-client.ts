import { EventStoreDBClient } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';

type ReadCall = ReturnType<StreamsClient['read']>;
type AppendCall = ReturnType<StreamsClient['batchAppend']>;

/** What the client has for its own calls: its connection to the leader, made anew after a failure, and its credentials. */
export interface InsideClient {
  getGRPCClient(client: typeof StreamsClient, name: string): Promise<StreamsClient>;
  /** Leaves a connection that failed, or a node that does not lead. */
  handleError: (client: StreamsClient, error: Error) => Promise<void>;
  GRPCStreamCreator(client: typeof StreamsClient, name: string, make: (client: StreamsClient) => AppendCall): () => Promise<AppendCall>;
  callArguments(options: { requiresLeader: boolean }, call: { deadline: number }): Parameters<StreamsClient['batchAppend']>;
  /** Ended when the client is. */
  readonly disposableStreams: Set<ReadCall>;
}

export const insideOf = (client: EventStoreDBClient): InsideClient => client as unknown as InsideClient;

/**
 * A call that fails while the client looks for a node waits for what it finds, and nobody waits for that call: a search in vain would end
 * the process. Whoever wants the connection is told of it.
 */
export function clientOf(url: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(url);
  const inside = insideOf(client);
  const handle = inside.handleError;
  inside.handleError = (failed, error) => handle(failed, error).catch(() => undefined);
  return client;
}
