import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Problem } from './problem';

const TOO_LATE: Problem = { status: 503, message: 'this could not be answered in time; try again', code: 'UNAVAILABLE' };
/** Two kilobytes a second, with the usual time: less than any line carries on which somebody still waits. */
const LEAST_BYTES = 65_536;

/**
 * No request waits for its answer longer than this, counted from when it has arrived; and no answer waits for a client that
 * does not read it: one that goes on too slowly is cut off. Fastify's own `handlerTimeout` aborts a signal at the end of
 * every request, whether or not anybody listens: a fifth of the time that taking an event needs.
 */
export const answerWithin = (fastify: FastifyInstance, timeoutMs: number): void => {
  fastify.addHook('preValidation', (_request, reply, done) => {
    const { raw } = reply;
    let readBefore: number | undefined;
    const look = (): void => {
      if (!raw.headersSent) {
        if (!reply.sent) void reply.status(TOO_LATE.status).header('retry-after', '1').send(TOO_LATE);
      } else {
        // An answer that has begun cannot become another one.
        const read = takenBySystem(raw);
        if (readBefore !== undefined && read - readBefore < LEAST_BYTES) return void raw.destroy();
        readBefore = read;
      }
      timer = setTimeout(look, timeoutMs);
    };
    let timer = setTimeout(look, timeoutMs);
    raw.once('close', () => clearTimeout(timer));
    done();
  });
};

/** What has left the process: as far as can be seen from here, what was read. */
const takenBySystem = ({ socket }: ServerResponse): number => (socket === null ? 0 : socket.bytesWritten - socket.writableLength);
