import type { Type } from '@nestjs/common';
import { RequestMethod } from '@nestjs/common';
import {
  CUSTOM_ROUTE_ARGS_METADATA,
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import type { Role } from '@tocsin/domain';
import { CHAPTER, OPERATION } from './api-description.decorators';
import type { JsonSchema, OperationDescription } from './api-description.decorators';
import { AnswerSchemas } from './api-description-answers';
import type { AnswerShapes } from './api-description-answers';
import { BodySchemas, isBodyClass } from './api-description-schemas';
import { PUBLIC, ROLE } from './auth.decorators';

/** Clients read the document from the host's root and put the server's path before each path in it. */
const PREFIX = '/api';
const BODY_ARGUMENT = '3';

export interface DescriptionOptions {
  readonly version: string;
  readonly answerShapes: AnswerShapes;
}

interface Handler {
  readonly controller: Type;
  readonly name: string;
  readonly method: string;
  /** With parameters as `{name}`, without the prefix. */
  readonly path: string;
  readonly about: OperationDescription;
}

const problemSchema: JsonSchema = {
  type: 'object',
  properties: {
    status: { type: 'integer', description: 'The same as the status of the answer' },
    message: { type: 'string', description: 'What is wrong and how to mend it' },
    code: { type: 'string', description: 'One word per kind of refusal, for programs' },
    details: { type: 'array', items: { $ref: '#/components/schemas/ProblemDetail' }, description: 'What it is about, one by one' },
  },
  required: ['status', 'message', 'code'],
};

const problemDetailSchema: JsonSchema = {
  type: 'object',
  properties: {
    message: { type: 'string', description: 'How to mend it, or what is the matter' },
    field: { type: 'string', description: 'What must be mended: a path into the body, or a parameter' },
    resource: {
      type: 'object',
      description: 'What it is about, or what stands in the way',
      properties: {
        type: { type: 'string' },
        id: { type: 'integer', format: 'int64' },
        name: { type: 'string' },
        level: { type: 'integer', description: 'Of an escalation policy, from 1' },
        shifts: {
          type: 'array',
          description: 'Of a schedule, the next ones',
          items: {
            type: 'object',
            properties: { start: { type: 'string', format: 'date-time' }, end: { type: 'string', format: 'date-time' } },
            required: ['start', 'end'],
          },
        },
      },
      required: ['type', 'id'],
    },
    reason: { type: 'string', description: 'Of a fault: one word of a closed set' },
    check: { type: 'string', description: 'Of `/health/ready`: what waits' },
  },
  required: ['message'],
};

/** The OpenAPI document of everything that these controllers serve under `/api`. @throws Error for a body that cannot be described */
export const describeApi = (controllers: readonly Type[], { version, answerShapes }: DescriptionOptions): JsonSchema => {
  const schemas = new BodySchemas();
  const shapes = new AnswerSchemas(answerShapes);
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const handlers = controllers.flatMap(handlersOf).sort((one, other) => one.path.localeCompare(other.path));
  for (const handler of handlers) (paths[handler.path] ??= {})[handler.method] = operation(handler, schemas, shapes);
  return {
    openapi: '3.0.3',
    info: {
      title: 'Tocsin',
      version,
      description:
        'Alerts, on-call schedules and the people who are paged. Names and shapes are those of ilert, so its clients can be pointed here. ' +
        'Every answer that is no success has the shape `Problem`. Unknown fields of a body are left out in silence.',
    },
    servers: [{ url: PREFIX }],
    security: [{ apiKey: [] }],
    tags: [...new Set(handlers.map(chapterOf))].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: '`Bearer <api key>`, the key alone, or Basic with a name and a key',
        },
      },
      schemas: together(schemas.all(), shapes.all(), { Problem: problemSchema, ProblemDetail: problemDetailSchema }),
      responses: {
        Problem: {
          description: 'Not done, and why',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
};

const together = (...parts: readonly Readonly<Record<string, JsonSchema>>[]): JsonSchema => {
  const names = parts.flatMap((part) => Object.keys(part));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`the API description has two schemas of the name ${twice}`);
  return Object.assign({}, ...parts) as JsonSchema;
};

const handlersOf = (controller: Type): readonly Handler[] => {
  const { prototype } = controller as { readonly prototype: Readonly<Record<string, unknown>> };
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod].toLowerCase();
    const about = (Reflect.getMetadata(OPERATION, handler) as OperationDescription | undefined) ?? { summary: '' };
    return pathsOf(controller)
      .flatMap((base) => pathsOf(handler).map((path) => `/${base}/${path}`.replaceAll(/\/+/g, '/').replace(/\/$/, '')))
      .filter((path) => path.startsWith(`${PREFIX}/`))
      .map((path) => ({ controller, name, method, path: path.slice(PREFIX.length).replaceAll(/:(\w+)/g, '{$1}'), about }));
  });
};

const pathsOf = (target: object): readonly string[] =>
  [Reflect.getMetadata(PATH_METADATA, target) as string | readonly string[] | undefined].flat().map((path) => path ?? '');

const operation = (handler: Handler, schemas: BodySchemas, shapes: AnswerSchemas): JsonSchema => {
  const { controller, method, path, about } = handler;
  const body = bodyOf(handler, schemas);
  const role = settingOf<Role>(ROLE, handler) ?? (method === 'get' ? undefined : 'RESPONDER');
  const isPublic = settingOf<boolean>(PUBLIC, handler) === true;
  return {
    tags: [chapterOf(handler)],
    summary: about.summary,
    ...(isPublic || role === undefined ? {} : { description: `Needs at least the role ${role}.` }),
    // What clients make up themselves where a document names none.
    operationId: `${method}-${path.slice(1).replaceAll('/', '-').replaceAll(/[{}]/g, '')}`,
    ...(isPublic ? { security: [] } : {}),
    parameters: [...pathParameters(handler), ...(about.query ?? []).map((parameter) => ({ in: 'query', ...parameter }))],
    ...(body === undefined
      ? {}
      : { requestBody: { required: about.bodyOptional !== true, content: { 'application/json': { schema: body } } } }),
    responses: {
      ...successes(handler, Reflect.getMetadata(HTTP_CODE_METADATA, methodOf(controller, handler.name)) as number | undefined, shapes),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
};

const successes = ({ method, about }: Handler, declared: number | undefined, shapes: AnswerSchemas): JsonSchema => {
  const statuses = about.statuses ?? { [declared ?? (method === 'post' ? 201 : 200)]: 'Done' };
  return Object.fromEntries(
    Object.entries(statuses).map(([status, description]) => {
      const schema = status === '204' || about.answers === undefined ? undefined : shapes.reference(about.answers);
      const headers = status === '201' ? { headers: { Location: { description: 'Where it is', schema: { type: 'string' } } } } : {};
      return [status, { description, ...headers, ...(schema === undefined ? {} : { content: { 'application/json': { schema } } }) }];
    }),
  );
};

const bodyOf = ({ controller, name, about }: Handler, schemas: BodySchemas): JsonSchema | undefined => {
  if (about.body !== undefined) return isBodyClass(about.body) ? schemas.reference(about.body) : (about.body as JsonSchema);
  const types =
    (Reflect.getMetadata('design:paramtypes', (controller as { prototype: object }).prototype, name) as readonly unknown[] | undefined) ??
    [];
  const type = Object.keys(argumentsOf(controller, name))
    .filter((key) => key.startsWith(`${BODY_ARGUMENT}:`))
    .map((key) => types[Number(key.split(':')[1])])
    .find(isBodyClass);
  return type === undefined ? undefined : schemas.reference(type);
};

/** A parameter that a decorator of ours reads is a number: `ResourceId` is the only one. */
const pathParameters = ({ controller, name, path }: Handler): readonly JsonSchema[] => {
  const ids = Object.entries(argumentsOf(controller, name)).flatMap(([key, { data }]) =>
    key.includes(CUSTOM_ROUTE_ARGS_METADATA) ? [data] : [],
  );
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: ids.includes(parameter) ? { type: 'integer', format: 'int64', minimum: 1 } : { type: 'string' },
  }));
};

const argumentsOf = (controller: Type, name: string): Readonly<Record<string, { readonly data?: unknown }>> =>
  (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as Readonly<Record<string, { readonly data?: unknown }>> | undefined) ?? {};

const methodOf = (controller: Type, name: string): object =>
  (controller as { prototype: Readonly<Record<string, object>> }).prototype[name] ?? {};

const settingOf = <T>(key: symbol, { controller, name }: Handler): T | undefined =>
  (Reflect.getMetadata(key, methodOf(controller, name)) ?? Reflect.getMetadata(key, controller)) as T | undefined;

const chapterOf = ({ controller, path }: Handler): string =>
  (Reflect.getMetadata(CHAPTER, controller) as string | undefined) ??
  (path.split('/')[1] ?? '')
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
