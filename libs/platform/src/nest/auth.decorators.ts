import { createParamDecorator, SetMetadata } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Role } from '@tocsin/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChangeContext } from '../configuration-store';
import type { Principal } from './authenticator';

export const PUBLIC = Symbol('public');
export const ROLE = Symbol('role');

/** For routes whose authorisation is in the request itself (a key, a signature), or that tell nobody anything. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** At least this role. On a method it takes the place of the class's. */
export const RequiresRole = (role: Role): MethodDecorator & ClassDecorator => SetMetadata(ROLE, role);

/** `tocsin-reads: behind` on an answer: not everything that was stored before is seen in it, or in the next read (B1). */
export const sayReadsAreBehind = (reply: FastifyReply): void => void reply.header('tocsin-reads', 'behind');

const principals = new WeakMap<FastifyRequest, Principal>();

export const rememberPrincipal = (request: FastifyRequest, principal: Principal): void => void principals.set(request, principal);

export const principalOf = (request: FastifyRequest): Principal => {
  const principal = principals.get(request);
  if (principal === undefined) throw new Error(`${request.routeOptions.url} is public and asks who is there`);
  return principal;
};

/** The `Principal` that asks. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => principalOf(requestOf(context)));

/** Who asks for a change, and from where: a `ChangeContext`. */
export const ChangeBy = createParamDecorator((_data: unknown, context: ExecutionContext): ChangeContext => {
  const request = requestOf(context);
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  const principal = principalOf(request);
  return {
    requestId: request.id,
    actor: { type: 'user', userId: principal.userId },
    seenAs: principal,
    remoteAddress: request.ip,
    onBehind: () => sayReadsAreBehind(reply),
  };
});

const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();
