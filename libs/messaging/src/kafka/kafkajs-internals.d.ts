declare module 'kafkajs/src/network/requestQueue' {
  class RequestQueue {
    constructor(options: object);
    pending: unknown[];
    inflight: Map<number, unknown>;
    requestTimeoutIntervalId: NodeJS.Timeout | undefined;
    scheduleRequestTimeoutCheck(): void;
    push(request: object): void;
    fulfillRequest(answer: { readonly correlationId: number }): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
  export = RequestQueue;
}

declare module 'kafkajs/src/network/connection' {
  import type { Socket } from 'node:net';
  import type RequestQueue from 'kafkajs/src/network/requestQueue';

  class Connection {
    constructor(options: object);
    chunks: Buffer[];
    bytesBuffered: number;
    bytesNeeded: number;
    socket: Socket | undefined;
    requestQueue: RequestQueue;
    isConnected(): boolean;
    connect(): Promise<unknown>;
    disconnect(): Promise<unknown>;
    processData(chunk: Buffer): void;
    rejectRequests(error: Error): void;
  }
  export = Connection;
}

declare module 'kafkajs/src/consumer/consumerGroup' {
  class ConsumerGroup {
    assigners: object[];
    maxWaitTime: number;
    joinAndSync(): Promise<void>;
    getNodeIds(): readonly string[];
    fetch(nodeId: string): Promise<readonly object[]>;
  }
  export = ConsumerGroup;
}

declare module 'kafkajs/src/cluster' {
  class Cluster {
    metadata(options?: object): Promise<object | null>;
  }
  export = Cluster;
}

declare module 'kafkajs/src/cluster/brokerPool' {
  class BrokerPool {
    withBroker(callback: (found: object) => Promise<unknown>): Promise<unknown>;
  }
  export = BrokerPool;
}

declare module 'kafkajs/src/protocol/encoder' {
  class Encoder {
    writeInt8(value: number): this;
    writeBoolean(value: boolean): this;
    writeUVarInt(value: number): this;
    writeUVarIntString(value: string): this;
    writeBufferInternal(buffer: Buffer): void;
  }
  export = Encoder;
}

declare module 'kafkajs/src/protocol/decoder' {
  class Decoder {
    constructor(buffer: Buffer);
    readInt16(): number;
    readInt32(): number;
    readUVarInt(): number;
    readUVarIntString(): string | null;
    readTaggedFields(): object | null;
    readBytes(length: number): Buffer;
  }
  export = Decoder;
}
