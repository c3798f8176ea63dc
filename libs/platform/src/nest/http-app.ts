import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import cookie from '@fastify/cookie';
import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '@tocsin/domain';
import type { FastifyReply } from 'fastify';
import type { Logger } from '../logging';
import { Metrics } from '../metrics';
import type { SecretBox } from '../secrets';
import type { Tracing } from '../tracing/tracing';
import { ApiDescriptionController } from './api-description.controller';
import { answerWithin } from './answer-timeout';
import { boundAnswers, MAX_ANSWER_BYTES } from './answers-in-flight';
import { boundArrivals, MAX_ARRIVING } from './arrivals';
import { AuthGuard } from './auth-guard';
import { Authenticator } from './authenticator';
import type { CredentialDirectory } from './authenticator';
import { registerBodyParsers } from './body-parsers';
import { closeWhenDrained } from './drain';
import { addEdgeHooks, newRequestId, tidyUrl } from './edge-hooks';
import { ABOUT, HealthController, WAITING } from './health.controller';
import type { Waiting } from './health.controller';
import { measureRequests } from './http-metrics';
import { traceRequests } from './http-tracing';
import { KnownRoutes } from './known-routes';
import type { KnownRoute } from './known-routes';
import { sendListsInPieces } from './lists-in-pieces';
import { NestLog } from './nest-log';
import { refuseWhenOverloaded, usualLimits } from './overload';
import type { OverloadLimits } from './overload';
import { ProblemFilter } from './problem-filter';
import { answerUnreadable, answerUnroutable } from './unrouted';
import { BodyValidation } from './validation';

export interface HttpAppOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Without it no request is traced. */
  readonly tracing?: Tracing;
  readonly secrets: SecretBox;
  readonly credentials: CredentialDirectory;
  /** What readiness waits for. */
  readonly waiting?: Waiting;
  /** What readiness tells beside that it is ready. */
  readonly about?: Readonly<Record<string, unknown>>;
  readonly publicUrl?: string;
  /** Addresses of proxies whose `x-forwarded-for` is believed; nobody's unless told. */
  readonly trustProxy?: boolean | string | readonly string[];
  readonly bodyLimitBytes?: number;
  /** For the whole request to arrive. */
  readonly receiveTimeoutMs?: number;
  /** For its answer. */
  readonly answerTimeoutMs?: number;
  readonly overload?: Partial<OverloadLimits>;
  /** Requests whose body is on its way, at one time. */
  readonly maxArriving?: number;
  /** Bytes of answers that have not been read yet. */
  readonly maxAnswerBytes?: number;
  /** For answers that are on their way when it stops. */
  readonly drainMs?: number;
}

const BODY_LIMIT_BYTES = 512 * 1024;
const RECEIVE_TIMEOUT_MS = 30_000;
const ANSWER_TIMEOUT_MS = 30_000;
/** What is too slow to arrive is looked for this often. */
const ARRIVAL_CHECK_MS = 5_000;
const DRAIN_MS = 10_000;
/** Longer than the minute after which load balancers usually drop a connection, so that it is never we who do it first. */
const KEEP_ALIVE_MS = 72_000;
/** Who waits for the end of one answer: our own hooks, and Nest and Fastify when it is a stream. Node.js takes more than ten for a leak. */
const MOST_LISTENERS = 20;
/** Signed tokens stand in the path. */
const LONGEST_PARAMETER = 2_048;

const knownRoutes = new WeakMap<NestFastifyApplication, KnownRoutes>();

/** Nothing happens until `listen`: message transports can still be connected. */
export const createHttpApp = async (module: Type | DynamicModule, options: HttpAppOptions): Promise<NestFastifyApplication> => {
  const { log, metrics, clock, secrets, publicUrl, tracing, trustProxy = false } = options;
  const receiveTimeoutMs = options.receiveTimeoutMs ?? RECEIVE_TIMEOUT_MS;
  const adapter = new FastifyAdapter({
    trustProxy: typeof trustProxy === 'object' ? [...trustProxy] : trustProxy,
    bodyLimit: options.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    requestTimeout: receiveTimeoutMs,
    http: { connectionsCheckingInterval: ARRIVAL_CHECK_MS },
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestIdHeader: false,
    genReqId: newRequestId,
    // While stopping, requests on open connections are still answered, and the connections closed after.
    return503OnClosing: false,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerUnreadable,
    rewriteUrl: (request: IncomingMessage) => tidyUrl(request.url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: LONGEST_PARAMETER },
  });
  const fastify = adapter.getInstance();
  const routes = new KnownRoutes();
  routes.watch(fastify);
  fastify.addHook('onRequest', (_request, { raw }, done) => {
    raw.setMaxListeners(MOST_LISTENERS);
    done();
  });
  closeWhenDrained(fastify, options.drainMs ?? DRAIN_MS);
  sendListsInPieces(fastify);
  // Before the headers are set: what it refuses has them as well.
  boundAnswers(fastify, options.maxAnswerBytes ?? MAX_ANSWER_BYTES);
  addEdgeHooks(fastify, { publicUrl });
  answerWithin(fastify, options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS);
  measureRequests(fastify, metrics, log, tracing === undefined ? undefined : traceRequests(fastify, tracing));
  refuseWhenOverloaded(fastify, { ...usualLimits, ...options.overload });
  boundArrivals(fastify, { maxArriving: options.maxArriving ?? MAX_ARRIVING, withinMs: receiveTimeoutMs });

  const app = await NestFactory.create<NestFastifyApplication>(
    withHealth(module, metrics, options.waiting ?? (() => ({})), options.about ?? {}),
    adapter,
    {
      logger: new NestLog(log),
      bodyParser: false,
      abortOnError: false,
    },
  );
  registerBodyParsers(fastify);
  await app.register(cookie);
  app.useGlobalFilters(new ProblemFilter(log, routes));
  app.useGlobalPipes(new BodyValidation());
  app.useGlobalGuards(new AuthGuard({ authenticator: new Authenticator(options.credentials, clock), secrets, clock, publicUrl }));
  knownRoutes.set(app, routes);
  return app;
};

/** Every route that is served; complete once the app listens. */
export const routesOf = (app: NestFastifyApplication): readonly KnownRoute[] => knownRoutes.get(app)?.list() ?? [];

/** For what was created: 201 and where it is. */
export const created = (reply: FastifyReply, path: string): void => void reply.status(201).header('location', path);

@Module({})
class Edge {}

const withHealth = (
  module: Type | DynamicModule,
  metrics: Metrics,
  waiting: Waiting,
  about: Readonly<Record<string, unknown>>,
): DynamicModule => ({
  module: Edge,
  imports: [module],
  controllers: [HealthController, ApiDescriptionController],
  providers: [
    { provide: Metrics, useValue: metrics },
    { provide: WAITING, useValue: waiting },
    { provide: ABOUT, useValue: about },
  ],
});
