import { pathWithout, Server } from './server';

let server: Server;
let stakeholder: { readonly id: number; readonly key: string };
beforeAll(async () => {
  server = await Server.start();
  stakeholder = await server.person('sam', 'STAKEHOLDER');
});
afterAll(() => server.stop());

/** All that anybody may ask for; whatever is not here needs somebody who is known. */
const PUBLIC: Readonly<Record<string, string>> = {
  'GET /health/live': 'tells nobody anything',
  'GET /health/ready': 'tells nobody anything',
  'GET /metrics': 'numbers only',
  'GET /api-docs': 'the shape of the API',
  'GET /api-docs/openapi.json': 'the shape of the API',
  'GET /api-docs/start.js': 'a file of the page',
  'GET /api-docs/:file': 'a file of the page',
  'GET /': 'a page that leads to the others',
  'POST /api/events': 'the integration key is in the body',
  'POST /api/v1/events': 'the integration key is in the body',
  'POST /api/events/:integration/:key': 'the integration key is in the path',
  'POST /api/v1/events/:integration/:key': 'the integration key is in the path',
  'GET /api/events/:integration/:key': 'the integration key is in the path',
  'GET /api/v1/events/:integration/:key': 'the integration key is in the path',
  'GET /answer/:purpose/:token': 'a signed token',
  'GET /answer/alert/:token': 'a signed token',
  'GET /answer/accept-all/:token': 'a signed token',
  'POST /answer/accept-all/:token': 'a signed token',
  'GET /me': 'a page without data',
  'GET /me/:file': 'scripts and icons of that page',
  'POST /answer/:purpose/:token': 'a signed token',
  'GET /sign-in/:token': 'a signed token',
  'POST /sign-in/:token': 'a signed token',
  'POST /api/sign-in-links/mails': 'whoever reads the mail',
};

/** What those who only look on may write: what is theirs. */
const OF_ONES_OWN =
  /^(PUT \/api\/users\/:user$|\w+ \/api\/users\/:user\/(contacts|notification-preferences|test-notification)|\w+ \/api\/(alert-sources|alerts)\/:id\/private-subscribers|\w+ \/api\/api-keys)/;
const READS_BY_POST = ['POST /api/users/search-email'];

const everyRoute = () =>
  server.routes.map(({ method, url }) => ({ method, path: pathWithout(url), route: `${method === 'HEAD' ? 'GET' : method} ${url}` }));
const closed = () => everyRoute().filter(({ route }) => !(route in PUBLIC));

describe('somebody without credentials', () => {
  it('may use what is listed here as public, each of which is served', () => {
    const served = new Set(everyRoute().map(({ route }) => route));
    expect(Object.keys(PUBLIC).filter((route) => !served.has(route))).toEqual([]);
  });

  it('gets no 401 where the request itself is the authorisation', async () => {
    const answers = await Promise.all(
      everyRoute()
        .filter(({ route }) => route in PUBLIC)
        .map(async ({ method, path, route }) => ({ route, answer: await server.call(method, path, { key: undefined }) })),
    );
    expect(answers.filter(({ answer }) => answer.status === 401 || answer.body['code'] === 'KEY_ERROR')).toEqual([]);
  });

  it('gets 401, in the one shape of errors, from every other route', async () => {
    const routes = closed();
    expect(routes.length).toBeGreaterThan(100);
    for (const { method, path, route } of routes) {
      const { status, body, headers } = await server.call(method, path, { key: undefined });
      const answer = { route, status, ...(method === 'HEAD' ? {} : { body, type: headers.get('content-type') }) };
      const expected = { status: 401, code: 'UNAUTHORIZED', message: expect.stringContaining('Authorization') };
      expect(answer).toEqual({ route, status: 401, ...(method === 'HEAD' ? {} : { body: expected, type: 'application/json' }) });
    }
  });
});

describe('a key that nobody knows', () => {
  it('gets 403 KEY_ERROR from every route that is not public', async () => {
    for (const { method, path, route } of closed()) {
      const { status, body } = await server.call(method, path, { key: 'tk_thiskeydoesnotexistanywhere' });
      expect({ route, status, ...(method === 'HEAD' ? {} : { code: body['code'] }) }).toEqual({
        route,
        status: 403,
        ...(method === 'HEAD' ? {} : { code: 'KEY_ERROR' }),
      });
    }
  });
});

describe('somebody who only looks on', () => {
  it('may not write by any route except to what is their own', async () => {
    const writes = closed().filter(
      ({ method, route }) => !['GET', 'HEAD'].includes(method) && !OF_ONES_OWN.test(route) && !READS_BY_POST.includes(route),
    );
    expect(writes.length).toBeGreaterThan(25);
    for (const { method, path, route } of writes) {
      const { status, body } = await server.call(method, path, { key: stakeholder.key, body: {} });
      expect({ route, status, code: body['code'] }).toEqual({ route, status: 403, code: 'FORBIDDEN' });
    }
  });

  it.each([
    ['PUT', '/api/users/1', { email: 'x@example.test', firstName: 'X', lastName: 'Y' }],
    ['POST', '/api/users/1/contacts/emails', { target: 'x@example.test' }],
    ['POST', '/api/users/1/contacts/phone-numbers', { regionCode: 'DE', target: '+4915112345678' }],
    ['POST', '/api/users/1/notification-preferences/alerts', { type: 'HIGH_PRIORITY', method: 'PUSH' }],
    ['POST', '/api/users/1/notification-preferences/duties', { method: 'PUSH' }],
    ['POST', '/api/users/1/test-notification', { method: 'PUSH' }],
    ['POST', '/api/api-keys', { name: 'of the administrator', user: { id: 1 } }],
  ])('%s %s: may not, since it is another person', async (method, path, body) => {
    expect(await server.call(method, path, { key: stakeholder.key, body })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });
});
