import { createHash } from 'node:crypto';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

const countryOf = (number: string): string | undefined => parsePhoneNumberFromString(number)?.countryCallingCode;

/**
 * Which of our numbers a person is written to from: always the same one, so that all is in one conversation on their telephone,
 * and one of their own country where there is one.
 */
export const senderFor = (numbers: readonly string[], target: string): string => {
  const [first = '', ...others] = numbers;
  if (others.length === 0) return first;
  const country = countryOf(target);
  const near = numbers.filter((number) => country !== undefined && countryOf(number) === country);
  const candidates = near.length > 0 ? near : numbers;
  const turn = createHash('sha256').update(target).digest().readUInt32BE(0) % candidates.length;
  return candidates[turn] ?? first;
};
