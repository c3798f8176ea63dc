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
