import type { UserId } from '@tocsin/domain';
import { accepted, activated, escalationRequested, raised, resolved, step } from './testing/facts';
import { NIGHT, notificationsServer } from './testing/notifications-server';
import type { NotificationsServer } from './testing/notifications-server';

const DAY_MS = 86_400_000;
let server: NotificationsServer;
let ana: { readonly id: UserId; readonly key: string };
let alerts = 4_000;
let alertId: number;

beforeAll(async () => {
  server = await notificationsServer();
  ana = await server.person('ana', 'RESPONDER');
});
afterAll(() => server.stop());
beforeEach(async () => {
  server.given.length = 0;
  await server.happens((alertId = alerts += 1), raised(), activated(step(0), 1, ana.id));
});

const links = (userId = ana.id) => server.links.links({ alertId: alertId as never, userId, step: step(0) }, server.clock.now());
const visit = async (link: string, method = 'GET') => {
  const answer = await fetch(link.replace('http://tocsin.test', server.url), { method });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const inLog = async (): Promise<number> => (await server.stream(`alert-${alertId}`)).length;

describe('a link in a message', () => {
  it.each(['accept', 'resolve', 'escalate'] as const)('asks first and changes nothing, however it is opened: %s', async (purpose) => {
    const link = links()[purpose] ?? '';
    const before = await inLog();
    const asked = await visit(link);
    expect(asked.status).toBe(200);
    expect(asked.text.match(/<form method="post">/g)).toHaveLength(1);
    expect(asked.text).not.toMatch(/<script/i);
    expect(asked.headers.get('cache-control')).toBe('no-store');
    expect(asked.headers.get('content-type')).toMatch(/^text\/html/);
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE']) await visit(link, method);
    await server.settle();
    expect([await inLog(), server.given]).toEqual([before, []]);
  });

  it.each(['accept', 'resolve', 'escalate'] as const)(
    'gives the answer under the name of the person when its form is sent: %s',
    async (purpose) => {
      const { status, text } = await visit(links()[purpose] ?? '', 'POST');
      expect([status, text]).toEqual([200, expect.stringContaining('Your answer is stored')]);
      await server.settle();
      expect(server.given).toMatchObject([
        {
          key: `alert-${alertId}`,
          data: { type: purpose, alertId, by: { type: 'user', userId: ana.id }, ...(purpose === 'escalate' ? { from: step(0) } : {}) },
        },
      ]);
    },
  );

  it('shows what a tool wrote as text', async () => {
    const summary = '<script>alert(1)</script><img src=x onerror=1>';
    await server.happens((alertId = alerts += 1), raised({ summary }));
    const { text } = await visit(links().accept);
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toMatch(/<script|<img/);
  });

  it('says who was faster, and does nothing more', async () => {
    await server.happens(alertId, resolved(ana.id));
    for (const method of ['GET', 'POST']) {
      const { status, text } = await visit(links().accept, method);
      expect([status, text]).toEqual([200, expect.stringContaining('Already resolved by ana Example')]);
      expect(text).not.toContain('<form');
    }
    expect(server.given).toEqual([]);
  });

  it('says that the person accepted before', async () => {
    await server.happens(alertId, accepted(ana.id));
    expect((await visit(links().accept, 'POST')).text).toContain('Already accepted by ana Example');
    expect(server.given).toEqual([]);
  });

  it('does not escalate from a level that was left already (B13)', async () => {
    await server.happens(alertId, escalationRequested(2, { pass: 1, level: 1 }), activated(step(1, 1, 2), 2, ana.id));
    expect((await visit(links().escalate ?? '', 'POST')).text).toContain('already at level 2');
    expect(server.given).toEqual([]);
  });
});

describe('a link that is not what we sent', () => {
  const refused = async (link: string, status: number): Promise<void> => {
    for (const method of ['GET', 'POST']) {
      const answer = await visit(link, method);
      expect([method, answer.status]).toEqual([method, status]);
      expect(answer.text).not.toContain('disk full');
      expect(answer.text).not.toContain('<form');
    }
    await server.settle();
    expect(server.given).toEqual([]);
  };
  const token = (link: string) => link.slice(link.lastIndexOf('/') + 1);

  it('is refused when it was changed anywhere', async () => {
    const { accept } = links();
    const [body = '', signature = ''] = token(accept).split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as unknown[];
    const forged = Buffer.from(JSON.stringify(claims).replace(`"u":${ana.id}`, `"u":${ana.id + 1}`)).toString('base64url');
    for (const bad of [`${forged}.${signature}`, `${body}.${signature.slice(0, -2)}AA`, body, `${body}.`, '.', 'x'.repeat(200)])
      await refused(accept.replace(token(accept), bad), 404);
  });

  it('is refused for another purpose than its own', async () => {
    await refused(links().accept.replace('/accept/', '/resolve/'), 404);
    await refused(links().escalate?.replace('/escalate/', '/accept/') ?? '', 404);
    await refused(links().accept.replace('/accept/', '/delete/'), 404);
  });

  it('is refused when it has no level to escalate from', async () => {
    const { resolve } = server.links.links({ alertId: alertId as never, userId: ana.id }, server.clock.now());
    const withoutStep = server.platform.secrets.signToken(
      { purpose: 'answer-escalate', a: alertId, u: ana.id },
      (NIGHT + 9 * DAY_MS) as never,
    );
    await refused(resolve.replace('/resolve/', '/escalate/').replace(token(resolve), withoutStep), 404);
  });

  it('is refused two days after the page', async () => {
    const old = server.links.links({ alertId: alertId as never, userId: ana.id }, (NIGHT - 2 * DAY_MS) as never);
    await refused(old.accept, 410);
  });

  it('says kindly that there is nothing left to do when the alert is in the archive (B5)', async () => {
    await server.platform.eventStore.deleteStream(`alert-${alertId}`);
    await refused(links().accept, 410);
    expect((await visit(links().accept, 'POST')).text).toContain('There is nothing left to do.');
  });
});

describe('a link of somebody who may not answer any more', () => {
  it('is refused after they became a stakeholder, and after they were deleted', async () => {
    const ben = await server.person('ben', 'RESPONDER');
    const { accept } = links(ben.id);
    expect((await visit(accept)).status).toBe(200);
    const { configurationStore } = server.platform;
    await configurationStore.change('user', ben.id, (user) => ({ ...user, role: 'STAKEHOLDER' }), server.context());
    await server.settle();
    for (const method of ['GET', 'POST']) expect((await visit(accept, method)).status).toBe(403);
    await configurationStore.change('user', ben.id, (user) => ({ ...user, role: 'RESPONDER' }), server.context());
    await server.settle();
    expect((await visit(accept)).status).toBe(200);
    await configurationStore.remove('user', ben.id, () => undefined, server.context());
    await server.settle();
    for (const method of ['GET', 'POST']) expect((await visit(accept, method)).status).toBe(403);
    await server.settle();
    expect(server.given).toEqual([]);
  });
});
