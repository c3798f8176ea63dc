import type { IncomingHttpHeaders } from 'node:http';
import { parse as parseForm } from 'node:querystring';
import formBody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { problem } from './problem';

/**
 * Bodies as clients really send them: `application/json` with nothing in it, JSON under curl's default form type, plain
 * text with JSON inside (left to who knows what it is). What is no type at all is taken for JSON.
 */
export const registerBodyParsers = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>(/^application\/(?:[\w.-]+\+)?json\b/i, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(body));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
  fastify.addContentTypeParser<string>('text/plain', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  fastify.register(formBody, { parser: parseFormBody });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    if (headers['content-type'] === undefined && hasBody(headers)) headers['content-type'] = 'application/json';
    done();
  });
};

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** Escapes included. */
const SPECIAL_NAME = /__proto__|\\u005f/i;

/** @throws ProblemException that says where it stopped being JSON */
const parseJsonBody = (body: string): unknown => {
  const text = body.startsWith('\uFEFF') ? body.slice(1) : body;
  if (text.trim() === '') return undefined;
  try {
    // A tool's payload is never refused for a name that is special in JavaScript; it is left out.
    return JSON.parse(text, SPECIAL_NAME.test(text) ? withoutPrototype : undefined) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw problem(400, 'INVALID_JSON', `the body is not valid JSON: ${error.message}`);
  }
};

function withoutPrototype(this: unknown, name: string, value: unknown): unknown {
  return name === '__proto__' ? undefined : value;
}

const parseFormBody = (body: string): Record<string, unknown> => {
  const text = body.trim();
  // `curl -d '{...}'` without a header says that it is a form.
  if (text.startsWith('{') || text.startsWith('%7B')) {
    try {
      return JSON.parse(text) as Record<string, unknown>;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return { ...parseForm(body) };
};
