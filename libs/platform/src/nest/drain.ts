import type { FastifyInstance } from 'fastify';

/** For what has been sent to us and not been read yet. */
const GRACE_MS = 250;

/**
 * While stopping, what has begun is answered, also to clients that are slow, but not for longer than a stop may take; then
 * every connection is closed. Node would wait for those that a client keeps open for later, and a minute for those that were
 * opened ahead and never used.
 */
export const closeWhenDrained = (fastify: FastifyInstance, withinMs: number): void => {
  let inFlight = 0;
  let closing = false;
  let grace: NodeJS.Timeout | undefined;
  let cutOff: NodeJS.Timeout | undefined;

  const closeIfDrained = (): void => {
    clearTimeout(grace);
    if (closing && inFlight === 0) grace = setTimeout(() => fastify.server.closeAllConnections(), GRACE_MS);
  };

  fastify.addHook('onRequest', (_request, reply, done) => {
    inFlight++;
    // Fires also when the client goes away.
    reply.raw.once('close', () => {
      inFlight--;
      closeIfDrained();
    });
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('preClose', (done) => {
    closing = true;
    cutOff = setTimeout(() => fastify.server.closeAllConnections(), withinMs);
    closeIfDrained();
    done();
  });
  fastify.addHook('onClose', (_instance, done) => {
    clearTimeout(grace);
    clearTimeout(cutOff);
    done();
  });
};
