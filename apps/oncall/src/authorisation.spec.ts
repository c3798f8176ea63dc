import type { Role } from '@tocsin/domain';
import { oncallServer } from './testing/oncall-server';
import type { Caller, OncallServer } from './testing/oncall-server';

const roles = ['STAKEHOLDER', 'GUEST', 'RESPONDER', 'USER', 'ADMIN'] as const;

/** Who may, at least: with what is their own, and with what is somebody else's. */
interface Row {
  readonly route: string;
  readonly own: Role;
  readonly others: Role;
  readonly body?: object;
}

const everybody = { own: 'STAKEHOLDER', others: 'STAKEHOLDER' } as const;
const oneself = { own: 'STAKEHOLDER', others: 'ADMIN' } as const;
const administrators = { own: 'ADMIN', others: 'ADMIN' } as const;

const profile = { email: 'x@example.org', firstName: 'X', lastName: 'Y' };
const email = { target: 'somewhere@example.org' };
const phone = { regionCode: 'DE', target: '+4915112345678' };
const preference = { method: 'PUSH', type: 'HIGH_PRIORITY', delayMin: 0 };
const device = {
  type: 'WEB_PUSH',
  name: 'Phone',
  subscription: {
    endpoint: 'https://push.example/send/x',
    keys: {
      p256dh: 'BFroY6zGV-RDRbEjGLUipRoujrru2qJiPUe4n0pNdYZzZZR4zLlxtUUM2hlf_5fhWxFEgv7JbwxnFP2qpmDZZDY',
      auth: 'AAECAwQFBgcICQoLDA0ODw',
    },
  },
};
const contacts = '/api/users/:user/contacts';
const preferences = '/api/users/:user/notification-preferences';

const crud = (at: string, body: object): readonly Row[] => [
  { route: `GET ${at}`, ...oneself },
  { route: `POST ${at}`, ...oneself, body },
  { route: `GET ${at}/:id`, ...oneself },
  { route: `PUT ${at}/:id`, ...oneself, body },
  { route: `DELETE ${at}/:id`, ...oneself },
];

const codes = (at: string): readonly Row[] => [
  { route: `POST ${at}/:id/verification-codes`, ...oneself },
  { route: `POST ${at}/:id/verify`, ...oneself, body: { code: '123456' } },
];

const table: readonly Row[] = [
  { route: 'GET /api/users', ...everybody },
  { route: 'POST /api/users', ...administrators, body: profile },
  { route: 'POST /api/users/search-email', ...everybody, body: { email: 'x@example.org' } },
  { route: 'GET /api/users/:user', ...everybody },
  { route: 'PUT /api/users/:user', ...oneself },
  { route: 'DELETE /api/users/:user', ...administrators },
  { route: 'GET /api/users/:user/readiness', ...oneself },
  ...crud(`${contacts}/emails`, email),
  { route: `POST ${contacts}/emails/search-target`, ...oneself, body: email },
  ...codes(`${contacts}/emails`),
  ...crud(`${contacts}/phone-numbers`, phone),
  ...codes(`${contacts}/phone-numbers`),
  { route: `POST ${contacts}/phone-numbers/search-target`, ...oneself, body: phone },
  ...crud(`${contacts}/push-devices`, device).filter(({ route }) => !route.startsWith('PUT')),
  { route: `GET ${contacts}/chat-accounts`, ...oneself },
  { route: `DELETE ${contacts}/chat-accounts/:method`, ...oneself },
  ...crud(`${preferences}/alerts`, preference),
  ...crud(`${preferences}/duties`, { method: 'PUSH' }),
  ...crud(`${preferences}/updates`, { method: 'PUSH', type: 'ALERT_ACCEPTED' }),
  ...crud(`${preferences}/subscriptions`, { method: 'PUSH' }),
  { route: 'POST /api/users/:user/test-notification', ...oneself, body: { method: 'PUSH' } },
  { route: 'GET /api/teams', ...everybody },
  { route: 'POST /api/teams', ...administrators, body: { name: 'Ops' } },
  { route: 'GET /api/teams/name/:name', ...everybody },
  { route: 'GET /api/teams/:id', ...everybody },
  { route: 'PUT /api/teams/:id', ...administrators, body: { name: 'Ops' } },
  { route: 'DELETE /api/teams/:id', ...administrators },
  { route: 'POST /api/teams/:id/members', ...administrators, body: { user: { id: 4711 } } },
  { route: 'DELETE /api/teams/:id/members/:user', ...administrators },
  { route: 'GET /api/api-keys', ...everybody },
  { route: 'POST /api/api-keys', ...oneself, body: { name: 'x' } },
  { route: 'GET /api/api-keys/:id', ...everybody },
  { route: 'DELETE /api/api-keys/:id', ...everybody },
  { route: 'GET /api/audit-log', ...administrators },
];

let server: OncallServer;
const people = new Map<Role, Caller>();
let teamId: unknown;

beforeAll(async () => {
  server = await oncallServer();
  for (const role of roles) people.set(role, await server.person(role.toLowerCase(), role));
  teamId = (await server.call('POST', '/api/teams', people.get('ADMIN'), { name: 'Nobody' })).body['id'];
});
afterAll(() => server.stop());

const NOBODY = 999_999;

/** Ids that are not there, so that what is allowed changes nothing: 404 is after the door. */
const pathOf = (route: string, whose: 'own' | 'others'): string =>
  (route.split(' ')[1] ?? '')
    .replace('/teams/:id', `/teams/${route.startsWith('DELETE') && !route.includes('members') ? NOBODY : String(teamId)}`)
    .replace('/users/:user', `/users/${whose === 'own' ? 'current' : NOBODY}`)
    .replace('/members/:user', `/members/${NOBODY}`)
    .replace(/:\w+/g, String(NOBODY));

const bodyOf = ({ route, body }: Row, caller: Caller, role: Role, whose: 'own' | 'others'): object | undefined => {
  if (route === 'PUT /api/users/:user') return { ...profile, email: `${role.toLowerCase()}@example.org` };
  if (route === 'POST /api/api-keys')
    return {
      ...body,
      user: { id: whose === 'own' ? caller.id : people.get('GUEST')?.id === caller.id ? people.get('USER')?.id : people.get('GUEST')?.id },
    };
  return body;
};

describe('who may do what', () => {
  it('is said of every route there is', () => {
    const served = server
      .routes()
      .filter(({ method, url }) => method !== 'HEAD' && method !== 'OPTIONS' && /^\/api\/(users|teams|api-keys|audit-log)/.test(url))
      .map(({ method, url }) => `${method} ${url}`);
    expect(served.toSorted()).toEqual(table.map(({ route }) => route).toSorted());
  });

  it.each(table)('$route needs a key', async (row) => {
    const [method = ''] = row.route.split(' ');
    expect((await server.call(method, pathOf(row.route, 'own'), undefined, row.body)).status).toBe(401);
  });

  it.each(
    table.flatMap((row) =>
      (['own', 'others'] as const).flatMap((whose) => roles.map((role) => ({ ...row, whose, role, least: row[whose] }))),
    ),
  )('$route on $whose as $role needs $least', async ({ whose, role, least, ...row }) => {
    const caller = people.get(role) as Caller;
    const [method = ''] = row.route.split(' ');
    const answer = await server.call(method, pathOf(row.route, whose), caller, bodyOf(row, caller, role, whose));
    const allowed = roles.indexOf(role) >= roles.indexOf(least);
    expect(answer.status === 403).toBe(!allowed);
    expect(answer.status).toBeLessThan(500);
  });
});
