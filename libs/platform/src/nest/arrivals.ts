import type { FastifyInstance, FastifyReply } from 'fastify';
import { problem } from './problem';
import type { ProblemException } from './problem';

export interface ArrivalLimits {
  /** Requests whose body is still on its way. */
  readonly maxArriving: number;
  /** For the whole request to arrive. */
  readonly withinMs: number;
}

/** Each may hold as much as the largest body that is taken. */
export const MAX_ARRIVING = 256;

/**
 * Bodies that are still on their way are bounded in number and in time, and count for nothing else. When there are too many,
 * the one that has been on its way longest gives way: an honest one is there in a moment, so that whoever sends many and
 * never ends them displaces himself.
 */
export const boundArrivals = (fastify: FastifyInstance, { maxArriving, withinMs }: ArrivalLimits): void => {
  /** With the time at which each is given up; a map keeps the order of insertion: oldest first. */
  const arriving = new Map<FastifyReply, number>();
  let timer: NodeJS.Timeout | undefined;

  const giveUp = (reply: FastifyReply, because: ProblemException): void => {
    arriving.delete(reply);
    if (reply.sent) return;
    const { status } = because.problem;
    // What is left of the body is not waited for.
    void reply.status(status).header('retry-after', '1').header('connection', 'close').send(because.problem);
  };

  const watch = (): void => {
    if (timer !== undefined) return;
    const [oldest] = arriving.values();
    if (oldest === undefined) return;
    timer = setTimeout(lookAtDeadlines, Math.max(1, oldest - performance.now()));
    timer.unref();
  };

  const lookAtDeadlines = (): void => {
    timer = undefined;
    const now = performance.now();
    for (const [reply, deadline] of arriving) {
      if (deadline > now) break;
      giveUp(reply, problem(408, 'REQUEST_TIMEOUT', 'the request did not arrive in time'));
    }
    watch();
  };

  fastify.addHook('onRequest', (_request, reply, done) => {
    arriving.set(reply, performance.now() + withinMs);
    reply.raw.once('close', () => arriving.delete(reply));
    if (arriving.size > maxArriving) {
      const [oldest] = arriving.keys();
      if (oldest !== undefined) giveUp(oldest, problem(503, 'OVERLOADED', 'too many requests at the moment; try again'));
    }
    watch();
    done();
  });
  // The first that comes after the body.
  fastify.addHook('preValidation', (_request, reply, done) => {
    arriving.delete(reply);
    done();
  });
};
