import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { problem } from './problem';

export interface OverloadLimits {
  /** Requests that have arrived in full and are being answered, at one time. */
  readonly maxInFlight: number;
  /** How long one turn of the event loop may take before requests are refused. */
  readonly maxTurnMs: number;
}

export const usualLimits: OverloadLimits = { maxInFlight: 2_000, maxTurnMs: 1_000 };

const TELLS_FOR_MS = 2_000;

/** An orchestrator that cannot see a busy process would end it. */
const ALWAYS_ANSWERED = /^\/(?:health\/|metrics(?:$|\?))/;

/**
 * Refuses with 503 before anything is read when more is in flight than can be answered in time. The event loop is timed
 * only while requests come in, so that an idle process stays idle.
 */
export const refuseWhenOverloaded = (fastify: FastifyInstance, limits: OverloadLimits): void => {
  const answering = new Set<ServerResponse>();
  let timing = false;
  let lastTurnMs = 0;
  let timedAt = 0;

  const timeTurn = (): void => {
    timing = true;
    setImmediate(() => {
      const start = performance.now();
      // From one check phase to the next lies exactly one turn.
      setImmediate(() => {
        timedAt = performance.now();
        lastTurnMs = timedAt - start;
        timing = false;
      });
    });
  };

  /** A turn that was slow long ago says nothing of now, and who is alone is not helped by being sent away. */
  const isSlow = (): boolean => lastTurnMs > limits.maxTurnMs && answering.size > 0 && performance.now() - timedAt < TELLS_FOR_MS;

  fastify.addHook('onRequest', (request, reply, done) => {
    const tooMany = answering.size >= limits.maxInFlight || isSlow();
    if (!timing) timeTurn();
    if (tooMany && !ALWAYS_ANSWERED.test(request.url)) {
      void reply.header('retry-after', '1').header('connection', 'close');
      done(problem(503, 'OVERLOADED', 'too many requests at the moment; try again'));
      return;
    }
    done();
  });
  // The first that comes after the body: who sends one and never ends it takes nobody's place.
  fastify.addHook('preValidation', (_request, { raw }, done) => {
    if (!raw.closed) {
      answering.add(raw);
      // Fires also when the client goes away.
      raw.once('close', () => answering.delete(raw));
    }
    done();
  });
};
