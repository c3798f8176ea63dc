import { plusMinutes } from '@tocsin/domain';
import type { AlertId, UserId } from '@tocsin/domain';
import { ANSWERABLE_MINUTES } from '../answer-links';
import type { AcceptAllClaims } from '../answer-links';
import { activated, raised, step } from '../testing/facts';
import { notificationsServer } from '../testing/notifications-server';
import type { NotificationsServer } from '../testing/notifications-server';
import { Bundles } from './bundles';

const ALERTS = [5_001, 5_002] as readonly number[] as readonly AlertId[];
const BUNDLE = 77;
let server: NotificationsServer;
let ana: UserId;
let ben: UserId;

beforeAll(async () => {
  server = await notificationsServer();
  ana = (await server.person('ana', 'RESPONDER')).id;
  ben = (await server.person('ben', 'RESPONDER')).id;
  for (const alertId of ALERTS) await server.happens(alertId, raised(), activated(step(0), 1, ana));
  const pages = ALERTS.map((alertId) => ({ notification: `notification-${alertId}-1-8`, attempt: 1, alertId, step: step(0) }));
  const cause = { causationId: 'c', correlationId: 'c' };
  await new Bundles(server.platform.eventStore, server.clock).record(BUNDLE, ana, pages, cause);
});
afterAll(() => server.stop());

const link = (claims: Partial<AcceptAllClaims> = {}, at = server.clock.now()): string =>
  server.links.acceptAllLink({ bundle: BUNDLE, attempt: 1, userId: ana, ...claims }, at);
const visit = async (url: string, method: string) => {
  const answer = await fetch(url.replace('http://tocsin.test', server.url), { method });
  return { status: answer.status, text: await answer.text() };
};
const token = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

describe('a link that accepts all alerts of a message', () => {
  it('asks first', async () => {
    const { status, text } = await visit(link(), 'GET');
    expect([status, text]).toEqual([200, expect.stringContaining('Accept these 2 alerts?')]);
    await server.settle();
    expect(server.given).toEqual([]);
  });

  it('leads to the single alerts for no longer than it is good for itself', async () => {
    const sentAt = server.clock.now();
    await server.clock.advance(60 * 60_000);
    const { text } = await visit(link({}, sentAt), 'GET');
    const pages = [...text.matchAll(/\/answer\/alert\/([\w.-]+)/g)].map(([, found = '']) => found);
    expect(pages).toHaveLength(2);
    for (const page of pages) {
      expect(server.links.read('alert', page, server.clock.now())).toMatchObject({ userId: ana });
      expect(server.links.read('alert', page, plusMinutes(sentAt, ANSWERABLE_MINUTES))).toBe('expired');
    }
  });

  const forged = (from: string, to: string): string => {
    const [body = '', signature = ''] = token(link()).split('.');
    const changed = Buffer.from(body, 'base64url').toString().replace(from, to);
    return link().replace(token(link()), `${Buffer.from(changed).toString('base64url')}.${signature}`);
  };

  it.each<[string, () => string, number]>([
    ['names another person', () => forged(`"u":${ana}`, `"u":${ben}`), 404],
    ['names another message', () => forged(`"b":${BUNDLE}`, `"b":${BUNDLE + 1}`), 404],
    ['names another attempt', () => forged('"n":1', '"n":2'), 404],
    ['has another signature', () => link().replace(/..$/, 'AA'), 404],
    ['is one that accepts a single alert', () => link().replace(token(link()), token(single())), 404],
    ['is used for a single alert', () => single().replace(token(single()), token(link())), 404],
    ['is two days old', () => link({}, plusMinutes(server.clock.now(), -ANSWERABLE_MINUTES)), 410],
    ['is signed for a person who did not get the message', () => link({ userId: ben }), 410],
    ['is signed for an attempt that was not made', () => link({ attempt: 2 }), 410],
  ])('is refused and changes nothing when it %s', async (_what, bad, status) => {
    expect(bad()).not.toBe(link());
    for (const method of ['GET', 'POST']) {
      const answer = await visit(bad(), method);
      expect([method, answer.status]).toEqual([method, status]);
      expect(answer.text).not.toContain('<form');
    }
    await server.settle();
    expect(server.given).toEqual([]);
  });

  const single = (): string => server.links.links({ alertId: ALERTS[0] as AlertId, userId: ana, step: step(0) }, server.clock.now()).accept;
});
