import replyFrom from '@fastify/reply-from';
import Fastify from 'fastify';

const BODY_LIMIT_BYTES = 1024 * 1024;
const TRIES_EACH = 2;
const AGAIN_AFTER_MS = 50;
const READY_WITHIN_MS = 3_000;

/**
 * One address for all services, as an Ingress gives it in Kubernetes: routes by the path table, to the replicas in turn. A
 * replica that takes no connection has seen nothing of a request, so the next one gets it.
 *
 * @param {object} options
 * @param {string} options.host
 * @param {number} options.port
 * @param {readonly string[]} options.services
 * @param {(path: string) => string} options.serviceOf The path table.
 * @param {(service: string) => readonly string[]} options.replicasOf URLs, as they are at the moment.
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function startFrontDoor({ host, port, services, serviceOf, replicasOf }) {
  const app = Fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  await app.register(replyFrom, { disableRequestLogging: true, undici: { connections: 256, headersTimeout: 35_000, bodyTimeout: 35_000 } });
  // Bodies pass as they come, and whole: what one replica did not take another must still get.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const turns = new Map();
  const next = (service) => {
    const replicas = replicasOf(service);
    const turn = turns.get(service) ?? 0;
    turns.set(service, turn + 1);
    return replicas[turn % replicas.length];
  };
  const forward = (request, reply, service, triesLeft) => {
    const replica = next(service);
    if (replica === undefined) return unavailable(reply, service);
    return reply.from(`${replica}${request.url}`, {
      rewriteRequestHeaders: (_request, headers) => ({
        ...headers,
        host: request.headers.host,
        'x-forwarded-for': request.ip,
        'x-forwarded-host': request.headers.host,
        'x-forwarded-proto': 'http',
      }),
      ...(request.body === undefined ? {} : { body: request.body, contentType: request.headers['content-type'] }),
      retriesCount: 0,
      onError: (failed, { error }) => {
        if (triesLeft === 0 || !mayTryAgain(request.method, error)) return unavailable(failed, service);
        setTimeout(() => forward(request, failed, service, triesLeft - 1), AGAIN_AFTER_MS);
      },
    });
  };

  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const checks = services.map(async (check) => ({ check, message: await waitsFor(replicasOf(check)) }));
    const details = (await Promise.all(checks)).filter(({ message }) => message !== undefined);
    if (details.length === 0) return { status: 'ready' };
    const message = `waits for ${details.map(({ check }) => check).join(', ')}`;
    return reply.status(503).send({ status: 503, message, code: 'NOT_READY', details });
  });
  app.all('/*', (request, reply) => {
    const service = serviceOf(request.url.replace(/[?#].*$/, ''));
    return forward(request, reply, service, TRIES_EACH * Math.max(1, replicasOf(service).length));
  });
  const url = await app.listen({ host, port });
  return { url, close: () => app.close() };
}

/** Whether nothing has come of the request: nobody took the connection, or it only asks and the connection broke. */
const mayTryAgain = (method, error) =>
  // The library keeps of this error its message only.
  error.message.includes('ECONNREFUSED') ||
  (['GET', 'HEAD'].includes(method) && ['ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'].includes(error.code));

const unavailable = (reply, service) =>
  reply
    .status(503)
    .header('retry-after', '1')
    .send({ status: 503, message: `no replica of ${service} answers; try again`, code: 'UNAVAILABLE' });

/** Undefined when at least one replica is ready. */
async function waitsFor(replicas) {
  const answers = await Promise.all(replicas.map(readiness));
  return answers.length === 0 || !answers.includes(undefined) ? (answers[0] ?? 'a replica') : undefined;
}

async function readiness(url) {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(READY_WITHIN_MS) });
    return response.ok ? undefined : (await response.json()).message;
  } catch (error) {
    return `an answer (${error.name})`;
  }
}
