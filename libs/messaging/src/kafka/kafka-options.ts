/** Where the brokers are and how to be let in; what topics are made like; how long things may take. */
export interface KafkaOptions {
  /** `host:port`, several for the first contact. */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs and quotas. Default `tocsin`. */
  readonly clientId?: string;
  /** Given: connections are encrypted. Without `ca` the machine's own authorities count; `cert` and `key` for mutual TLS. All PEM. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Stands before the name of each topic and group on the brokers; default none. */
  readonly topicPrefix?: string;
  /** Of a topic that is not compacted, when it is made. Default 12. */
  readonly partitions?: number;
  /** Of a topic when it is made. Default three, or as many as there are brokers. */
  readonly replicationFactor?: number;
  /** Until `publish` answers with a fault. Default 5 s. */
  readonly publishTimeoutMs?: number;
  /**
   * How long a broker may take over one request before it is sent again. Shorter finds a dead broker sooner, and repeats
   * more while one is merely slow. Default 10 s.
   */
  readonly requestTimeoutMs?: number;
  /** After how long without a sign of life a member's partitions go to another. Default 10 s. */
  readonly sessionTimeoutMs?: number;
  /** Of one message with its headers, and of what is sent together. Default 1 000 000; brokers take 1 048 588. */
  readonly largestMessageBytes?: number;
  /** `error` means that a person must look. */
  readonly log?: KafkaLog;
}

export type KafkaLog = (level: 'debug' | 'warn' | 'error', fields: Readonly<Record<string, unknown>>, message: string) => void;
