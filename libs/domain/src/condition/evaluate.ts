import { assertNever } from '../decider';
import type { Instant } from '../time';
import type { Expression, NumberOperator, Place, TextOperator, Value } from './expression';
import type { Pattern } from './pattern';
import { asInstant, asNumber, asText, folded, isList, valueAt } from './values';

export interface ConditionFacts {
  /** What `alert.` leads into. */
  readonly alert: Value;
  readonly now: Instant;
  /** Undefined: there is no such place. */
  isWithin(place: Place, at: Instant): boolean | undefined;
}

/** In characters that are looked at; a regular expression looks at each once for each of its instructions. */
const MOST_COST = 4_000_000;
/** What stands behind them in a text, regular expressions do not see. */
const SEEN_BY_PATTERNS = 16_384;

/**
 * Whether a condition holds. What is neither true nor false, or cannot be compared, does not hold; and nothing does that asks
 * for more work than a condition may cause.
 */
export const holds = (condition: Expression, facts: ConditionFacts): boolean => {
  try {
    return new Evaluation(facts).value(condition) === true;
  } catch (error) {
    if (error instanceof TooCostly) return false;
    throw error;
  }
};

class TooCostly extends Error {}

class Evaluation {
  private cost = 0;
  private readonly foldedTexts = new Map<string, string>();

  constructor(private readonly facts: ConditionFacts) {}

  value(expression: Expression): Value {
    switch (expression.type) {
      case 'value':
        return expression.value;
      case 'now':
        return this.facts.now;
      case 'list':
        return expression.items;
      case 'path':
        return valueAt(this.facts.alert, expression.steps);
      case 'not':
        return this.value(expression.of) !== true;
      case 'and':
        return expression.parts.every((part) => this.value(part) === true);
      case 'or':
        return expression.parts.some((part) => this.value(part) === true);
      case 'number':
        return this.compares(expression.operator, this.value(expression.left), this.value(expression.right));
      case 'text':
        return this.saysAny(expression.operator, this.value(expression.left), this.value(expression.right), expression.any);
      case 'regex':
        return this.matches(expression.patterns, this.value(expression.left));
      case 'within':
        return this.isWithin(expression.place, this.value(expression.time));
      default:
        return assertNever(expression);
    }
  }

  private compares(operator: NumberOperator, leftValue: Value, rightValue: Value): boolean {
    const [left, right] = [asNumber(leftValue), asNumber(rightValue)];
    if (left === undefined || right === undefined) return false;
    switch (operator) {
      case '>':
        return left > right;
      case '>=':
        return left >= right;
      case '<':
        return left < right;
      case '<=':
        return left <= right;
    }
  }

  private saysAny(operator: TextOperator, left: Value, right: Value, any: boolean): boolean {
    if (!any) return this.says(operator, left, right);
    return isList(right) && right.some((one) => this.says(operator, left, one));
  }

  private says(operator: TextOperator, left: Value, right: Value): boolean {
    this.spend(1);
    if (operator === '==') return this.equals(left, right);
    const [text, part] = [asText(left), asText(right)];
    if (text === undefined || part === undefined) return false;
    this.spend(text.length + part.length);
    switch (operator) {
      case 'contains':
        return this.folded(text).includes(this.folded(part));
      case 'starts_with':
        return this.folded(text).startsWith(this.folded(part));
      case 'ends_with':
        return this.folded(text).endsWith(this.folded(part));
      case 'exact_matches':
        return text === part;
      case 'exact_contains':
        return text.includes(part);
    }
  }

  /** `'1'` is 1, and `'TRUE'` is true; nil is nothing but nil, and lists and objects are equal to nothing. */
  private equals(left: Value, right: Value): boolean {
    if (left === null || right === null) return left === right;
    if (typeof left === 'number' || typeof right === 'number') {
      const number = asNumber(left);
      return number !== undefined && number === asNumber(right);
    }
    const [one, other] = [asText(left), asText(right)];
    if (one === undefined || other === undefined) return false;
    this.spend(one.length + other.length);
    return this.folded(one) === this.folded(other);
  }

  private matches(patterns: readonly Pattern[], value: Value): boolean {
    const text = asText(value)?.slice(0, SEEN_BY_PATTERNS);
    if (text === undefined) return false;
    return patterns.some((pattern) => {
      this.spend(pattern.size * text.length);
      return pattern.matches(text);
    });
  }

  private isWithin(place: Place, time: Value): boolean {
    const at = asInstant(time);
    this.spend(PLACE_COST);
    return at !== undefined && this.facts.isWithin(place, at) === true;
  }

  private folded(text: string): string {
    const known = this.foldedTexts.get(text);
    if (known !== undefined) return known;
    const result = folded(text);
    this.foldedTexts.set(text, result);
    return result;
  }

  private spend(cost: number): void {
    this.cost += cost;
    if (this.cost > MOST_COST) throw new TooCostly();
  }
}

/** Who is on call is a question of its own size. */
const PLACE_COST = 20_000;
