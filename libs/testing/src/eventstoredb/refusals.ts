import { Metadata, status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import { LogFault } from '@tocsin/embedded-log';

/** A gRPC error with the trailers from which clients make their error classes. */
export class Refusal extends Error implements StatusObject {
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    readonly details: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    this.name = 'Refusal';
    for (const [key, value] of Object.entries(trailers)) this.metadata.set(key, asAscii(value));
  }
}

/** gRPC metadata is ASCII; a stream's name need not be. */
const asAscii = (value: string): string => (/^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value));

export const invalid = (details: string): Refusal => new Refusal(status.INVALID_ARGUMENT, details);

export const streamDeleted = (stream: string): Refusal =>
  new Refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });

export const wrongExpectedVersion = (stream: string, expected: string, actual: number): Refusal =>
  new Refusal(status.FAILED_PRECONDITION, `Operation failed due to WrongExpectedVersion. Stream: ${stream}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': expected,
    'actual-version': String(actual),
  });

export const appendTooLarge = (most: number): Refusal =>
  new Refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${most} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(most),
  });

export const metadataMissing = (...names: string[]): Refusal =>
  new Refusal(status.INVALID_ARGUMENT, `Required Metadata Property ${names.join(', ')} is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': names.join(','),
  });

export const accessDenied = (): Refusal => new Refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const notLeader = (host: string, port: number): Refusal =>
  new Refusal(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const unavailable = (details: string): Refusal => new Refusal(status.UNAVAILABLE, details);

/** What goes back for something that was thrown. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof LogFault)
    return error.reason === 'timeout' ? new Refusal(status.ABORTED, 'Operation timed out') : unavailable(error.message);
  return new Refusal(status.UNKNOWN, error instanceof Error ? error.message : String(error));
}
