/** A point in time: whole milliseconds since 1970-01-01T00:00:00Z. The public API shows it as UTC ISO 8601. */
export type Instant = number & { readonly __brand: 'Instant' };

export const instant = (epochMs: number): Instant => {
  if (!Number.isSafeInteger(epochMs)) throw new RangeError(`not an instant in whole milliseconds: ${epochMs}`);
  return epochMs as Instant;
};

/** Reads an ISO 8601 date-time with an offset or `Z`; anything else is a RangeError. */
export const parseInstant = (iso: string): Instant => {
  const epochMs = /(?:Z|[+-]\d\d:?\d\d)$/i.test(iso) ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(epochMs)) throw new RangeError(`not an ISO 8601 date-time with an offset: ${iso}`);
  return epochMs as Instant;
};

export const toIso = (at: Instant): string => new Date(at).toISOString();

export const plusMs = (at: Instant, ms: number): Instant => instant(at + ms);
export const plusMinutes = (at: Instant, minutes: number): Instant => instant(at + minutes * 60_000);
