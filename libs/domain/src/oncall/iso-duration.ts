/** Part of an ISO 8601 duration that has one meaning only: days of the calendar, or an exact length. */
export type RotationPeriod =
  /** Hand-over at the same local time every so many days: a day has 23 to 25 hours. */
  | { readonly unit: 'calendar'; readonly days: number }
  /** Hand-over after exactly this time, whatever the clocks do. */
  | { readonly unit: 'exact'; readonly ms: number };

const WEEKS = /^P(\d{1,4})W$/;
const DAYS = /^P(\d{1,5})D$/;
const TIME = /^PT(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?$/;

/**
 * Reads `PnW`, `PnD` and `PTnHnMnS`. Undefined for everything else: months and years have no fixed length, and days mixed
 * with hours would leave open which of the two is repeated over a change of the clocks.
 */
export const parseRotation = (iso: string): RotationPeriod | undefined => {
  const weeks = WEEKS.exec(iso);
  if (weeks) return calendar(Number(weeks[1]) * 7);
  const days = DAYS.exec(iso);
  if (days) return calendar(Number(days[1]));
  const time = TIME.exec(iso);
  if (!time) return undefined;
  const [hours, minutes, seconds] = time.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return ms > 0 ? { unit: 'exact', ms } : undefined;
};

const calendar = (days: number): RotationPeriod | undefined => (days > 0 ? { unit: 'calendar', days } : undefined);

/** A window or a timeout, where a day is 24 hours. 0 for what is no duration: what is configured was checked when it was stored. */
export const exactDurationMs = (iso: string): number => {
  const period = parseRotation(iso);
  return period === undefined ? 0 : period.unit === 'exact' ? period.ms : period.days * 86_400_000;
};
