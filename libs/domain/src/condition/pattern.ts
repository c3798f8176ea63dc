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

/** A text instead of a pattern: why it is none. */
export const patternOf = (source: string): Pattern | string => {
  if (source.length > MOST_CHARACTERS) return `a regular expression of at most ${MOST_CHARACTERS} characters`;
  try {
    const compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    const size = compiled.programSize();
    if (size > LARGEST) return 'a regular expression with fewer or smaller repetitions';
    return { source, size, matches: (text) => compiled.test(text) };
  } catch (error) {
    if (error instanceof RE2JSException) return `a regular expression in the syntax of RE2: ${error.message}`;
    throw error;
  }
};
