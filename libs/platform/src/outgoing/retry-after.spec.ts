import { leftAloneMs, retryAfterOf } from './retry-after';

const date = 'Mon, 02 Mar 2026 03:00:00 GMT';

describe('whoever answers that it is too much', () => {
  it.each([
    ['seconds', 429, { 'retry-after': '30' }, 30_000],
    ['seconds, while it is down', 503, { 'retry-after': '7' }, 7_000],
    ['parts of a second', 429, { 'retry-after': '29.6' }, 29_600],
    ['no time at all', 429, { 'retry-after': '0' }, 1_000],
    ['more than anybody can wait', 429, { 'retry-after': '86400' }, 900_000],
    ['more than a number holds', 429, { 'retry-after': '9'.repeat(400) }, 900_000],
    ['seconds, after a time-out of its own', 408, { 'retry-after': '7' }, 7_000],
    ['seconds, since it is too early', 425, { 'retry-after': '7' }, 7_000],
    ['a date, by its own clock', 503, { 'retry-after': 'Mon, 02 Mar 2026 03:01:00 GMT', date }, 60_000],
    ['a date that is over', 503, { 'retry-after': 'Mon, 02 Mar 2026 02:01:00 GMT', date }, 1_000],
  ])('is left alone for what it asks for: %s', (_what, status, headers, retryAfterMs) => {
    expect(retryAfterOf(status, headers)).toEqual({ retryAfterMs });
  });

  it.each([
    ['nothing', 429, {}],
    ['nonsense', 429, { 'retry-after': 'soon' }],
    ['a date without saying what time it is there', 429, { 'retry-after': date }],
    ['a time in an answer that means something else', 500, { 'retry-after': '30' }],
  ])('is asked again as usual when it asks for %s', (_what, status, headers) => {
    expect(retryAfterOf(status, headers)).toEqual({});
  });

  it('in words of its own is left alone within the same bounds', () => {
    expect([0, 3, 100_000].map(leftAloneMs)).toEqual([1_000, 3_000, 900_000]);
  });
});
