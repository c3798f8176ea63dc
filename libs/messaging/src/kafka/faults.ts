import { KafkaJSError } from 'kafkajs';
import { MessageBusFault } from '../message-bus';

/** What a broker will say again however often it is asked: our mistake or a topic that is not what it should be. */
const ours = new Set([
  ...['INVALID_RECORD', 'INVALID_TOPIC_EXCEPTION', 'INVALID_CONFIG', 'INVALID_PARTITIONS', 'INVALID_REQUEST', 'UNSUPPORTED_VERSION'],
  ...['KafkaJSNotImplemented', 'KafkaJSInvariantViolation', 'KafkaJSServerDoesNotSupportApiKey'],
]);
const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
/** kafkajs's word, in an error without a class, for a broker that went away between finding and asking it. */
const NOT_CONNECTED = 'Broker not connected';
const timeouts = new Set(['KafkaJSRequestTimeoutError', 'REQUEST_TIMED_OUT']);

/**
 * The port's fault for an error of kafkajs, or the error itself when it is a bug. Refused credentials count as
 * unavailable: whoever operates the brokers changes that, and nothing of ours has to be started again for it.
 */
export function faultOf(error: unknown): unknown {
  if (error instanceof MessageBusFault) return error;
  const origin = originOf(error);
  if (origin instanceof Error && origin.message === NOT_CONNECTED) return new MessageBusFault('unavailable', true, { cause: error });
  if (!(origin instanceof KafkaJSError)) return error;
  const kinds = [origin.name, ...('type' in origin && typeof origin.type === 'string' ? [origin.type] : [])];
  if (kinds.some((kind) => tooLarge.has(kind))) return new MessageBusFault('too-large', false, { cause: error });
  if (kinds.some((kind) => ours.has(kind))) return error;
  return new MessageBusFault(kinds.some((kind) => timeouts.has(kind)) ? 'timeout' : 'unavailable', true, { cause: error });
}

/** kafkajs wraps an error whenever it gives up repeating. */
function originOf(error: unknown): unknown {
  if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return originOf(error.errors[0]);
  if (error instanceof KafkaJSError && error.cause instanceof Error) return originOf(error.cause);
  return error;
}
