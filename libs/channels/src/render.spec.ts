import type { NotificationMethod } from '@tocsin/domain';
import fc from 'fast-check';
import type { BundleContent, Language, MessageContent, NewsContent, PageContent } from './message';
import { renderMessage } from './render';

const page = (alert: Partial<PageContent['alert']> = {}, more: Partial<PageContent> = {}): PageContent => ({
  type: 'page',
  language: 'en',
  personName: 'Ana',
  alert: {
    id: 4711,
    summary: 'disk full',
    priority: 'HIGH',
    sourceName: 'Monitor',
    reportTime: '04:00 CET on Mon, 2 Mar 2026',
    links: [],
    ...alert,
  },
  reason: 'You are on call in the schedule Nights.',
  lateSec: 0,
  possiblyDuplicate: false,
  answers: {
    accept: 'https://tocsin.test/answer/accept/a1',
    resolve: 'https://tocsin.test/answer/resolve/r1',
    escalate: 'https://tocsin.test/answer/escalate/e1',
  },
  ...more,
});
const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
const hrefs = (html: string | undefined): readonly (string | undefined)[] =>
  [...(html ?? '').matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
const methods: readonly NotificationMethod[] = ['EMAIL', 'SMS', 'PUSH', 'VOICE', 'WHATSAPP', 'TELEGRAM'];

const bundle = (pages: readonly PageContent[], more: Partial<BundleContent> = {}): BundleContent => ({
  type: 'bundle',
  language: 'en',
  personName: 'Ana',
  pages,
  acceptAll: 'https://tocsin.test/answer/accept-all/x',
  ...more,
});

describe('a message about several alerts (B29)', () => {
  const two = bundle([page({ id: 7 }, { reply: { code: 'K7' } }), page({ id: 8, summary: 'no power' }, { reply: { code: 'M3' } })]);
  const without = bundle([page({ id: 7 }), page({ id: 8, summary: 'no power' })]);

  it('by e-mail has one link that accepts all, and the three answers of each', () => {
    const { subject, text, html } = renderMessage('EMAIL', two);
    expect(subject).toBe('[2 alerts] #7 disk full; #8 no power');
    expect(text.match(/https:\S+/g)).toHaveLength(7);
    expect(hrefs(html)).toHaveLength(7);
    expect(hrefs(html)[0]).toBe(two.acceptAll);
  });
  it('shows what tools wrote as text, never as HTML', () => {
    const { html } = renderMessage('EMAIL', bundle([page({ summary: hostile, sourceName: hostile }, { reason: hostile }), page()]));
    expect(html).not.toMatch(/<script|<img/i);
    expect(html?.match(/&lt;script&gt;/g)).toHaveLength(3);
  });
  it('by text message has the code of each, and how to accept all', () => {
    expect(renderMessage('SMS', two).text).toBe(
      '2 alerts:\nK7 [#7] disk full\nM3 [#8] no power\nReply ACK ALL; or ACK, RES, ESC and a code',
    );
  });
  it('says which number takes an answer, when it is another one', () => {
    const pages = two.pages.map((each) => ({ ...each, reply: { code: each.reply?.code ?? '', to: '+4930555001' } }));
    expect(renderMessage('SMS', bundle(pages)).text).toContain('text ACK ALL or ACK and a code to +4930555001');
  });
  it.each(['SMS', 'SLACK', 'TELEGRAM', 'WHATSAPP'] as const)('by %s has a link that accepts all where no reply comes back', (method) => {
    expect(renderMessage(method, without).text).toBe(`2 alerts\n[#7] disk full\n[#8] no power\nAccept all: ${without.acceptAll}`);
  });
  it('as a push accepts all by its button, and a tap leads to all of them', () => {
    expect(renderMessage('PUSH', two).notice).toMatchObject({
      title: '2 alerts',
      body: '[#7] disk full\n[#8] no power',
      urgent: true,
      url: two.acceptAll,
      actions: [{ action: 'accept', title: 'Accept all', url: two.acceptAll }],
    });
  });
  it('counts what nobody would read', () => {
    const many = bundle(Array.from({ length: 14 }, (_, index) => page({ id: 100 + index })));
    expect(renderMessage('TELEGRAM', many).text.split('\n')).toHaveLength(13);
    expect(renderMessage('TELEGRAM', many).text).toContain('and 4 more');
  });
  it('says that some of it may have come before', () => {
    const again = bundle([page({}, { possiblyDuplicate: true, reply: { code: 'K7' } }), page({}, { reply: { code: 'M3' } })]);
    expect(renderMessage('SMS', again).text).toMatch(/\(maybe a repetition\)$/);
    expect(renderMessage('EMAIL', again).text).toContain('You may have received this page before.');
  });
});

describe('several pieces of news in one message', () => {
  const news = (id: number, summary = 'disk full'): NewsContent => ({
    type: 'news',
    language: 'en',
    personName: 'Ana',
    alert: { id, summary, priority: 'HIGH' },
    news: 'Resolved by Ben at 04:00.',
  });
  const two: MessageContent = { type: 'digest', language: 'en', personName: 'Ana', news: [news(7), news(8, 'no power')] };

  it.each(methods)('by %s repeat id and summary of each, and ask for nothing', (method) => {
    const { text, notice } = renderMessage(method, two);
    for (const told of ['#7', 'disk full', '#8', 'no power', 'Resolved by Ben at 04:00.']) expect(notice?.body ?? text).toContain(told);
    expect(text).not.toMatch(/https?:|Reply/);
    expect(notice?.actions ?? []).toEqual([]);
  });
  it('say in the subject how many they are', () => {
    expect(renderMessage('EMAIL', two).subject).toBe('[2 updates] #7 disk full; #8 no power');
    expect(renderMessage('SMS', two).text).toBe(
      '2 updates:\n[#7] disk full: Resolved by Ben at 04:00.\n[#8] no power: Resolved by Ben at 04:00.',
    );
  });
});

describe('an e-mail about an alert', () => {
  it('shows what tools and people wrote as text, never as HTML', () => {
    const { html } = renderMessage(
      'EMAIL',
      page(
        { summary: hostile, details: hostile, sourceName: hostile, links: [{ href: `https://x.test/${hostile}`, text: hostile }] },
        { personName: hostile, reason: hostile },
      ),
    );
    expect(html).not.toMatch(/<script|<img/i);
    expect(html?.match(/&lt;script&gt;/g)).toHaveLength(7);
    // Only our own tags: no attribute was closed from inside.
    expect(html?.match(/<[a-z!/][^>]*>/g)?.filter((tag) => /onerror/.test(tag) && !/href="[^"]*"/.test(tag))).toEqual([]);
  });

  it('links to the web only', () => {
    const links = [
      'javascript:alert(1)',
      ' JavaScript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      '//evil.test',
      'file:///etc/passwd',
      'https://runbook.test/a?b=1&c=2',
      'HTTP://plain.test',
    ].map((href) => ({ href }));
    const { html, text } = renderMessage('EMAIL', page({ links }));
    expect(hrefs(html).slice(3)).toEqual(['https://runbook.test/a?b=1&amp;c=2', 'HTTP://plain.test']);
    // What is not a link is still told.
    expect(html).toContain('file:///etc/passwd');
    expect(text).toContain('file:///etc/passwd');
  });

  it('has its three answers in both parts, and two where nobody is left', () => {
    const { html, text } = renderMessage('EMAIL', page());
    for (const answer of Object.values(page().answers)) {
      expect(hrefs(html)).toContain(answer);
      expect(text).toContain(answer);
    }
    const { accept, resolve } = page().answers;
    const two = renderMessage('EMAIL', page({}, { answers: { accept, resolve } }));
    expect(hrefs(two.html)).toEqual([accept, resolve]);
    expect(two.text).not.toContain('Escalate');
  });

  it('says when it is late and when it may have come before, and otherwise does not', () => {
    const { html, text } = renderMessage('EMAIL', page({}, { lateSec: 90, possiblyDuplicate: true }));
    for (const part of [html, text]) {
      expect(part).toContain('90 s late');
      expect(part).toContain('received this page before');
    }
    expect(renderMessage('EMAIL', page()).text).not.toMatch(/s late|received this page/);
  });

  it.each<[Language, RegExp[]]>([
    ['en', [/Hello Ana/, /Accept:/, /Raised by Monitor/]],
    ['de', [/Hallo Ana/, /Annehmen:/, /Gemeldet von Monitor/]],
  ])('speaks the language of the person: %s', (language, phrases) => {
    const { text } = renderMessage('EMAIL', page({}, { language }));
    for (const phrase of phrases) expect(text).toMatch(phrase);
  });
});

describe('a subject', () => {
  it('is one line of at most about 160 characters, whatever the tool sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom(...methods), (summary, method) => {
        const { subject } = renderMessage(method, page({ summary }));
        expect(subject).not.toMatch(/[\r\n\u0000-\u001f\u007f\u2028\u2029]/);
        expect([...subject].length).toBeLessThanOrEqual(160 + '[#4711] '.length);
      }),
      { numRuns: 200, verbose: 1 },
    );
  });

  it('cannot begin a header of its own', () => {
    expect(renderMessage('EMAIL', page({ summary: 'x\r\nBcc: eve@example.org\u0000\u001b[2J' })).subject).toBe(
      '[#4711] x Bcc: eve@example.org [2J',
    );
  });

  it('is cut between characters', () => {
    const { subject } = renderMessage('EMAIL', page({ summary: '🔥'.repeat(200) }));
    expect(subject).toBe(`[#4711] ${'🔥'.repeat(159)}…`);
  });

  it.each<[Language, string]>([
    ['en', '[#4711] Low priority: disk full'],
    ['de', '[#4711] Niedrige Priorität: disk full'],
  ])('says that an alert is of low priority: %s', (language, subject) => {
    expect(renderMessage('EMAIL', page({ priority: 'LOW' }, { language })).subject).toBe(subject);
    expect(renderMessage('EMAIL', page({}, { language })).subject).toBe('[#4711] disk full');
  });
});

describe('a message of a method that shows text alone', () => {
  it.each(methods.filter((method) => method !== 'EMAIL'))('is short, has the answers and no HTML: %s', (method) => {
    const { text, html } = renderMessage(method, page({ summary: 'a '.repeat(2_000), details: 'never in here' }));
    expect(html).toBeUndefined();
    for (const answer of Object.values(page().answers)) expect(text).toContain(answer);
    expect(text).not.toContain('never in here');
    expect(text.length).toBeLessThan(400);
  });
});

describe('messages that are about no alert', () => {
  const test: MessageContent = { type: 'test', list: 'alerts', language: 'de', personName: hostile };
  const signIn: MessageContent = {
    type: 'sign-in',
    language: 'en',
    personName: hostile,
    url: 'https://tocsin.test/sign-in/t',
    validMinutes: 15,
  };

  it.each([
    ['alerts', 'Pages for alerts'],
    ['updates', 'Status updates'],
    ['duties', 'Messages about your shifts'],
    ['subscriptions', 'News of alerts'],
  ] as const)('say of which messages they are a test: %s', (list, what) => {
    expect(renderMessage('SMS', { type: 'test', list, language: 'en', personName: 'Ana' }).text).toContain(what);
  });

  const code: MessageContent = { type: 'verification', language: 'de', personName: hostile, code: '012345', validMinutes: 10 };

  it('have the code in every part, and by text message little else', () => {
    const { html, text } = renderMessage('EMAIL', code);
    for (const part of [html, text, renderMessage('VOICE', code).text]) expect(part).toContain('012345');
    expect(renderMessage('SMS', code).text.length).toBeLessThan(70);
  });

  const turn = { start: '13:00 CET on Mon, 5 Jan 2026', end: '19:00 CET on Mon, 5 Jan 2026' };
  const begins: MessageContent = { type: 'duty-begins', language: 'en', personName: hostile, schedule: 'Nights', ...turn };
  const changed: MessageContent = {
    type: 'duty-changed',
    language: 'de',
    personName: hostile,
    schedule: 'Nights\r\nBcc: evil@example.test',
    by: 'Ben',
    gained: Array.from({ length: 12 }, () => turn),
    lost: [turn],
  };

  it('tell of a shift when it begins and when it ends', () => {
    expect(renderMessage('EMAIL', begins).subject).toBe(`Your shift in Nights begins at ${turn.start}`);
    expect(renderMessage('SMS', begins).text).toBe(`Your shift in Nights begins at ${turn.start} and ends at ${turn.end}.`);
  });

  it('tell of changed shifts the first ones, and how many more there are', () => {
    const { subject, text } = renderMessage('EMAIL', changed);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text.match(/^Neu: /gm)).toHaveLength(9);
    expect(text).toContain('Und 3 weitere.');
  });

  it('repeat id and summary where they tell news of an alert (B29)', () => {
    const news: MessageContent = {
      type: 'news',
      language: 'en',
      personName: 'Ana',
      alert: { id: 4711, summary: hostile, priority: 'HIGH' },
      news: `Accepted by ${hostile}.`,
    };
    const { subject, text, html } = renderMessage('EMAIL', news);
    expect(subject).toMatch(/^Update: \[#4711\] /);
    expect(text).toContain(`#4711 ${hostile}`);
    expect(html).not.toMatch(/<script|<img/i);
    expect(renderMessage('SMS', { ...news, alert: { ...news.alert, summary: 'disk full' }, news: 'Accepted by Ben.' }).text).toBe(
      '[#4711] disk full\nAccepted by Ben.',
    );
  });

  it.each([test, signIn, code, begins, changed])('escape the name of the person', (content) => {
    const { html } = renderMessage('EMAIL', content);
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain('<script');
  });

  it('have the sign-in link in every part', () => {
    const { html, text } = renderMessage('EMAIL', signIn);
    expect(hrefs(html)).toEqual(['https://tocsin.test/sign-in/t']);
    expect(text).toContain('https://tocsin.test/sign-in/t');
    expect(renderMessage('SMS', signIn).text).toContain('https://tocsin.test/sign-in/t');
  });
});
