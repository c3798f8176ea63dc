import type { EventStoreDBClient } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb';

type ReadCall = ReturnType<StreamsClient['read']>;
type AppendCall = ReturnType<StreamsClient['batchAppend']>;

/** What the client has for its own calls: its connection to the leader, made anew after a failure, and its credentials. */
export interface InsideClient {
  getGRPCClient(client: typeof StreamsClient, name: string): Promise<StreamsClient>;
  /** Leaves a connection that failed, or a node that does not lead. */
  handleError(client: StreamsClient, error: Error): Promise<void>;
  GRPCStreamCreator(client: typeof StreamsClient, name: string, make: (client: StreamsClient) => AppendCall): () => Promise<AppendCall>;
  callArguments(options: { requiresLeader: boolean }, call: { deadline: number }): Parameters<StreamsClient['batchAppend']>;
  /** Ended when the client is. */
  readonly disposableStreams: Set<ReadCall>;
}

export const insideOf = (client: EventStoreDBClient): InsideClient => client as unknown as InsideClient;
