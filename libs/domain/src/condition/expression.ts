import type { Pattern } from './pattern';

/** What stands in a condition itself. */
export type Literal = null | boolean | number | string;

/** What a condition sees: what JSON can say. */
export type Value = Literal | readonly Value[] | { readonly [key: string]: Value };

/** Where a time can lie; its id is that of a schedule or of support hours. */
export interface Place {
  readonly type: PlaceType;
  readonly id: number;
}
export const PLACE_TYPES = ['ON_CALL_SCHEDULE', 'SUPPORT_HOUR'] as const;
export type PlaceType = (typeof PLACE_TYPES)[number];

/** `==` is `matches` as well: it does not tell upper from lower case. */
export type TextOperator = '==' | 'contains' | 'starts_with' | 'ends_with' | 'exact_matches' | 'exact_contains';
export type NumberOperator = '>' | '>=' | '<' | '<=';

/** A condition that has been read. What is negated by its operator is inside a `not`, as `!=` is. */
export type Expression =
  | { readonly type: 'value'; readonly value: Literal }
  | { readonly type: 'now' }
  | { readonly type: 'list'; readonly items: readonly Literal[] }
  /** From the alert on. */
  | { readonly type: 'path'; readonly steps: readonly string[] }
  | { readonly type: 'not'; readonly of: Expression }
  | { readonly type: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly type: 'number'; readonly operator: NumberOperator; readonly left: Expression; readonly right: Expression }
  /** `any`: the right side is a list, and one of it is enough. */
  | {
      readonly type: 'text';
      readonly operator: TextOperator;
      readonly any: boolean;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** One of the patterns is enough. */
  | { readonly type: 'regex'; readonly left: Expression; readonly patterns: readonly Pattern[] }
  | { readonly type: 'within'; readonly time: Expression; readonly place: Place };

/** Whether it says yes or no by its nature; what a path leads to shows only later. */
export const isCondition = (expression: Expression): boolean => {
  switch (expression.type) {
    case 'now':
    case 'list':
      return false;
    case 'value':
      return typeof expression.value === 'boolean';
    default:
      return true;
  }
};

/** Each schedule and each support hours that it asks for. */
export const placesIn = (expression: Expression): readonly Place[] => {
  switch (expression.type) {
    case 'within':
      return [expression.place];
    case 'not':
      return placesIn(expression.of);
    case 'and':
    case 'or':
      return expression.parts.flatMap(placesIn);
    case 'number':
    case 'text':
      return [...placesIn(expression.left), ...placesIn(expression.right)];
    case 'regex':
      return placesIn(expression.left);
    default:
      return [];
  }
};
