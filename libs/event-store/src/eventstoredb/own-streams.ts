import type { RecordedWireEvent } from './client';

/** Streams of the adapter's own, which nobody is shown. The server lets anybody write to streams without a leading `$`. */
const OWN = '_tocsin-';
export const DELETED_STREAMS = `${OWN}deleted`;
export const checkpointStream = (processor: string): string => `${OWN}checkpoint-${processor}`;

/**
 * The last event of a stream that was deleted. It moves the stream on, so that a writer who still has the old revision in
 * hand is refused, and it is what scavenging leaves of the stream: nothing.
 */
export const END_OF_STREAM = '$tocsin-deleted';

/** Whether an event is one of ours: not the server's own, and not the adapter's. */
export const isOurs = ({ stream, type }: RecordedWireEvent): boolean =>
  !stream.startsWith('$') && !stream.startsWith(OWN) && !type.startsWith('$');
