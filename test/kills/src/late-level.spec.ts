import { setTimeout as delay } from 'node:timers/promises';
import { Installation } from './installation';

// Real processes that really start, die and wait for their timers.
jest.setTimeout(process.env['TOCSIN_TEST_FULL'] === '1' ? 1_800_000 : 180_000);

describe('a level that came due while the standalone was dead', () => {
  let installation: Installation;

  beforeAll(async () => (installation = await Installation.create(4_000)));
  afterAll(async () => {
    await installation.remove();
    await installation.mail.stop();
  });

  it('is fired at the next start, and its pages say how late they are (P6)', async () => {
    await installation.start();
    const keys = Array.from({ length: 20 }, (_, n) => `late-${n}`);
    for (const key of keys) expect(await installation.event(key)).toBe(202);
    while (installation.mail.mailbox('ana@example.test').length < keys.length) await delay(20);
    const pagedAt = Date.now();
    await installation.kill();
    expect(installation.mail.mailbox('ben@example.test')).toEqual([]);

    // There is no other clock in a process of its own: three seconds more than the level lasts.
    await delay(pagedAt + installation.levelTimeoutMs + 3_000 - Date.now());
    await installation.start();
    while (installation.mail.mailbox('ben@example.test').length < keys.length) await delay(20);
    for (const { text } of installation.mail.mailbox('ben@example.test')) expect(text).toMatch(/This page is [1-9]\d* s late\./);
  });
});
