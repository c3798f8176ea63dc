declare module 'kafkajs/src/network/requestQueue' {
  class RequestQueue {
    constructor(options: object);
    pending: unknown[];
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
  export = RequestQueue;
}

declare module 'kafkajs/src/consumer/consumerGroup' {
  class ConsumerGroup {
    assigners: object[];
    joinAndSync(): Promise<void>;
    getNodeIds(): readonly string[];
  }
  export = ConsumerGroup;
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
