import { isNativeError } from 'node:util/types';
import { destination as fileDescriptor, pino } from 'pino';
import { KEY_PATTERN } from './secrets';

type Fields = Readonly<Record<string, unknown>>;
type Log = (fields: Fields, message: string) => void;

/**
 * JSON lines: a constant message and fields. `error` means that a person must look. Ids only: no names, addresses,
 * numbers, keys, headers or URLs that hold a key (P11). An error goes into the field `err`.
 */
export interface Logger {
  debug: Log;
  info: Log;
  warn: Log;
  error: Log;
  fatal: Log;
  /** The same logger with fields on every line. */
  child(fields: Fields): Logger;
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** On every line. */
  readonly service?: string;
  /** Of what is being done when a line is written. */
  readonly traceId?: () => string | undefined;
  /** Where lines go; standard output unless told. */
  readonly write?: (line: string) => void;
}

/** Names under which a secret or personal datum could slip into a line; a second net under the rule above. */
const neverShown = [
  ...[
    'authorization',
    'cookie',
    'set-cookie',
    'headers',
    'password',
    'secret',
    'token',
    'key',
    'apiKey',
    'integrationKey',
    'hash',
    'cipher',
  ],
  ...['email', 'phone', 'target', 'firstName', 'lastName', 'username', 'body', 'url'],
];

const paths = neverShown.flatMap((name) => (name.includes('-') ? [`["${name}"]`, `*["${name}"]`] : [name, `*.${name}`]));

export const createLogger = ({ level, service, traceId, write }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: service === undefined ? null : { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths, censor: '[hidden]' },
      ...(traceId === undefined ? {} : { mixin: () => traceIdField(traceId()) }),
      serializers: { err: describeError },
      hooks: { streamWrite: hideKeys },
    },
    write === undefined ? fileDescriptor({ fd: 1, sync: true }) : { write },
  );

const traceIdField = (traceId: string | undefined): object => (traceId === undefined ? {} : { traceId });

/** What a stack or a message may quote. */
const hideKeys = (line: string): string => line.replaceAll(KEY_PATTERN, '[key]').replaceAll(/\b(Bearer|Basic) +[\w.~+/=-]+/gi, '$1 [key]');

const MOST_CAUSES = 5;

const describeError = (error: unknown, depth = 0): unknown => {
  if (!(error instanceof Error || isNativeError(error))) return error;
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    ...('code' in error ? { code: error.code } : {}),
    ...('reason' in error ? { reason: error.reason } : {}),
    stack,
    ...(cause === undefined || depth >= MOST_CAUSES ? {} : { cause: describeError(cause, depth + 1) }),
  };
};
