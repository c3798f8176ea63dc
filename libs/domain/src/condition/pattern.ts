import { RE2JS, RE2JSException } from 're2js';

/**
 * A regular expression from outside. Its engine takes time in proportion to the text, whatever the expression is: the
 * language's own one can be kept busy for hours by twenty characters.
 */
export interface Pattern {
  readonly source: string;
  /** How many instructions it has: each may be looked at for each character. */
  readonly size: number;
  matches(text: string): boolean;
}

const MOST_CHARACTERS = 1_000;
const LARGEST = 200;

const TOO_LARGE = 'a regular expression with fewer or smaller repetitions';

/** A text instead of a pattern: why it is none. */
export const patternOf = (source: string): Pattern | string => {
  if (source.length > MOST_CHARACTERS) return `a regular expression of at most ${MOST_CHARACTERS} characters`;
  // Compiled, `a{1000}` some hundred times over would have been worked on for a while before it is found too large.
  if (repetitionsIn(source) > LARGEST) return TOO_LARGE;
  try {
    const compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    const size = compiled.programSize();
    if (size > LARGEST) return TOO_LARGE;
    return { source, size, matches: (text) => compiled.test(text) };
  } catch (error) {
    if (error instanceof RE2JSException) return `a regular expression in the syntax of RE2: ${error.message}`;
    throw error;
  }
};

/** What is repeated is there as often: no fewer instructions than this. */
const repetitionsIn = (source: string): number =>
  [...source.matchAll(/(?<!\\)\{(\d+)(?:,(\d*))?\}/g)].reduce((sum, [, least, most = '']) => sum + Number(most === '' ? least : most), 0);
