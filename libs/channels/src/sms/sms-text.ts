import { plainForSms, smsLength } from './sms-length';

/** A page costs no more than this, and a telephone shows it as one message. */
const MOST_SEGMENTS = 2;

/**
 * A text message of a summary and of how to answer, in two segments at most. Whatever the summary is, the answer is there in full:
 * only the summary is shortened.
 */
export const smsText = (before: string, summary: string, answer: string): string => {
  const whole = (shown: string): string => plainForSms(`${before}${shown}\n${answer}`);
  const characters = [...summary];
  const shortened = (length: number): string => whole(length >= characters.length ? summary : `${characters.slice(0, length).join('')}...`);
  const fits = (length: number): boolean => smsLength(shortened(length)).segments <= MOST_SEGMENTS;
  if (fits(characters.length)) return shortened(characters.length);
  // One character of another alphabet halves what fits, so that a shorter text can have room for more: the longest that fits.
  let [length, tooLong] = [0, characters.length];
  while (tooLong - length > 1) {
    const middle = Math.floor((length + tooLong) / 2);
    if (fits(middle)) length = middle;
    else tooLong = middle;
  }
  return shortened(length);
};

/** Less of a summary says nothing. */
const SHORTEST_SUMMARY = 16;

export interface SmsLine {
  /** Which alert, and its code: never shortened. */
  readonly before: string;
  readonly summary: string;
}

/**
 * Several summaries in one text message of two segments at most. How to answer is there in full whatever they are; they are
 * shortened alike, and what has no room at all is counted.
 */
export const smsList = (
  title: string,
  lines: readonly SmsLine[],
  { andMore, answer }: { readonly andMore: (count: number) => string; readonly answer?: string },
): string => {
  const whole = (shown: number, length: number): string => {
    const told = lines.slice(0, shown).map(({ before, summary }) => `${before}${cut(summary, length)}`);
    const more = lines.length > shown ? [andMore(lines.length - shown)] : [];
    return plainForSms([title, ...told, ...more, ...(answer === undefined ? [] : [answer])].join('\n'));
  };
  const fits = (shown: number, length: number): boolean => smsLength(whole(shown, length)).segments <= MOST_SEGMENTS;
  const longest = Math.max(0, ...lines.map(({ summary }) => [...summary].length));
  let shown = lines.length;
  while (shown > 0 && !fits(shown, Math.min(longest, SHORTEST_SUMMARY))) shown -= 1;
  // What fits shorter may not fit longer: each step is tried.
  let length = Math.min(longest, SHORTEST_SUMMARY);
  while (length < longest && fits(shown, length + 1)) length += 1;
  return whole(shown, length);
};

const cut = (summary: string, length: number): string => {
  const characters = [...summary];
  return characters.length <= length ? summary : `${characters.slice(0, Math.max(0, length - 3)).join('')}...`;
};
