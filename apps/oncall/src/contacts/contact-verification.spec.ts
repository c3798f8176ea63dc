import { topics } from '@tocsin/contracts';
import type { SendVerificationCode } from '@tocsin/contracts';
import { CODE_PURPOSE, codeSubject } from '@tocsin/domain';
import type { Message } from '@tocsin/messaging';
import { oncallServer } from '../testing/oncall-server';
import type { Caller, OncallServer } from '../testing/oncall-server';

let server: OncallServer;
let admin: Caller;
let sent: SendVerificationCode[];
let names = 0;

beforeAll(async () => {
  server = await oncallServer();
  admin = await server.person('ana', 'ADMIN');
  sent = [];
  await server.platform.bus.connect(topics.notificationCommands, 'spec', {
    receive: async (messages: readonly Message[]) => void sent.push(...messages.map(({ data }) => data as SendVerificationCode)),
    revoked: () => Promise.resolve(),
  });
});
afterAll(() => server.stop());
beforeEach(() => (sent.length = 0));

const somebody = (): Promise<Caller> => server.person(`person${(names += 1)}`, 'RESPONDER');
const added = async (who: Caller, target = `${who.id}@home.example`): Promise<string> => {
  const { body } = await server.call('POST', '/api/users/current/contacts/emails', who, { target });
  return `/api/users/${who.id}/contacts/emails/${String(body['id'])}`;
};
const codeIn = async (request: Promise<unknown>): Promise<string> => {
  await request;
  await server.settle();
  const asked = sent.at(-1);
  const contact = server.platform.configuration.get('user', asked?.userId ?? 0)?.contacts.find(({ id }) => id === asked?.contactId);
  if (asked === undefined || contact === undefined) throw new Error('no code was sent');
  return server.platform.secrets.shortCode(CODE_PURPOSE, codeSubject(asked.userId, contact, asked.challenge));
};
const requested = (at: string, who: Caller, body?: object) => server.call('POST', `${at}/verification-codes`, who, body);
const enter = (at: string, who: Caller, code: string) => server.call('POST', `${at}/verify`, who, { code });
const other = (code: string): string => code.replace(/^./, (digit) => String((Number(digit) + 1) % 10));

describe('a contact that a person adds', () => {
  it('is verified by the code that is sent to it', async () => {
    const ben = await somebody();
    const at = await added(ben);
    const asked = await requested(at, ben);
    expect(asked.status).toBe(202);
    expect(asked.body).toEqual({
      id: expect.any(Number),
      method: 'EMAIL',
      contact: expect.objectContaining({ verified: false }),
      status: 'SCHEDULED',
      expiresAt: new Date(server.clock.now() + 600_000).toISOString(),
    });
    const code = await codeIn(Promise.resolve());
    expect(sent).toMatchObject([{ notificationId: asked.body['id'], userId: ben.id, method: 'EMAIL' }]);
    const entered = await enter(at, ben, ` ${code.slice(0, 3)} ${code.slice(3)} `);
    expect({ status: entered.status, verified: entered.body['verified'] }).toEqual({ status: 200, verified: true });
    expect((await server.call('GET', at, ben)).body).toEqual(entered.body);
  });

  it('stays unverified by another code, which may be entered five times', async () => {
    const ben = await somebody();
    const at = await added(ben);
    const code = await codeIn(requested(at, ben));
    const messages: unknown[] = [];
    for (let attempt = 0; attempt < 5; attempt++) messages.push((await enter(at, ben, other(code))).body['message']);
    expect(messages).toEqual([
      ...['4 tries', '3 tries', '2 tries', '1 try'].map((left) => `code: is wrong; ${left} left`),
      'code: is wrong: ask for a new one',
    ]);
    expect(await enter(at, ben, code)).toMatchObject({ status: 400, body: { code: 'CODE_NOT_VALID' } });
    expect((await server.call('GET', at, ben)).body).toMatchObject({ verified: false });
  });

  it('stays unverified when it was given another target since', async () => {
    const ben = await somebody();
    const at = await added(ben);
    const code = await codeIn(requested(at, ben));
    await server.call('PUT', at, ben, { target: 'somebody@else.example' });
    expect(await enter(at, ben, code)).toMatchObject({ status: 400, body: { code: 'CODE_NOT_VALID' } });
  });

  it('is sent no second code within half a minute', async () => {
    const ben = await somebody();
    const at = await added(ben);
    await requested(at, ben);
    expect(await requested(at, ben)).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
  });

  it('that is verified for somebody else is sent none, and is not verified when that came later (B24)', async () => {
    const [ben, cleo] = [await somebody(), await somebody()];
    const [ofBen, ofCleo] = [await added(ben, 'shared@home.example'), await added(cleo, 'shared@home.example')];
    const [codeOfBen, codeOfCleo] = [await codeIn(requested(ofBen, ben)), await codeIn(requested(ofCleo, cleo))];
    expect((await enter(ofBen, ben, codeOfBen)).status).toBe(200);
    const late = await enter(ofCleo, cleo, codeOfCleo);
    expect(late).toMatchObject({ status: 400, body: { code: 'ALREADY_EXISTS' } });
    expect(JSON.stringify(late.body)).not.toContain(String(ben.id));
    await server.clock.advance(60_000);
    expect(await requested(ofCleo, cleo)).toMatchObject({ status: 400, body: { code: 'ALREADY_EXISTS' } });
  });

  it('is verified by themselves and by administrators, and by nobody else (B32)', async () => {
    const [ben, cleo] = [await somebody(), await somebody()];
    const at = await added(ben);
    expect((await requested(at, cleo)).status).toBe(403);
    const code = await codeIn(requested(at, admin));
    expect((await enter(at, cleo, code)).status).toBe(403);
    expect((await enter(at, admin, code)).status).toBe(200);
  });

  it('leaves nothing of the code in the log', async () => {
    const ben = await somebody();
    const code = await codeIn(requested(await added(ben), ben));
    const stored = await server.platform.eventStore.readStream(`verification-${ben.id}`);
    expect(stored).toHaveLength(1);
    expect(JSON.stringify([stored, sent])).not.toContain(code);
  });
});

describe('a number that a person adds', () => {
  const numberOf = async (who: Caller, target: string): Promise<string> => {
    const { body } = await server.call('POST', '/api/users/current/contacts/phone-numbers', who, { regionCode: 'DE', target });
    return `/api/users/${who.id}/contacts/phone-numbers/${String(body['id'])}`;
  };

  it('is sent its code by text message, or read to them where that is asked for and set up', async () => {
    const ben = await somebody();
    const at = await numberOf(ben, '+4915112345601');
    expect((await requested(at, ben, { method: 'VOICE' })).body).toMatchObject({ code: 'SETTING_WITHOUT_EFFECT' });
    expect((await requested(at, ben)).body).toMatchObject({ method: 'SMS' });
  });

  it("is not verified when it is another one's, however that is written (B24)", async () => {
    const [ben, cleo] = [await somebody(), await somebody()];
    await server.call('POST', `/api/users/${cleo.id}/contacts/phone-numbers`, admin, { regionCode: 'DE', target: '+4915112345602' });
    const at = await numberOf(ben, '+49 (151) 123456-02');
    expect(await requested(at, ben)).toMatchObject({ status: 400, body: { code: 'ALREADY_EXISTS' } });
  });
});
