export type LogFaultReason = 'unavailable' | 'timeout' | 'full' | 'closed';

/** The log did not do it, or (`timeout`, `unavailable`) did not say whether it did. */
export class LogFault extends Error {
  constructor(
    readonly reason: LogFaultReason,
    readonly retriable: boolean,
    options?: ErrorOptions,
  ) {
    super(`embedded log: ${reason}`, options);
    this.name = 'LogFault';
  }
}

/** The data directory cannot be used; the message is one line for the operator. */
export class DataDirectoryRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DataDirectoryRefused';
  }
}
