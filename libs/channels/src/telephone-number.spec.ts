import { dialled } from './telephone-number';

describe('a telephone number', () => {
  it.each([
    ['+49 151 1234-5678', 'DE', '+4915112345678'],
    ['0151 12345678', 'DE', '+4915112345678'],
    ['(650) 253-0000', 'US', '+16502530000'],
    ['0049 151 12345678', 'DE', '+4915112345678'],
    ['110', 'XX', '110'],
  ])('%s of %s is dialled as %s', (number, region, expected) => expect(dialled(number, region)).toBe(expected));
});
