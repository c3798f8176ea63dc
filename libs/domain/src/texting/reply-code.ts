/** Without those that are read as another one: B, I, O, S, Z and 0, 1. */
const LETTERS = 'ACDEFGHJKLMNPQRTUVWXY';
const DIGITS = '23456789';
const SHORT = LETTERS.length * DIGITS.length;
const LONG = SHORT * DIGITS.length;
/** Prime to both, so that each code has its turn and two in a row look different. */
const STRIDE = 37;

const short = (rank: number): string => `${LETTERS[Math.floor(rank / DIGITS.length)]}${DIGITS[rank % DIGITS.length]}`;
const long = (rank: number): string => `${short(Math.floor(rank / DIGITS.length))}${DIGITS[rank % DIGITS.length]}`;

/** The next code of a contact after so many: a letter and a digit, one more digit once all of these are in use. */
export const nextReplyCode = (issued: number, inUse: ReadonlySet<string>): string => {
  const ranks = (size: number): readonly number[] => Array.from({ length: size }, (_, turn) => ((issued + turn) * STRIDE) % size);
  const free =
    ranks(SHORT)
      .map(short)
      .find((code) => !inUse.has(code)) ??
    ranks(LONG)
      .map(long)
      .find((code) => !inUse.has(code));
  if (free === undefined) throw new Error('more pages were texted to one contact in seven days than there are codes');
  return free;
};

export const isReplyCode = (word: string): boolean => /^[A-Z][2-9]{1,2}$/.test(word);
