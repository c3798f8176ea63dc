import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Clock, Role } from '@tocsin/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SecretBox } from '../secrets';
import { PUBLIC, rememberPrincipal, ROLE } from './auth.decorators';
import { Authenticator, hasRole } from './authenticator';
import type { Principal } from './authenticator';
import { problem, ProblemException } from './problem';
import { isCsrfToken, SESSION_COOKIE } from './session';

export interface AuthGuardOptions {
  readonly authenticator: Authenticator;
  readonly secrets: SecretBox;
  readonly clock: Clock;
  /** Where browsers find this: pages from there may write. */
  readonly publicUrl: string | undefined;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Those who only look on change nothing unless a route says so. */
const ROLE_TO_WRITE: Role = 'RESPONDER';

/** Every route needs somebody who may, unless it says `@Public()`. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly reflector = new Reflector();
  private readonly publicOrigin: string | undefined;

  constructor(private readonly options: AuthGuardOptions) {
    this.publicOrigin = options.publicUrl === undefined ? undefined : new URL(options.publicUrl).origin;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, route) === true) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.authenticate(request, context.switchToHttp().getResponse<FastifyReply>());
    const safe = SAFE_METHODS.has(request.method);
    if (!safe) this.refuseForgery(request, principal);
    const role = this.reflector.getAllAndOverride<Role | undefined>(ROLE, route) ?? (safe ? undefined : ROLE_TO_WRITE);
    if (role !== undefined && !hasRole(principal.role, role)) {
      throw problem(403, 'FORBIDDEN', `this needs the role ${role}; this key acts with ${principal.role}`);
    }
    rememberPrincipal(request, principal);
    return true;
  }

  private async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<Principal> {
    try {
      return await this.options.authenticator.authenticate({
        authorization: request.headers.authorization,
        sessionCookie: request.cookies[SESSION_COOKIE],
      });
    } catch (error) {
      if (error instanceof ProblemException && error.problem.status === 401) {
        // A browser asks for a name and a key; a program would only be confused by being asked.
        const fromBrowser = request.headers.accept?.includes('text/html') === true;
        void reply.header('www-authenticate', fromBrowser ? 'Basic realm="Tocsin", charset="UTF-8"' : 'Bearer realm="Tocsin"');
      }
      throw error;
    }
  }

  /**
   * A browser sends a cookie, and a name and key it was once told, with requests that another site's page makes. Browsers
   * say where a request comes from; one that says nothing must carry a token from a page of ours.
   */
  private refuseForgery(request: FastifyRequest, principal: Principal): void {
    if (principal.via === 'bearer') return;
    const { 'sec-fetch-site': site, origin, 'x-csrf-token': header } = request.headers;
    const token = typeof header === 'string' ? header : (request.body as { readonly _csrf?: unknown } | undefined | null)?._csrf;
    if (typeof token === 'string' && isCsrfToken(this.options.secrets, principal, token, this.options.clock.now())) return;
    if (site !== undefined ? site === 'same-origin' || site === 'none' : origin !== undefined && this.isOurs(origin, request)) return;
    // Programs that use Basic say nothing about origins.
    if (principal.via === 'basic' && site === undefined && origin === undefined) return;
    throw problem(403, 'CSRF_ERROR', 'this request did not come from a page of this server; reload the page and try again');
  }

  private isOurs(origin: string, request: FastifyRequest): boolean {
    if (origin === this.publicOrigin) return true;
    return URL.canParse(origin) && new URL(origin).host === request.headers.host;
  }
}
