import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Span, Tracing } from '../tracing/tracing';

/** Asked for all the time, by machines. */
const untraced = /^\/(health|metrics)(\/|\?|$)/;

/**
 * Each request as a span, in the trace of its `traceparent` when it has one. Named by the route's pattern: a URL may hold a
 * key. Gives the id of a request's trace.
 */
export const traceRequests = (fastify: FastifyInstance, tracing: Tracing): ((request: FastifyRequest) => string | undefined) => {
  const spans = new WeakMap<FastifyRequest, Span>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method, headers } = request;
    const parent = headers['traceparent'];
    if (!untraced.test(request.url)) {
      const attributes = { 'http.request.method': method, 'tocsin.request': request.id };
      spans.set(request, tracing.begin({ name: method, kind: 'server', attributes }, typeof parent === 'string' ? parent : undefined));
    }
    done();
  });
  // Not earlier: reading the body continues from the connection, which knows nothing of the request.
  fastify.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else span.run(done);
  });
  fastify.addHook('onResponse', (request, { statusCode }, done) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    spans.get(request)?.end({
      name: `${request.method} ${route}`,
      attributes: { 'http.route': route, 'http.response.status_code': statusCode },
      failed: statusCode >= 500,
    });
    done();
  });
  return (request) => spans.get(request)?.traceId;
};
