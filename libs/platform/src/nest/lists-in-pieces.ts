import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** A list whose parts are made when they are asked for; bare, Nest would send them as lines of JSON. */
export class ListInParts<Item = unknown> {
  constructor(readonly parts: AsyncIterable<readonly Item[]>) {}
}

export const PIECE_BYTES = 65_536;
/** Up to here a list is sent as a whole: it has a length, and what goes wrong while it is made is an error answer. */
const WHOLE_UP_TO = 4 * PIECE_BYTES;

/**
 * Handlers may answer with a list in parts. A long one is made while it is read: nobody waits for it, and a client that does
 * not read it holds a piece of it.
 */
export const sendListsInPieces = (fastify: FastifyInstance): void => {
  fastify.addHook<unknown>('preSerialization', (_request, reply, payload, done) => {
    if (!(payload instanceof ListInParts)) return done(null, payload);
    wholeOrBegun(piecesOf(payload)).then(
      (made) => {
        void reply.header('content-type', 'application/json').serializer((text: string) => text);
        done(null, made);
      },
      (error: unknown) => done(error as Error),
    );
  });
};

const wholeOrBegun = async (pieces: AsyncGenerator<string>): Promise<string | Readable> => {
  let begun = '';
  while (begun.length <= WHOLE_UP_TO) {
    const { value, done } = await pieces.next();
    if (done === true) return begun;
    begun += value;
  }
  return Readable.from(goneOnWith(begun, pieces), { objectMode: false, highWaterMark: PIECE_BYTES });
};

async function* goneOnWith(begun: string, pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  yield begun;
  yield* pieces;
}

async function* piecesOf({ parts }: ListInParts): AsyncGenerator<string> {
  let text = '[';
  let separator = '';
  for await (const part of parts) {
    for (const item of part) {
      text += separator + JSON.stringify(item);
      separator = ',';
      if (text.length < PIECE_BYTES) continue;
      yield text;
      text = '';
    }
  }
  yield `${text}]`;
}
