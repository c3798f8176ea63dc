import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiRoutes, pathWithout, Server } from './server';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Operation {
  readonly summary: string;
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

let server: Server;
let document: Document;
beforeAll(async () => {
  server = await Server.start();
  document = (await server.call('GET', '/api-docs/openapi.json', { key: undefined })).body as unknown as Document;
});
afterAll(() => server.stop());

/** Routes that write and take no body. */
const WITHOUT_BODY = [
  /\/(accept|resolve|assign|escalate|raise)$/,
  /\/sign-in-links$/,
  /\/emails\/[^/]+\/verification-codes$/,
  /^\/api\/parked-messages\//,
];

const HOURS = { name: 'q', timezone: 'UTC', supportDays: { MONDAY: { start: '08:00', end: '17:00' } } };
const SCHEDULE = { name: 'q', type: 'STATIC', timezone: 'UTC', shifts: [] };
const CONNECTOR = { type: 'github', name: 'q', params: { apiKey: 'q' } };
const ACTION = {
  ...{ name: 'q', connectorType: 'webhook', triggerMode: 'MANUAL' },
  params: { webhookUrl: 'https://nowhere.invalid/' },
};
const PERSON = { email: 'q@example.test', firstName: 'Q', lastName: 'Tester' };

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      // As the HTTP server names it.
      route: `${method.toUpperCase()} /api${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      method: method.toUpperCase(),
      path: `/api${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      operation,
    })),
  );

const readers = () =>
  operations()
    .filter(({ method, operation }) => method === 'GET' || operation.parameters.some((parameter) => parameter.in === 'query'))
    // What is deleted cannot be read any more.
    .sort((one, other) => Number(one.method === 'DELETE') - Number(other.method === 'DELETE'));

/** Of what each route with an id leads to, one. */
const pathsToWhatIsThere = async (): Promise<(path: string) => string> => {
  const policy = await server.create('/api/escalation-policies', {
    name: 'q',
    routingKey: 'q',
    escalationRules: [{ escalationTimeout: 5, users: [{ id: 1 }] }],
  });
  sourceBody = { name: 'q', integrationType: 'API', escalationPolicy: { id: policy } };
  const source = await server.create('/api/alert-sources', sourceBody);
  const alert = await server.create('/api/alerts', { summary: 'q', alertSource: { id: source } });
  const schedule = await server.create('/api/schedules', SCHEDULE);
  const hours = await server.create('/api/support-hours', HOURS);
  const user = await server.create('/api/users', PERSON);
  const connector = await server.create('/api/connectors', CONNECTOR);
  const action = await server.create('/api/alert-actions', ACTION);
  await server.settle();
  const ids: Readonly<Record<string, number>> = {
    alerts: alert,
    schedules: schedule,
    'support-hours': hours,
    'escalation-policies': policy,
    'alert-sources': source,
    connectors: connector,
    'alert-actions': action,
  };
  return (path) =>
    path
      .replace(/^\/api\/([\w-]+)\/:id/, (whole, kind: string) => (kind in ids ? `/api/${kind}/${ids[kind]}` : whole))
      .replace('/events/:integration/', '/events/netdata/')
      .replace('/users/:user', `/users/${user}`)
      .replace(':name', 'q');
};

let sourceBody: object;

const bodyFor = (method: string, path: string): { readonly body?: unknown } => {
  const bodies: Readonly<Record<string, unknown>> = {
    'POST schedules': { ...SCHEDULE, name: 'another' },
    'PUT schedules': SCHEDULE,
    'POST support-hours': { ...HOURS, name: 'another' },
    'PUT support-hours': HOURS,
    'POST users': { ...PERSON, email: 'another@example.test' },
    'POST alert-sources': { ...sourceBody, name: 'another' },
    'PUT alert-sources': sourceBody,
    'POST connectors': { ...CONNECTOR, name: 'another' },
    'PUT connectors': CONNECTOR,
    'POST alert-actions': { ...ACTION, name: 'another' },
    'PUT alert-actions': ACTION,
  };
  const body = bodies[`${method} ${path.split('/')[2]}`];
  return body === undefined ? {} : { body };
};

const resolved = (schema: Schema): Schema => {
  const [reference] = [schema.$ref ?? schema.allOf?.[0]?.$ref];
  return reference === undefined ? schema : (document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {});
};

describe('the description of the API', () => {
  // It is a file, since none of five services has all routes.
  it('is what the code says; if this fails: npm run describe', async () => {
    expect(document).toEqual(await server.describe());
  });

  it('is an OpenAPI document whose paths stand below /api', () => {
    expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.0\./), servers: [{ url: '/api' }] });
  });

  it('has every route that is served under /api, and no other', () => {
    const served = apiRoutes(server).map(({ method, url }) => `${method} ${url}`);
    expect(served.length).toBeGreaterThan(70);
    expect(
      operations()
        .map(({ route }) => route)
        .sort(),
    ).toEqual([...served].sort());
  });

  it('says in words what each operation does, and names it as clients do that find no name', () => {
    expect(
      operations()
        .filter(({ operation }) => operation.summary.length < 8)
        .map(({ route }) => route),
    ).toEqual([]);
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.paths['/users/search-email']?.['post']?.operationId).toBe('post-users-search-email');
  });

  it('has each parameter of a path', () => {
    for (const { route, path, operation } of operations()) {
      const named = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect({ route, named }).toEqual({ route, named: [...path.matchAll(/:(\w+)/g)].map(([, name]) => name) });
    }
  });

  describe('of what is there', () => {
    let pathTo: (path: string) => string;
    beforeAll(async () => {
      pathTo = await pathsToWhatIsThere();
    });

    it('has every query parameter that a read looks at, and no other', async () => {
      for (const { method, path, operation, route } of readers()) {
        await server.call(method, pathWithout(pathTo(path)), bodyFor(method, path));
        const described = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
        expect({ route, read: [...(server.read.get(route) ?? [])].sort() }).toEqual({ route, read: [...described].sort() });
      }
    });

    it('names all that a parameter can be, and anything else is refused with the list of it', async () => {
      let tried = 0;
      for (const { method, path, operation, route } of readers())
        for (const { name, schema } of operation.parameters) {
          const choices = (schema.enum ?? schema.items?.enum) as readonly string[] | undefined;
          if (choices === undefined) continue;
          tried += 1;
          const { status, body } = await server.call(method, `${pathWithout(pathTo(path))}?${name}=nonsense`, bodyFor(method, path));
          expect({ route, name, status, ...body }).toEqual({
            route,
            name,
            status: 400,
            code: 'VALIDATION_ERROR',
            message: expect.stringContaining(`${choices.join(', ')}`),
            details: [{ field: expect.any(String), message: expect.any(String) }],
          });
        }
      expect(tried).toBeGreaterThan(15);
    });
  });

  it('has the same parts of a refusal as the reference of problem codes', () => {
    const reference = readFileSync(join(__dirname, '../../../docs/reference/problem-codes.md'), 'utf8');
    const listed = [...reference.matchAll(/^- `(\w+)`/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(Object.keys(document.components.schemas['ProblemDetail']?.properties ?? {}).sort());
  });

  it('has a body for each write that takes one', () => {
    const writes = operations().filter(
      ({ method, path }) => ['POST', 'PUT'].includes(method) && !WITHOUT_BODY.some((pattern) => pattern.test(path)),
    );
    expect(writes.filter(({ operation }) => operation.requestBody === undefined).map(({ route }) => route)).toEqual([]);
    for (const { operation } of writes) expect(operation.requestBody?.content['application/json'].schema).toEqual(expect.any(Object));
  });

  it('has every field of every body class', () => {
    const classes = globSync(join(__dirname, '../../../apps/*/src/**/*-requests.ts')).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^export class (\w+) \{\n(.*?)^\}/gms)].map(([, name = '', text = '']) => ({
        name,
        fields: [...text.matchAll(/^ {2}(\w+)[!?]:/gm)].map(([, field]) => field).sort(),
      })),
    );
    expect(classes.length).toBeGreaterThan(15);
    const described = Object.entries(document.components.schemas).map(([name, { properties = {} }]) => ({
      name: name.replace(/\d+$/, ''),
      fields: Object.keys(properties).sort(),
    }));
    for (const each of classes) expect(described).toContainEqual(each);
  });

  it('says without credentials where none are needed, and nowhere else', () => {
    const none = /^\/api\/((v1\/)?events|sign-in-links\/mails$)/;
    const open = operations()
      .filter(({ operation }) => operation.security?.length === 0)
      .map(({ path }) => path);
    expect(open.every((path) => none.test(path))).toBe(true);
    expect(open.length).toBe(operations().filter(({ path }) => none.test(path)).length);
  });
});

describe('a field that the description has', () => {
  const WRONG: Readonly<Record<string, unknown>> = {
    string: { not: 'a text' },
    integer: 'seven',
    number: 'seven',
    boolean: 'perhaps',
    array: 'not a list',
    object: 7,
  };

  /** Bodies that are wrong in one place each, with the place. */
  const wrongBodies = (
    schema: Schema,
    depth = 3,
  ): readonly { readonly field: string; readonly body: Readonly<Record<string, unknown>> }[] =>
    Object.entries(resolved(schema).properties ?? {}).flatMap(([name, field]) => {
      const inner = resolved(field);
      const wrong = WRONG[inner.type ?? (inner.enum === undefined ? 'object' : 'string')];
      const element = inner.type === 'array' && inner.items !== undefined && depth > 0 ? wrongBodies(inner.items, depth - 1) : [];
      const nested = inner.type === 'object' && depth > 0 ? wrongBodies(inner, depth - 1) : [];
      return [
        { field: name, body: { [name]: inner.enum === undefined ? wrong : 'NONSENSE' } },
        ...element.map(({ field: below, body }) => ({ field: `${name}[0].${below}`, body: { [name]: [body] } })),
        ...nested.map(({ field: below, body }) => ({ field: `${name}.${below}`, body: { [name]: body } })),
      ];
    });

  it('is refused by name when it has the wrong type, wherever it stands in a body', async () => {
    let tried = 0;
    for (const { method, path, route, operation } of operations()) {
      const schema = operation.requestBody?.content['application/json'].schema;
      // A tool's event says one thing at a time that is wrong, and needs a type first.
      if (schema === undefined || operation.security?.length === 0) continue;
      for (const { field, body } of wrongBodies(schema)) {
        tried += 1;
        const { status, body: answer } = await server.call(method, pathWithout(path), { body });
        const fields = (answer['details'] as readonly { readonly field: string }[] | undefined)?.map((each) => each.field) ?? [];
        const named = Array.isArray(fields) && fields.includes(field);
        expect({ route, field, status, code: answer['code'], named }).toEqual({
          route,
          field,
          status: 400,
          code: 'VALIDATION_ERROR',
          named: true,
        });
      }
    }
    expect(tried).toBeGreaterThan(100);
  });
});

describe('the page of the description', () => {
  it('needs nothing from elsewhere, and its headers let it work', async () => {
    const page = await server.call('GET', '/api-docs', { key: undefined });
    expect({ status: page.status, type: page.headers.get('content-type') }).toEqual({ status: 200, type: 'text/html; charset=utf-8' });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'; style-src 'self' 'unsafe-inline'");
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = '']) => source);
    expect(sources.every((source) => source.startsWith('/api-docs/'))).toBe(true);
    for (const source of sources)
      expect({ source, status: (await server.call('GET', source, { key: undefined })).status }).toEqual({ source, status: 200 });
  });

  it('gives out no other file', async () => {
    for (const name of ['package.json', '..%2Fpackage.json', 'constructor', '__proto__'])
      expect({ name, status: (await server.call('GET', `/api-docs/${name}`, { key: undefined })).status }).toEqual({ name, status: 404 });
  });

  it('has scripts that stand in it nowhere, so that its policy needs no exception', async () => {
    expect((await server.call('GET', '/api-docs')).text).not.toMatch(/<script>/);
  });
});
