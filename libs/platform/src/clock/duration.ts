const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `30m`, `1h30m`, `90s`, `7d`, `250ms`. @throws RangeError */
export const durationMs = (words: string): number => {
  const parts = [...words.matchAll(/(\d+)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== words)
    throw new RangeError(`not a duration like 30m or 1h30m: ${words}`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? Number.NaN), 0);
};
