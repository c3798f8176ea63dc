import { Rest } from './memory-at-rest';

const MB = 1_048_576;
const use = (cpuMs: number, mb: number) => ({ cpuMs, residentBytes: mb * MB });

describe('memory is given back', () => {
  it('after two intervals of rest, when clearly more is held than at rest before', () => {
    const rest = new Rest(use(0, 180));
    expect([use(4_000, 700), use(8_000, 720), use(8_020, 720), use(8_040, 720)].map((now) => rest.isTime(now))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('not while there is work, however much is held', () => {
    const rest = new Rest(use(0, 180));
    expect([1, 2, 3, 4, 5].map((n) => rest.isTime(use(n * 2_000, 700)))).not.toContain(true);
  });

  it('not when little more is held', () => {
    const rest = new Rest(use(0, 180));
    expect([1, 2, 3, 4, 5].map((n) => rest.isTime(use(n, 200)))).not.toContain(true);
  });

  it('once after each load: what cannot be given back is not asked for again and again', () => {
    const rest = new Rest(use(0, 180));
    rest.isTime(use(10, 700));
    expect(rest.isTime(use(20, 700))).toBe(true);
    rest.given(use(400, 650));
    expect([1, 2, 3, 4].map((n) => rest.isTime(use(400 + n, 650)))).not.toContain(true);
    rest.isTime(use(5_000, 900));
    rest.isTime(use(5_001, 900));
    expect(rest.isTime(use(5_002, 900))).toBe(true);
  });
});
