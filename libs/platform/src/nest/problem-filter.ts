import { Catch, HttpException, NotFoundException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logging';
import type { KnownRoutes } from './known-routes';
import { answerFor, problem, ProblemException } from './problem';

/** Turns whatever is thrown into the one shape of an error answer, and says in the log what a person must look at. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Logger,
    private readonly routes: KnownRoutes,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = answerFor(this.ofTheEdge(error, request) ?? error);
    // The route's pattern, never the URL: that may hold a key.
    const fields = { requestId: request.id, method: request.method, route: request.routeOptions.url, code: answer.problem.code };
    if (answer.kind === 'bug') this.log.error({ ...fields, err: error }, 'request failed');
    else if (answer.kind === 'fault') this.log.warn({ ...fields, err: error }, 'request not possible now');
    else this.log.debug(fields, 'request refused');
    if (reply.sent) return;
    for (const [name, value] of Object.entries(answer.headers)) void reply.header(name, value);
    reply.removeHeader('content-type');
    void reply.status(answer.problem.status).send(answer.problem);
  }

  /** What Fastify refuses by itself, said with what would be right. */
  private ofTheEdge(error: unknown, request: FastifyRequest): Error | undefined {
    if (request.is404 && error instanceof NotFoundException) return this.noSuchRoute(request);
    if (error instanceof HttpException && error.getStatus() === 413)
      return problem(413, 'PAYLOAD_TOO_LARGE', `the body may have at most ${request.routeOptions.bodyLimit} bytes`);
    return undefined;
  }

  private noSuchRoute(request: FastifyRequest): Error {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = this.routes.methodsFor(path);
    if (allowed.length === 0) return problem(404, 'NOT_FOUND', `there is no ${request.method} ${path}`);
    const message = `${request.method} is not possible here, but ${allowed.join(', ')}`;
    return new ProblemException({ status: 405, message, code: 'METHOD_NOT_ALLOWED' }, { allow: allowed.join(', ') });
  }
}
