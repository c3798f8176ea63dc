import Ajv from 'ajv';
import type { ValidateFunction } from 'ajv';

/** An answer as it left the server. */
export interface SentAnswer {
  readonly method: string;
  /** The route, with parameters as `:name`. */
  readonly url: string;
  readonly status: number;
  readonly payload: string;
}

type Json = Readonly<Record<string, unknown>>;
interface Described {
  readonly content?: { readonly 'application/json': { readonly schema: Json } };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Described>> }>>>>;
  readonly components: { readonly schemas: Json };
}

const PROBLEM: Json = { $ref: '#/components/schemas/Problem' };

/** Compares answers with the description of the API, strictly: a field that it does not name is a mistake. */
export class DescribedAnswers {
  private readonly ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': isDateTime, int64: Number.isSafeInteger } });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: Document) {
    this.ajv.addSchema({ $id: 'api', components: { schemas: strict(document.components.schemas) as object } });
  }

  /** Each success that the description promises, as `METHOD url status`. */
  successes(): readonly string[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        Object.keys(responses)
          .filter((status) => status !== 'default')
          .map((status) => `${method.toUpperCase()} /api${path.replaceAll(/\{(\w+)\}/g, ':$1')} ${status}`),
      ),
    );
  }

  /** What is wrong with an answer; undefined when it is as described. */
  mistakeIn({ method, url, status, payload }: SentAnswer): string | undefined {
    const about = `${method} ${url} ${status}`;
    if (status >= 400) return this.mismatch(about, PROBLEM, payload);
    const described = this.responsesOf(method, url)[String(status)];
    if (described === undefined) return `${about}: not described`;
    const schema = described.content?.['application/json'].schema;
    if (schema !== undefined) return this.mismatch(about, schema, payload);
    return payload === '' ? undefined : `${about}: described without a body, and has one`;
  }

  private responsesOf(method: string, url: string): Readonly<Record<string, Described>> {
    const path = url.replace(/^\/api/, '').replaceAll(/:(\w+)/g, '{$1}');
    return this.document.paths[path]?.[method.toLowerCase()]?.responses ?? {};
  }

  private mismatch(about: string, schema: Json, payload: string): string | undefined {
    const key = JSON.stringify(schema);
    const validate = this.compiled.get(key) ?? this.ajv.compile(fromApi(strict(schema)) as object);
    this.compiled.set(key, validate);
    if (validate(JSON.parse(payload))) return undefined;
    const errors = (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || '/'} ${message ?? ''} ${JSON.stringify(params)}`,
    );
    return `${about}: ${errors.join('; ')}\n${payload}`;
  }
}

const isDateTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);

/** With no fields beyond those named, and null as JSON Schema itself has it. */
const strict = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, strict(value)]));
  const closed = 'properties' in rest && rest['type'] === 'object' ? { additionalProperties: false, ...rest } : rest;
  return nullable === true ? { anyOf: [closed, { type: 'null' }] } : closed;
};

/** References lead into the document, wherever the schema itself stands. */
const fromApi = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'));
