import type { IncomingHttpHeaders } from 'node:http';
import { parse as parseForm } from 'node:querystring';
import { errorCodes } from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem, ProblemException } from './problem';

/**
 * Bodies as clients really send them: `application/json` with nothing in it, JSON under curl's default form type, plain
 * text with JSON inside (left to who knows what it is). What is no type at all is taken for JSON. Call-backs of providers are
 * signed over their bytes: whoever checks the signature gets these, whatever they are, and nothing is parsed before.
 */
export const registerBodyParsers = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  const parse = (type: string | RegExp, read: (body: string) => unknown): void => {
    fastify.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (request, body, done) => {
      try {
        done(null, isCallback(request) ? body : read(body.toString()));
      } catch (error) {
        done(error as Error, undefined);
      }
    });
  };
  parse(/^application\/(?:[\w.-]+\+)?json\b/i, parseJsonBody);
  parse('text/plain', (body) => body);
  parse('application/x-www-form-urlencoded', parseFormBody);
  parse(/^multipart\/form-data\b/i, () => {
    throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE('multipart/form-data');
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    if (headers['content-type'] === undefined && hasBody(headers)) headers['content-type'] = 'application/json';
    done();
  });
};

const isCallback = ({ url }: FastifyRequest): boolean => url.startsWith('/api/callbacks/');

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** The one name that JavaScript treats differently, or anything escaped that could spell it. */
const SPECIAL_NAME = /__proto__|\\u00/i;

/** @throws ProblemException that says where it stopped being JSON */
const parseJsonBody = (body: string): unknown => {
  const text = body.startsWith('\uFEFF') ? body.slice(1) : body;
  if (text.trim() === '') return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    // A tool's payload is never refused for a name that is special in JavaScript; it is left out.
    return SPECIAL_NAME.test(text) ? withoutPrototypes(value) : value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw problem(400, 'INVALID_JSON', `the body is not valid JSON: ${error.message}`);
  }
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Not by recursion, nor by a reviver, which is one: a body may be nested deeper than the stack is. */
const withoutPrototypes = (whole: unknown): unknown => {
  const left = [whole].filter(isObject);
  for (let object = left.pop(); object !== undefined; object = left.pop()) {
    delete object['__proto__'];
    for (const item of Object.values(object)) if (isObject(item)) left.push(item);
  }
  return whole;
};

const parseFormBody = (body: string): Record<string, unknown> => {
  const text = body.trim();
  // `curl -d '{...}'` without a header says that it is a form, and `--data-urlencode` makes it look like one.
  const json = text.startsWith('%7B') ? percentDecoded(text) : text;
  if (json?.startsWith('{') === true) {
    try {
      return parseJsonBody(json) as Record<string, unknown>;
    } catch (error) {
      if (!(error instanceof ProblemException)) throw error;
    }
  }
  return { ...parseForm(body) };
};

const percentDecoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return undefined;
  }
};
