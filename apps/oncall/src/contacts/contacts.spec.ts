import { oncallServer } from '../testing/oncall-server';
import type { Caller, OncallServer } from '../testing/oncall-server';

let server: OncallServer;
let admin: Caller;
let ben: Caller;

beforeAll(async () => {
  server = await oncallServer();
  admin = await server.person('ana', 'ADMIN');
  ben = await server.person('ben', 'RESPONDER');
});
afterAll(() => server.stop());

const emails = (who: Caller | string): string => `/api/users/${typeof who === 'string' ? who : who.id}/contacts/emails`;
const phones = (who: Caller | string): string => `/api/users/${typeof who === 'string' ? who : who.id}/contacts/phone-numbers`;
const phone = { regionCode: 'DE', target: '+49 151 123456-78', primary: true };

describe('a contact', () => {
  it('entered by an administrator is verified; read, replaced and deleted by its id', async () => {
    const made = await server.call('POST', phones(ben), admin, phone);
    expect(made.status).toBe(201);
    const at = `${phones(ben)}/${String(made.body['id'])}`;
    expect(made.headers.get('location')).toBe(at);
    expect(made.body).toEqual({ id: expect.any(Number), ...phone, status: 'OK', verified: true });
    expect((await server.call('GET', at, ben)).body).toEqual(made.body);
    expect((await server.call('PUT', at, admin, { ...phone, target: '+4915112345679' })).body).toMatchObject({
      target: '+4915112345679',
      verified: true,
    });
    expect((await server.call('DELETE', at, ben)).status).toBe(204);
    expect((await server.call('GET', at, ben)).status).toBe(404);
  });

  it('entered by the person is not verified, also when they change a verified one to something else', async () => {
    const made = await server.call('POST', emails('current'), ben, { target: 'ben@home.example' });
    expect(made.body).toMatchObject({ verified: false });
    const vouched = await server.call('POST', emails(ben), admin, { target: 'ben@work.example' });
    const at = `${emails('current')}/${String(vouched.body['id'])}`;
    expect((await server.call('PUT', at, ben, { target: 'Ben@work.example' })).body).toMatchObject({ verified: true });
    expect((await server.call('PUT', at, ben, { target: 'ben@elsewhere.example' })).body).toMatchObject({ verified: false });
  });

  it('with the login address is verified, whoever enters it', async () => {
    const cleo = await server.person('cleo', 'USER', { contacts: [], alertPreferences: [] });
    expect((await server.call('POST', emails('current'), cleo, { target: 'CLEO@example.org' })).body).toMatchObject({ verified: true });
  });

  it('is found by its target, however that is written', async () => {
    const made = await server.call('POST', phones(ben), admin, phone);
    expect((await server.call('POST', `${phones(ben)}/search-target`, ben, { target: '+4915112345678' })).body).toEqual(made.body);
    expect((await server.call('POST', `${phones(ben)}/search-target`, ben, { target: '+4915100000000' })).status).toBe(404);
    expect((await server.call('POST', `${emails(ben)}/search-target`, ben, { target: 'BEN@example.org' })).body).toMatchObject({
      target: 'ben@example.org',
    });
    await server.call('DELETE', `${phones(ben)}/${String(made.body['id'])}`, ben);
  });

  it('that is primary takes that from the one before', async () => {
    const first = await server.call('POST', phones(ben), admin, { ...phone, target: '+4915100000001' });
    const second = await server.call('POST', phones(ben), admin, { ...phone, target: '+4915100000002' });
    expect((await server.call('GET', phones(ben), ben)).body).toMatchObject([
      { id: first.body['id'], primary: false },
      { id: second.body['id'], primary: true },
    ]);
  });

  it('answers for one person only (B24)', async () => {
    const dora = await server.person('dora', 'USER');
    await server.call('POST', phones(dora), admin, { ...phone, target: '+4915177777777' });
    const answer = await server.call('POST', phones(ben), admin, { ...phone, target: '+49 151 77777777' });
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code: 'ALREADY_EXISTS' });
  });

  it.each([
    ['emails', { target: 'ben' }, 'target: must be an e-mail address, like ana@example.org'],
    ['emails', { target: 'ben@exa mple.org' }, 'target: has no host name behind the @'],
    ['emails', { target: 'b,en@example.org' }, 'target: has characters before the @ that no mail server takes'],
    ['emails', { target: 'ben@example.org' }, 'target: contact'],
    ['phone-numbers', { ...phone, target: '+0151' }, 'target: must have 7 to 15 digits behind the +'],
    ['phone-numbers', { ...phone, target: 'call me' }, 'target: must be a telephone number'],
    ['phone-numbers', { ...phone, regionCode: 'Germany' }, 'regionCode: must be an ISO country of two capital letters, like DE'],
    ['phone-numbers', { target: '+4915112345678' }, 'regionCode: must be'],
  ])('of %s is refused as %p, with how to mend it', async (kind, body, message) => {
    const answer = await server.call('POST', `/api/users/current/contacts/${kind}`, ben, body);
    expect(answer.status).toBe(400);
    expect(String(answer.body['message'])).toContain(message);
  });

  it('stays while a rule uses it, and says which', async () => {
    const [contact] = (await server.call('GET', emails('current'), ben)).body;
    const answer = await server.call('DELETE', `${emails('current')}/${String(contact?.['id'])}`, ben);
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'STILL_IN_USE',
      details: Array(2).fill({ message: expect.any(String), resource: { type: 'alert-preference', id: expect.any(Number) } }),
    });
  });
});
