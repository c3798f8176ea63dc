/** Without those that are read as another one: B, I, O, S, Z and 0, 1. */
const LETTERS = 'ACDEFGHJKLMNPQRTUVWXY';
const DIGITS = '23456789';
const MOST_DIGITS = 4;
/** Prime to every number of codes, so that each has its turn and two in a row look different. */
const STRIDE = 37;

const codeOf = (rank: number, digits: number): string =>
  digits === 0 ? (LETTERS[rank] ?? '') : `${codeOf(Math.floor(rank / DIGITS.length), digits - 1)}${DIGITS[rank % DIGITS.length]}`;

/** The next code of a contact after so many: a letter and a digit, and more digits while all of these are in use. */
export const nextReplyCode = (issued: number, inUse: ReadonlySet<string>): string => {
  for (let digits = 1; digits <= MOST_DIGITS; digits += 1) {
    const size = LETTERS.length * DIGITS.length ** digits;
    for (let turn = 0; turn < size; turn += 1) {
      const code = codeOf(((issued + turn) * STRIDE) % size, digits);
      if (!inUse.has(code)) return code;
    }
  }
  throw new Error('more pages were texted to one contact in seven days than there are codes');
};

export const isReplyCode = (word: string): boolean => /^[A-Z][2-9]{1,4}$/.test(word);
