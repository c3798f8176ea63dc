import { instant } from '@tocsin/domain';
import { oncallServer } from '../testing/oncall-server';
import type { Caller, OncallServer } from '../testing/oncall-server';

let server: OncallServer;
let ana: Caller;
let ben: Caller;

beforeAll(async () => {
  server = await oncallServer();
  const at = instant(0);
  ana = await server.person('ana', 'STAKEHOLDER', {
    slackAccount: { teamId: 'T1', userId: 'U1' },
    chatAccounts: [{ method: 'TELEGRAM', id: '4711', address: '4712', linkedAt: at, closed: { reason: 'blocked', at } }],
  });
  ben = await server.person('ben', 'USER');
});
afterAll(() => server.stop());

const at = '/api/users/current/contacts/chat-accounts';

describe('accounts in chats', () => {
  it('are seen by their person, with no word of where they are, and given up one by one (B32)', async () => {
    const slack = { method: 'SLACK', status: 'OK' };
    expect((await server.call('GET', at, ana)).body).toEqual([slack, { method: 'TELEGRAM', status: 'CLOSED' }]);
    expect((await server.call('DELETE', `${at}/TELEGRAM`, ana)).status).toBe(204);
    expect((await server.call('GET', at, ana)).body).toEqual([slack]);
    expect(await server.call('DELETE', `${at}/TELEGRAM`, ana)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await server.call('DELETE', `${at}/SMS`, ana)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('are not for others', async () => {
    const theirs = `/api/users/${ana.id}/contacts/chat-accounts`;
    expect((await server.call('GET', theirs, ben)).status).toBe(403);
    expect((await server.call('DELETE', `${theirs}/SLACK`, ben)).status).toBe(403);
    expect((await server.call('GET', at, ana)).body).toEqual([{ method: 'SLACK', status: 'OK' }]);
  });
});
