import type { FastifyInstance } from 'fastify';

export interface KnownRoute {
  readonly method: string;
  /** With parameters as `:name`. */
  readonly url: string;
}

/** Every route of one HTTP server, remembered as it is registered. */
export class KnownRoutes {
  private readonly routes: (KnownRoute & { readonly pattern: RegExp })[] = [];

  /** Before any route is registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) this.routes.push({ method: each, url, pattern: patternOf(url) });
    });
  }

  list(): readonly KnownRoute[] {
    return this.routes.map(({ method, url }) => ({ method, url }));
  }

  /** Methods that a path would take; empty when nothing is there. */
  methodsFor(path: string): readonly string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

const patternOf = (url: string): RegExp => {
  const parts = url.split('/').filter((part) => part !== '');
  const matching = parts.map((part) =>
    part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^/+${matching.join('/+')}/*$`);
};
