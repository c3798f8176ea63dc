/** Whoever asks for more is asked again all the same: somebody waits to be reached. */
const LONGEST_MS = 900_000;
const SHORTEST_MS = 1_000;
const NOT_NOW: ReadonlySet<number> = new Set([408, 425, 429, 503]);

/** Whether an answer says that it was only too early, or too much. */
export const isNotNow = (status: number): boolean => NOT_NOW.has(status);

/** How long somebody is left alone who asks for so many seconds. */
export const leftAloneMs = (seconds: number): number => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.ceil(seconds * 1_000)));

/** What an answer that means `not now` asks for: `Retry-After`, in seconds or as a date, told by the clock of whoever answered. */
export const retryAfterOf = (
  status: number,
  { 'retry-after': asked, date }: Readonly<Record<string, unknown>>,
): { readonly retryAfterMs?: number } => {
  if (!isNotNow(status) || typeof asked !== 'string') return {};
  const seconds = /^\s*\d+(?:\.\d+)?\s*$/.test(asked) ? Number(asked) : (Date.parse(asked) - Date.parse(String(date))) / 1_000;
  return Number.isNaN(seconds) ? {} : { retryAfterMs: leftAloneMs(seconds) };
};
