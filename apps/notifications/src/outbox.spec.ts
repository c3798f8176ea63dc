import { activated, raised, step } from './testing/facts';
import { notificationsServer } from './testing/notifications-server';
import type { NotificationsServer } from './testing/notifications-server';

let server: NotificationsServer;
let admin: { readonly key: string };
let responder: Awaited<ReturnType<NotificationsServer['person']>>;

beforeAll(async () => {
  server = await notificationsServer('outbox');
  admin = await server.person('admin', 'ADMIN');
  responder = await server.person('ana', 'USER', { firstName: '<b>Ana</b>' });
  const hostile = '<script>alert(1)</script> http://evil.test/answer/accept/x javascript:alert(1) http://tocsin.test/answer/delete/x';
  const links = [{ href: 'https://runbook.test/disk', text: 'runbook' }, { href: 'javascript:alert(2)' }];
  await server.happens(4_711, raised({ summary: hostile, links }), activated(step(0), 1, responder.id));
  await server.settle();
});
afterAll(() => server.stop());

const open = async (key?: string, accept = 'text/html') => {
  const answer = await fetch(`${server.url}/outbox`, {
    headers: { accept, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

describe('the outbox', () => {
  it('is for administrators', async () => {
    expect([(await open()).status, (await open(responder.key)).status, (await open(admin.key)).status]).toEqual([401, 403, 200]);
  });

  it('links to our own answers and to nothing that a tool wrote', async () => {
    const { text } = await open(admin.key);
    const hrefs = [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href ?? '');
    expect(hrefs.map((href) => href.replace(/[^/]+$/, ''))).toEqual(
      ['accept', 'resolve', 'escalate'].map((purpose) => `http://tocsin.test/answer/${purpose}/`),
    );
    expect(text).toContain('https://runbook.test/disk');
  });

  it('shows texts as text', async () => {
    const { text } = await open(admin.key);
    expect(text).not.toMatch(/<script|<b>Ana/);
    expect(text).toContain('&lt;script&gt;');
  });

  it("has the times of each message by its reader's clocks", async () => {
    const { text } = await open(admin.key);
    expect(text).toMatch(/EMAIL to ana@example\.org, \d\d:\d\d CES?T on \w{3}, /);
    expect(text).toMatch(/Raised by .* at \d\d:\d\d CES?T on /);
    expect(text).not.toMatch(/\d{4}-\d\d-\d\dT/);
  });

  it('is not kept by browsers and runs no script', async () => {
    const { headers } = await open(admin.key);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  it('can be read as JSON', async () => {
    const messages = JSON.parse((await open(admin.key, 'application/json')).text) as object[];
    expect(messages).toMatchObject([
      {
        alertId: 4_711,
        method: 'EMAIL',
        to: 'ana@example.org',
        subject: expect.stringContaining('[#4711]'),
        at: expect.stringMatching(/Z$/),
      },
    ]);
  });
});
