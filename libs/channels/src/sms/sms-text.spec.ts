import * as fc from 'fast-check';
import { smsLength } from './sms-length';
import { smsList, smsText } from './sms-text';

const ANSWER = 'Reply 1 accept, 2 resolve, 3 escalate; or with its code: ACK K7';

describe('the length of a text message', () => {
  it.each([
    ['', 'GSM-7', 1],
    ['a'.repeat(160), 'GSM-7', 1],
    ['a'.repeat(161), 'GSM-7', 2],
    ['{'.repeat(80), 'GSM-7', 1],
    ['{'.repeat(81), 'GSM-7', 2],
    ['a'.repeat(307), 'GSM-7', 3],
    ['я'.repeat(70), 'UCS-2', 1],
    ['я'.repeat(71), 'UCS-2', 2],
    ['🔥'.repeat(35), 'UCS-2', 1],
    ['🔥'.repeat(36), 'UCS-2', 2],
  ] as const)('%# is counted as a carrier does', (text, encoding, segments) => expect(smsLength(text)).toEqual({ encoding, segments }));
});

describe('the text of a page', () => {
  it('has a short summary in full', () => expect(smsText('[#7] ', 'disk full', ANSWER)).toBe(`[#7] disk full\n${ANSWER}`));
  it('is not made costly by a typographic character', () => {
    expect(smsLength(smsText('[#7] ', 'disk “full” – now…', ANSWER)).encoding).toBe('GSM-7');
  });
  it('shortens the summary, never how to answer, and fills what there is', () => {
    const text = smsText('[#7] ', 'x'.repeat(5_000), ANSWER);
    expect(text.endsWith(`...\n${ANSWER}`)).toBe(true);
    expect(text.length).toBeGreaterThan(300);
  });
  it('fits whatever the summary is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (summary) => {
        const text = smsText('[#4711] ', summary, ANSWER);
        expect(smsLength(text).segments).toBeLessThanOrEqual(2);
        expect(text.endsWith(ANSWER)).toBe(true);
      }),
    );
  });
});

describe('the text of several pages', () => {
  const about = { andMore: (count: number) => `and ${count} more`, answer: 'Reply ACK ALL; or ACK and a code' };
  const line = (summary: string, index: number) => ({ before: `K${index} [#${4711 + index}] `, summary });

  it('has each with its code', () => {
    expect(smsList('2 alerts:', [line('disk full', 1), line('no power', 2)], about)).toBe(
      `2 alerts:\nK1 [#4712] disk full\nK2 [#4713] no power\n${about.answer}`,
    );
  });
  it('shortens what is long before it leaves one out', () => {
    const text = smsList(
      '3 alerts:',
      ['a', 'b', 'c'].map((letter, index) => line(letter.repeat(200), index)),
      about,
    );
    expect(text).not.toContain('more');
    expect(text.match(/\.\.\./g)).toHaveLength(3);
  });
  it('counts what has no room', () => {
    const text = smsList(
      '90 alerts:',
      Array.from({ length: 90 }, (_, index) => line('disk full on a machine', index)),
      about,
    );
    const shown = text.split('\n').length - 3;
    expect(shown).toBeGreaterThan(5);
    expect(text).toContain(`\nand ${90 - shown} more\n${about.answer}`);
  });
  it('fits whatever they say, how to answer in full', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { minLength: 2, maxLength: 40 }), (summaries) => {
        const text = smsList(`${summaries.length} alerts:`, summaries.map(line), about);
        expect(smsLength(text).segments).toBeLessThanOrEqual(2);
        expect(text.endsWith(about.answer)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
