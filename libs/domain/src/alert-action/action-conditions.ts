import { conditionOfFilter } from '../condition/alert-filter';
import type { Expression } from '../condition/expression';
import { parseCondition } from '../condition/parse';
import type { AlertAction } from '../configuration/resources';

/** Written by a version that knows more: what cannot be read does not hold. */
const NEVER: Expression = { type: 'value', value: false };

/** Configuration is replaced, never changed: each action is read once. */
const read = new WeakMap<AlertAction, Expression>();

/** What has to hold for an action to be set off by itself; undefined: nothing. */
export const conditionOf = (action: AlertAction): Expression | undefined => {
  if (action.conditions === undefined && action.alertFilter === undefined) return undefined;
  const known = read.get(action);
  if (known !== undefined) return known;
  const condition = readConditionOf(action);
  read.set(action, condition);
  return condition;
};

const readConditionOf = ({ conditions, alertFilter }: AlertAction): Expression => {
  if (conditions !== undefined) {
    const parsed = parseCondition(conditions);
    return 'expression' in parsed ? parsed.expression : NEVER;
  }
  const filter = alertFilter === undefined ? undefined : conditionOfFilter(alertFilter);
  return filter !== undefined && 'expression' in filter ? filter.expression : NEVER;
};
