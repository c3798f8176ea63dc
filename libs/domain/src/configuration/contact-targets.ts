const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL_PART = 64;
const LOCAL_PART = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const DOMAIN = /^(?=.{1,253}$)[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?)*$/u;

/** What is wrong with an e-mail address, as advice; undefined when mail can be sent to it. */
export const emailAddressProblem = (text: string): string | undefined => {
  const address = text.trim();
  const at = address.lastIndexOf('@');
  if (at < 1 || at === address.length - 1) return 'must be an e-mail address, like ana@example.org';
  if (address.length > LONGEST_ADDRESS || at > LONGEST_LOCAL_PART)
    return `must have at most ${LONGEST_ADDRESS} characters, ${LONGEST_LOCAL_PART} of them before the @`;
  if (!LOCAL_PART.test(address.slice(0, at))) return 'has characters before the @ that no mail server takes';
  return DOMAIN.test(address.slice(at + 1)) ? undefined : 'has no host name behind the @';
};

/** The same for a sender, `ana@example.org` or `Ana <ana@example.org>`. */
export const senderProblem = (text: string): string | undefined => emailAddressProblem(/<([^<>]*)>\s*$/.exec(text)?.[1] ?? text);

/** What people write between the digits. */
const SEPARATORS = /[\s().\/\u00a0-]/g;
const INTERNATIONAL = /^\+[1-9]\d{6,14}$/;
const NATIONAL = /^\d{4,15}$/;

/** What is wrong with a telephone number; undefined when it can be dialled from anywhere or within its country. */
export const phoneNumberProblem = (text: string): string | undefined => {
  const number = text.replace(SEPARATORS, '');
  if (INTERNATIONAL.test(number) || NATIONAL.test(number)) return undefined;
  if (number.startsWith('+')) return 'must have 7 to 15 digits behind the +, the first of them not 0, like +4915112345678';
  return 'must be a telephone number of 4 to 15 digits, best with its country: +4915112345678';
};

/** What is wrong with a country. */
export const regionCodeProblem = (code: string): string | undefined => {
  if (!/^[A-Z]{2}$/.test(code)) return 'must be an ISO country of two capital letters, like DE';
  return regionNames.of(code) === undefined ? `is no country: ${code}` : undefined;
};

const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Addresses are the same without regard to case, numbers without regard to what stands between the digits. */
export const foldedAddress = (address: string): string => address.trim().toLowerCase();
export const foldedNumber = (number: string, regionCode: string): string => {
  const digits = number.replace(SEPARATORS, '');
  return digits.startsWith('+') ? digits : `${regionCode}:${digits}`;
};
