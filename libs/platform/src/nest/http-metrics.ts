import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../logging';
import type { Metrics } from '../metrics';

/** Time and outcome of each request, by the route's pattern: a URL may hold a key and has no bounds. */
export const measureRequests = (
  fastify: FastifyInstance,
  metrics: Metrics,
  log: Logger,
  traceIdOf: (request: FastifyRequest) => string | undefined = () => undefined,
): void => {
  const duration = metrics.histogram({
    name: 'tocsin_http_request_duration_seconds',
    help: 'Time from the start of a request to the end of its answer.',
    labels: ['method', 'route', 'status'],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const { method } = request;
    const { statusCode: status, elapsedTime } = reply;
    duration.observe({ method, route, status: String(status) }, elapsedTime / 1_000);
    const traceId = traceIdOf(request);
    const traced = traceId === undefined ? {} : { traceId };
    log.debug({ requestId: request.id, ...traced, method, route, status, ms: Math.round(elapsedTime) }, 'request answered');
    done();
  });
};
