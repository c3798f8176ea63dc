import type { FastifyRequest } from 'fastify';

/** The URL that the provider called, as it signed it: behind proxies only the settings know its beginning. */
export const calledUrl = (publicUrl: string, { originalUrl }: Pick<FastifyRequest, 'originalUrl'>): string => `${publicUrl}${originalUrl}`;
