import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { CountryCode } from 'libphonenumber-js/min';

/** The country whose number it is, `DE`. */
export const countryOfNumber = (number: string): string | undefined => parsePhoneNumberFromString(number)?.country;

/**
 * A contact's number as it is dialled from anywhere, `+4915112345678`: numbers may be written without their country. What is no
 * number there is left as it is, for the provider to say so.
 */
export const dialled = (number: string, regionCode: string): string =>
  parsePhoneNumberFromString(number, regionCode as CountryCode)?.number ?? number;
