import { Server } from './server';

let server: Server;
beforeAll(async () => {
  server = await Server.start();
});
afterAll(() => server.stop());

/** What a page's policy says of a kind of thing. */
const policyOf = (headers: Headers): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (headers.get('content-security-policy') ?? '').split(';').map((rule) => {
      const [name = '', ...sources] = rule.trim().split(' ');
      return [name, sources.join(' ')];
    }),
  );

describe.each([
  ['the page where a person lands', () => Promise.resolve('/')],
  ['the page of a sign-in link', () => signInLink()],
  ['the page of a sign-in link that is not valid', () => Promise.resolve('/sign-in/nothing')],
  ['the page of an answer link that is not valid', () => Promise.resolve('/answer/accept/nothing')],
  ['the outbox', () => Promise.resolve('/outbox')],
  ['the description of the API', () => Promise.resolve('/api-docs')],
])('%s', (_name, pathOf) => {
  it('has headers that let its styles and its form work, and nothing else run', async () => {
    const page = await server.call('GET', await pathOf(), { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = policyOf(page.headers);
    expect(policy).toMatchObject({
      'default-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
      'form-action': "'self'",
      'frame-ancestors': "'none'",
    });
    // Without a rule of its own a script falls under the first one: none that stands in the page.
    expect(policy['script-src']).toBeUndefined();
    expect(page.text).not.toMatch(/<script(?! src="\/)|\son\w+=|javascript:/i);
    expect([...page.text.matchAll(/(?:src|action)="([^"]*)"/g)].every(([, target = '']) => target.startsWith('/'))).toBe(true);
  });
});

const signInLink = async (): Promise<string> => {
  const { body } = await server.call('POST', '/api/sign-in-links');
  return new URL(String(body['url'])).pathname;
};

describe('the page where a person lands', () => {
  it('needs no key, and leads to what is there', async () => {
    const page = await server.call('GET', '/', { key: undefined, headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    const targets = [...page.text.matchAll(/href="([^"]*)"/g)].map(([, target = '']) => target);
    expect(targets).toEqual(['/outbox', '/api-docs', '/health/ready', '/metrics']);
    for (const target of targets) expect({ target, status: (await server.call('GET', target)).status }).toEqual({ target, status: 200 });
    // What asks for a name and a key can be entered by them.
    const asked = await server.call('GET', '/outbox', { key: undefined, headers: { accept: 'text/html' } });
    expect(asked.headers.get('www-authenticate')).toContain('Basic');
  });
});

describe('the form of a sign-in link', () => {
  it('signs in by its POST, once', async () => {
    const path = await signInLink();
    const form = { key: undefined, headers: { 'content-type': 'application/x-www-form-urlencoded' }, raw: '' };
    expect((await server.call('GET', path, { key: undefined })).text).toContain('<form method="post">');
    const { status, headers } = await server.call('POST', path, form);
    expect({ status, to: headers.get('location') }).toEqual({ status: 303, to: '/outbox' });
    const cookie = (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect((await server.call('GET', '/outbox', { key: undefined, headers: { cookie, accept: 'text/html' } })).status).toBe(200);
    expect((await server.call('POST', path, form)).status).toBeGreaterThanOrEqual(400);
  });
});
