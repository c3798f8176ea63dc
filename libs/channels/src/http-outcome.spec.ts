import { ABOUT_US, FOR_NOW, outcomeOfRefusal } from './http-outcome';

const refused = (status: number, aboutUs?: ReadonlySet<number>) => outcomeOfRefusal({ status, headers: {} }, aboutUs);

describe('a provider that says no', () => {
  it.each([401, 402, 403, 404, 405])('with %i means us where we chose its address, and is asked again in a minute', (status) => {
    expect(refused(status, ABOUT_US)).toMatchObject({ permanent: false, retryAfterMs: 60_000 });
    expect(FOR_NOW.has(status)).toBe(true);
  });
  it.each([401, 402, 403, 404, 405])('with %i means the device where that brought the address', (status) => {
    expect(refused(status)).toEqual({ type: 'failed', permanent: true, reason: `answered ${status}` });
  });
  it.each([
    [302, true],
    [400, true],
    [408, false],
    [410, true],
    [413, true],
    [422, true],
    [425, false],
    [429, false],
    [500, false],
    [503, false],
  ])('with %i, wherever that is: whether for good is %s', (status, permanent) => {
    const outcome = { type: 'failed', permanent, reason: `answered ${status}` };
    expect([refused(status), refused(status, ABOUT_US)]).toEqual([outcome, outcome]);
  });
});
