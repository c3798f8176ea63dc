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

const readiness = async (who: Caller, by: Caller = who) => server.call('GET', `/api/users/${who.id}/readiness`, by);
const codes = async (who: Caller) => ((await readiness(who)).body['problems'] as { code: string }[]).map(({ code }) => code);

describe('the readiness of a person', () => {
  it('says that a page would reach them, and by what nothing has arrived yet', async () => {
    const { status, body } = await readiness(ben);
    expect(status).toBe(200);
    expect(body).toEqual({
      user: { id: ben.id, username: 'ben', firstName: 'ben', lastName: 'Example' },
      ready: true,
      problems: [
        {
          code: 'NEVER_REACHED',
          message: 'nothing has arrived by EMAIL yet: send a test notification',
          method: 'EMAIL',
          contact: { id: expect.any(Number) },
        },
      ],
    });
  });

  it('says what is wrong with each of their rules', async () => {
    const cleo = await server.person('cleo', 'RESPONDER');
    const { body: phone } = await server.call('POST', '/api/users/current/contacts/phone-numbers', cleo, {
      regionCode: 'DE',
      target: '+4915112345670',
    });
    for (const method of ['SMS', 'VOICE'])
      await server.call('POST', '/api/users/current/notification-preferences/alerts', cleo, {
        type: 'HIGH_PRIORITY',
        method,
        contact: { id: phone['id'] },
      });
    expect(await codes(cleo)).toEqual(['CONTACT_NOT_VERIFIED', 'CONTACT_NOT_VERIFIED', 'NEVER_REACHED']);
  });

  it('says until when they have muted everything', async () => {
    const dora = await server.person('dora', 'RESPONDER', { mutedUntil: (server.clock.now() + 60_000) as never });
    expect((await readiness(dora)).body).toMatchObject({
      ready: false,
      problems: [{ code: 'MUTED', mutedUntil: new Date(server.clock.now() + 60_000).toISOString() }, { code: 'NEVER_REACHED' }],
    });
  });

  it("is theirs and the administrators' to read (B32)", async () => {
    expect([(await readiness(ben, admin)).status, (await readiness(admin, ben)).status]).toEqual([200, 403]);
    expect((await server.call('GET', '/api/users/current/readiness', ben)).body).toEqual((await readiness(ben)).body);
  });

  it('is counted, without saying whose it is', async () => {
    await server.clock.advance(60_000);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const line = (name: string) => text.split('\n').find((each) => each.startsWith(name));
    expect(line('tocsin_people_unready ')).toBe('tocsin_people_unready 0');
    expect(line('tocsin_people_readiness_problems{problem="contact-not-verified"}')).toMatch(/ 1$/);
    expect(line('tocsin_people_readiness_problems{problem="never-reached"}')).toMatch(/ 4$/);
    expect(line('tocsin_people_readiness_problems{problem="muted"}')).toMatch(/ 0$/);
  });
});
