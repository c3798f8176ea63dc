import { checked, listSetting, optional } from '@tocsin/platform';

const NUMBER = /^\+[1-9]\d{6,14}$/;

/** Our numbers at a provider. */
export const senderNumbersSetting = (name: string) =>
  optional(
    checked(listSetting(name, { about: 'numbers to text and call from, +4915112345678, several separated by commas' }), (numbers) =>
      numbers.every((number) => NUMBER.test(number)) ? undefined : 'must be numbers with their country, like +4915112345678',
    ),
  );
