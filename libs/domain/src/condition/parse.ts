import { PLACE_TYPES, isCondition } from './expression';
import type { Expression, Literal, NumberOperator, Place } from './expression';
import { operatorNamed, OPERATORS, textOperator } from './operators';
import type { Operator } from './operators';
import { patternOf } from './pattern';
import type { Pattern } from './pattern';

export const MOST_CHARACTERS = 16_384;
const DEEPEST = 64;

/** What is wrong with a text that is no condition. */
export interface ConditionProblem {
  /** Of the character, from 1. */
  readonly position: number;
  readonly expected: string;
}

export type ParsedCondition = { readonly expression: Expression } | { readonly problem: ConditionProblem };

/** Reads a condition; never throws, whatever the text is. */
export const parseCondition = (text: string): ParsedCondition => {
  if (text.length > MOST_CHARACTERS)
    return { problem: { position: MOST_CHARACTERS + 1, expected: `at most ${MOST_CHARACTERS} characters` } };
  try {
    return { expression: new Reader(text).whole() };
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    return { problem: { position: Array.from(text.slice(0, error.at)).length + 1, expected: error.message } };
  }
};

class Unexpected extends Error {
  constructor(
    readonly at: number,
    expected: string,
  ) {
    super(expected);
  }
}

const JOINING: readonly string[] = ['and', 'or', 'not'];
/** What nobody writes but to compare it; a path alone may do, if it leads to true or false. */
const OPERANDS: readonly Expression['type'][] = ['value', 'now', 'list', 'path'];
const COUNTERS: readonly string[] = ['trigger_count', 'resetting_trigger_count'];
/** Words that the language keeps for itself; as texts they stand in quotes. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['break', 'at', 'do', 'as', 'const', 'continue', 'def', 'else', 'end', 'eq', 'function', 'for', 'gte', 'gt', 'if', 'import', 'is'],
  ...['let', 'lte', 'lt', 'loop', 'namespace', 'package', 'require', 'return', 'var', 'void', 'when', 'while', 'in', 'is_in', 'regex'],
]);

const GOES_ON = '`and`, `or` or the end; a text with blanks in it stands in single quotes';
const VALUE = 'a path that begins with alert., a text in single quotes, a number, true, false, nil or now';

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Expression {
    const expression = this.either(0);
    this.blanks();
    if (this.at < this.text.length) throw this.expected(GOES_ON);
    return expression;
  }

  private either(depth: number): Expression {
    return this.joined('or', () => this.both(depth));
  }

  private both(depth: number): Expression {
    return this.joined('and', () => this.perhapsNot(depth));
  }

  private joined(type: 'and' | 'or', part: () => Expression): Expression {
    const parts = [part()];
    while (this.takes(type)) parts.push(part());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { type, parts };
  }

  private perhapsNot(depth: number): Expression {
    if (depth > DEEPEST) throw this.expected(`no more than ${DEEPEST} levels of brackets and not`);
    return this.takes('not') ? { type: 'not', of: this.perhapsNot(depth + 1) } : this.comparison(depth);
  }

  private comparison(depth: number): Expression {
    this.blanks();
    const begins = this.at;
    const left = this.operand(depth);
    const operator = this.operator(left);
    if (operator === undefined) {
      if (isCondition(left)) return left;
      throw new Unexpected(begins, 'a comparison, such as alert.priority == HIGH');
    }
    if (left.type === 'list') throw new Unexpected(begins, 'a list to the right of in or of an operator with _any');
    const compared = this.compared(left, operator, depth);
    return operator.negated ? { type: 'not', of: compared } : compared;
  }

  private compared(left: Expression, operator: Operator, depth: number): Expression {
    const { name, any } = operator;
    if (name === 'is_in') return { type: 'within', time: left, place: this.place() };
    if (name === 'regex') return { type: 'regex', left, patterns: this.patterns(any) };
    if (name === 'in') return { type: 'text', operator: '==', any: true, left, right: this.several('in', depth) };
    const ofTexts = textOperator(name);
    if (ofTexts !== undefined) {
      const right = any ? this.several(`${name}_any`, depth) : this.one(depth);
      return { type: 'text', operator: ofTexts, any, left, right };
    }
    return { type: 'number', operator: name as NumberOperator, left, right: this.one(depth) };
  }

  private operator(left: Expression): Operator | undefined {
    this.blanks();
    const at = this.at;
    const symbol = this.match(/[=!<>]+/y);
    if (symbol !== undefined) return this.named(symbol, at);
    const word = this.match(WORD);
    if (word === undefined) {
      if (at === this.text.length || this.text[at] === ')' || !OPERANDS.includes(left.type)) return undefined;
      throw this.expected(OPERATORS);
    }
    if (word === 'and' || word === 'or') {
      this.at = at;
      return undefined;
    }
    if (word !== 'not') return this.named(word, at);
    this.blanks();
    const second = this.match(WORD) ?? this.match(/[=!<>]+/y);
    const operator = this.named(second ?? '', at);
    return { ...operator, negated: !operator.negated };
  }

  private named(written: string, at: number): Operator {
    const operator = operatorNamed(written);
    if (operator === undefined) throw new Unexpected(at, OPERATORS);
    return operator;
  }

  /** What a comparison has to its right, but for lists. */
  private one(depth: number): Expression {
    this.blanks();
    const begins = this.at;
    const operand = this.operand(depth);
    if (operand.type === 'list') throw new Unexpected(begins, `one value; lists go with in and with operators that end with _any`);
    return operand;
  }

  private several(operator: string, depth: number): Expression {
    this.blanks();
    const begins = this.at;
    const operand = this.operand(depth);
    if (operand.type !== 'list' && operand.type !== 'path')
      throw new Unexpected(begins, `a list behind ${operator}, such as ['one', 'two'], or a path to one`);
    return operand;
  }

  private operand(depth: number): Expression {
    this.blanks();
    const begins = this.at;
    const opening = this.text[begins];
    if (opening === '(') {
      this.at += 1;
      const inner = this.either(depth + 1);
      this.closing(')', '`and`, `or` or )');
      return inner;
    }
    if (opening === '[') return { type: 'list', items: this.items() };
    const word = this.peeked(WORD);
    if (word === 'alert') return this.path();
    if (word === 'now') {
      this.at += word.length;
      return { type: 'now' };
    }
    return { type: 'value', value: this.literal(VALUE) };
  }

  private literal(expected: string): Literal {
    this.blanks();
    const begins = this.at;
    const opening = this.text[begins];
    if (opening === "'" || opening === '"') return this.quoted();
    const number = this.match(/-?\d+(?:\.\d+)?/y);
    if (number !== undefined) {
      if (this.peeked(/[\p{L}\p{N}_.:-]/uy) !== undefined) throw new Unexpected(begins, 'a text that begins with a digit in single quotes');
      if (!Number.isFinite(Number(number))) throw new Unexpected(begins, 'a smaller number');
      return Number(number);
    }
    const word = this.match(WORD);
    if (word === undefined) throw new Unexpected(begins, expected);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'nil' || word === 'null') return null;
    if (COUNTERS.includes(word))
      throw new Unexpected(
        begins,
        `no ${word}: nothing counts triggers here. Group what is repeated into one alert at its source (alertCreation, alertGroupingWindow), ` +
          'or wait with the trigger type v-alert-not-resolved',
      );
    if (JOINING.includes(word) || RESERVED.has(word) || textOperator(word) !== undefined)
      throw new Unexpected(begins, `${expected}; the word ${word} stands in single quotes where it is a text`);
    if (this.text[this.at] === '.' || this.text[this.at] === '[')
      throw new Unexpected(begins, 'a path that begins with alert., or a text in single quotes');
    return word;
  }

  /** With `\'` and `\\` between single quotes; between double quotes as JSON has it. */
  private quoted(): string {
    const begins = this.at;
    const json = this.match(/"(?:[^"\\]|\\.)*"/suy);
    if (json !== undefined) {
      try {
        return JSON.parse(json) as string;
      } catch {
        throw new Unexpected(begins, 'a text as JSON has it between double quotes');
      }
    }
    const single = this.match(/'(?:[^'\\]|\\.)*'/suy);
    if (single === undefined) throw new Unexpected(begins, 'a text with a quote at its end as well');
    return single.slice(1, -1).replace(/\\([\\'])/gu, '$1');
  }

  private path(): Expression {
    this.at += 'alert'.length;
    const steps: string[] = [];
    for (;;) {
      const begins = this.at;
      if (this.match(/\./y) !== undefined) {
        const name = this.match(/[\p{L}\p{N}_][\p{L}\p{N}_-]*/uy);
        if (name === undefined) throw this.expected('the name of a field behind the dot');
        steps.push(name);
      } else if (this.match(/\[/y) !== undefined) {
        steps.push(this.bracketed());
      } else if (steps.length > 0) {
        return { type: 'path', steps };
      } else throw new Unexpected(begins, 'a field of the alert, such as alert.summary');
    }
  }

  private bracketed(): string {
    const begins = this.at;
    const quote = this.text[begins];
    if (quote === "'" || quote === '"') {
      const key = this.quoted();
      this.closing(']', ']');
      return key;
    }
    const key = this.match(/(?:[^\]\\\s]|\\.)+(?=\])/suy);
    if (key === undefined) throw new Unexpected(begins, 'a number, a key in single quotes, or a key with \\ before each blank, and then ]');
    this.at += 1;
    return key.replace(/\\(.)/gsu, '$1');
  }

  private items(): readonly Literal[] {
    this.at += 1;
    const items: Literal[] = [];
    this.blanks();
    if (this.match(/\]/y) !== undefined) return items;
    do items.push(this.literal('a text, a number, true, false or nil'));
    while (this.takesSymbol(','));
    this.closing(']', 'a comma or ]');
    return items;
  }

  private place(): Place {
    this.blanks();
    const begins = this.at;
    if (this.text[begins] !== '{') throw this.expected(PLACE);
    this.at += 1;
    const fields = new Map<string, Literal>();
    do {
      this.blanks();
      const at = this.at;
      const key = this.literal(PLACE);
      if ((key !== 'id' && key !== 'type') || fields.has(key)) throw new Unexpected(at, PLACE);
      this.closing(':', ':');
      fields.set(key, this.literal(PLACE));
    } while (this.takesSymbol(','));
    this.closing('}', 'a comma or }');
    const id = Number(fields.get('id') ?? Number.NaN);
    const type = PLACE_TYPES.find((known) => known === fields.get('type'));
    if (type === undefined || !Number.isSafeInteger(id) || id < 1) throw new Unexpected(begins, PLACE);
    return { type, id };
  }

  private patterns(any: boolean): readonly Pattern[] {
    this.blanks();
    const begins = this.at;
    const sources = any && this.text[begins] === '[' ? this.items() : [any ? null : this.literal(REGEX)];
    if (any && sources.includes(null)) throw new Unexpected(begins, `a list of regular expressions, such as ['^disk', 'full$']`);
    return sources.map((source) => {
      if (typeof source !== 'string') throw new Unexpected(begins, REGEX);
      const pattern = patternOf(source);
      if (typeof pattern === 'string') throw new Unexpected(begins, pattern);
      return pattern;
    });
  }

  private closing(symbol: string, expected: string): void {
    if (!this.takesSymbol(symbol)) throw this.expected(expected);
  }

  private takesSymbol(symbol: string): boolean {
    this.blanks();
    if (this.text[this.at] !== symbol) return false;
    this.at += 1;
    return true;
  }

  private takes(word: string): boolean {
    this.blanks();
    if (this.peeked(WORD) !== word) return false;
    this.at += word.length;
    return true;
  }

  private blanks(): void {
    this.match(/\s+/y);
  }

  private peeked(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  private match(pattern: RegExp): string | undefined {
    const found = this.peeked(pattern);
    this.at += found?.length ?? 0;
    return found;
  }

  private expected(expected: string): Unexpected {
    return new Unexpected(this.at, expected);
  }
}

const WORD = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const PLACE = '{"id": 1, "type": "ON_CALL_SCHEDULE"}, with the id of a schedule, or the same with SUPPORT_HOUR';
const REGEX = 'a regular expression in single quotes';
