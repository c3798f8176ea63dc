import { parseInstant } from '@tocsin/domain';
import type { Language } from './message';
import { timeText } from './time-texts';

describe('a time that a person reads', () => {
  it.each<[string, Language, string, string]>([
    ['Europe/Berlin', 'en', '2026-01-05T09:00:00Z', '10:00 CET on Mon, 5 Jan 2026'],
    ['Europe/Berlin', 'de', '2026-01-05T09:00:00Z', '10:00 MEZ am Mo., 5. Jan. 2026'],
    ['Europe/Berlin', 'en', '2026-07-05T23:30:00Z', '01:30 CEST on Mon, 6 Jul 2026'],
    ['America/New_York', 'en', '2026-01-05T04:59:59Z', '23:59 GMT-5 on Sun, 4 Jan 2026'],
    ['Asia/Kolkata', 'de', '2026-01-05T18:30:00Z', '00:00 GMT+5:30 am Di., 6. Jan. 2026'],
    ['UTC', 'en', '2026-01-05T09:00:00Z', '09:00 UTC on Mon, 5 Jan 2026'],
  ])('in %s, %s, is by the clocks there and says whose they are', (timezone, language, at, text) => {
    expect(timeText(parseInstant(at), { timezone, language })).toBe(text);
  });

  it('tells the two apart that are the same hour when the clocks go back', () => {
    const texts = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((at) =>
      timeText(parseInstant(at), { timezone: 'Europe/Berlin', language: 'en' }),
    );
    expect(texts).toEqual(['02:30 CEST on Sun, 25 Oct 2026', '02:30 CET on Sun, 25 Oct 2026']);
  });
});
