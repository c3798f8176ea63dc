import type { FastifyInstance } from 'fastify';
import type { Problem } from './problem';

const TOO_LATE: Problem = { status: 503, message: 'this could not be answered in time; try again', code: 'UNAVAILABLE' };

/**
 * No request waits for its answer longer than this. Fastify's own `handlerTimeout` does the same and aborts a signal at the
 * end of every request, whether or not anybody listens: a fifth of the time that taking an event needs.
 */
export const answerWithin = (fastify: FastifyInstance, timeoutMs: number): void => {
  fastify.addHook('onRequest', (_request, reply, done) => {
    const timer = setTimeout(() => {
      if (reply.sent) return;
      // An answer that has begun cannot become another one.
      if (reply.raw.headersSent) reply.raw.destroy();
      else void reply.status(TOO_LATE.status).header('retry-after', '1').send(TOO_LATE);
    }, timeoutMs);
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
};
