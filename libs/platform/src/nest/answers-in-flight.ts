import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { PIECE_BYTES } from './lists-in-pieces';
import type { Problem } from './problem';

/** Bytes of answers that clients have not read yet. */
export const MAX_ANSWER_BYTES = 64 * 1_024 * 1_024;

/** What tools are answered is smaller, and never refused for the sake of those who read lists. */
const ALWAYS_SENT_BYTES = 16_384;
/** What is sent in pieces holds the one being made, the one that waits and the one that the client reads; a large document is a piece. */
const IN_PIECES_BYTES = 16 * PIECE_BYTES;

const TOO_MUCH: Problem = { status: 503, message: 'too many answers are being read at the moment; try again', code: 'OVERLOADED' };

/** Refuses large answers while too much lies ready for clients that do not read it: what they hold stays bounded. */
export const boundAnswers = (fastify: FastifyInstance, maxBytes: number): void => {
  /** Those that are not gone yet, with what each may come to hold. */
  const open = new Map<ServerResponse, number>();
  const held = (): number => {
    let bytes = 0;
    for (const [raw, atLeast] of open) bytes += Math.max(atLeast, raw.writableLength);
    return bytes;
  };
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const { raw } = reply;
    const inPieces = payload instanceof Readable;
    const bytes = inPieces ? IN_PIECES_BYTES : sizeOf(payload);
    if (bytes <= ALWAYS_SENT_BYTES) return done(null, payload);
    // One alone is always sent, however large.
    if (open.size > 0 && held() + bytes > maxBytes) {
      if (inPieces) payload.destroy();
      void reply
        .status(TOO_MUCH.status)
        .header('retry-after', '1')
        .header('content-type', 'application/json')
        .removeHeader('content-length');
      return done(null, JSON.stringify(TOO_MUCH));
    }
    open.set(raw, inPieces ? bytes : 0);
    raw.once('close', () => open.delete(raw));
    done(null, payload);
  });
};

const sizeOf = (payload: unknown): number => {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  return Buffer.isBuffer(payload) ? payload.byteLength : 0;
};
