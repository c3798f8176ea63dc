import { element, section } from './dom.js';
import { formButton, select } from './forms.js';
import { addRule, changeRule, removeRule } from './own-settings.js';
import { WrongField } from './refusals.js';
import { BEFORE_MIN, inOrder, LONGEST_DELAY_MIN, UPDATES, wayKey, wayOfKey, waysOf } from './rule-ways.js';

/** @typedef {import('./forms.js').Stage} Stage */
/** @typedef {import('./forms.js').Field} Field */
/** @typedef {import('./own-settings.js').Reach} Reach */
/** @typedef {import('./own-settings.js').Rule} Rule */
/** @typedef {import('./own-settings.js').RuleList} RuleList */
/** @typedef {import('./reach-texts.js').ReachTexts} ReachTexts */
/** @typedef {'HIGH_PRIORITY' | 'LOW_PRIORITY' | 'updates' | 'duties' | 'subscriptions'} Part What a person looks for, one below the other. */

/** @type {readonly Part[]} */
const PARTS = ['HIGH_PRIORITY', 'LOW_PRIORITY', 'updates', 'duties', 'subscriptions'];

/** @param {Stage} stage @param {Reach} reach */
export const rulesSection = (stage, reach) =>
  section(stage.r.rules, element('p', { className: 'quiet' }, stage.r.rulesAre), ...PARTS.flatMap((part) => rulesOf(stage, reach, part)));

/** @param {Part} part @returns {RuleList} */
const listOf = (part) => (part === 'HIGH_PRIORITY' || part === 'LOW_PRIORITY' ? 'alerts' : part);

/** @param {Stage} stage @param {Reach} reach @param {Part} part */
const rulesOf = (stage, reach, part) => {
  const { r } = stage;
  const list = listOf(part);
  const rules = inOrder(reach[list].filter(({ type }) => list !== 'alerts' || type === part));
  return [
    element('h3', {}, r.ruleParts[part]),
    rules.length === 0
      ? element('p', { className: part === 'HIGH_PRIORITY' ? 'wrong' : 'quiet' }, r.noRules[part])
      : element('ol', {}, ...rules.map((rule) => item(stage, reach, { part, rule, isLast: rules.length === 1 }))),
    element('div', { className: 'buttons' }, ...addition(stage, reach, part)),
  ];
};

/** @param {Stage} stage @param {Reach} reach @param {{ part: Part, rule: Rule, isLast: boolean }} about */
const item = (stage, reach, { part, rule, isLast }) => {
  const { r } = stage;
  const list = listOf(part);
  const text = ruleText(r, rule);
  const problem = reach.unusable.find(({ preference }) => preference.id === rule.id);
  const change = formButton(stage, {
    name: `rule-change${rule.id}`,
    label: r.change,
    about: text,
    parts: () =>
      form(stage, reach, { part, title: r.changeRule, send: r.save, rule, act: (request) => changeRule(list, rule.id, request) }),
  });
  const removal = formButton(stage, {
    name: `rule-remove${rule.id}`,
    label: r.remove,
    about: text,
    parts: () => ({
      title: isLast && part === 'HIGH_PRIORITY' ? r.removeLastRule : r.removeRule,
      fields: [],
      send: r.remove,
      act: async () => {
        await removeRule(list, rule.id);
        return r.ruleRemoved;
      },
    }),
  });
  return element(
    'li',
    { className: 'plain' },
    element('strong', {}, text),
    ...(problem === undefined ? [] : [element('p', { className: 'wrong' }, r.leadsToNothing(r.problem(problem.code, '') ?? problem.code))]),
    element('div', { className: 'buttons' }, ...change, ...removal),
  );
};

/** @param {Stage} stage @param {Reach} reach @param {Part} part */
const addition = (stage, reach, part) => {
  const { r } = stage;
  const list = listOf(part);
  if (waysOf(reach, list).length === 0) return [element('p', {}, r.noWays)];
  return formButton(stage, {
    name: `rule-add-${part}`,
    label: r.addRule,
    about: r.ruleParts[part],
    parts: () => form(stage, reach, { part, title: r.addRule, send: r.addNow, act: (request) => addRule(list, request) }),
  });
};

/**
 * @param {Stage} stage @param {Reach} reach
 * @param {{ part: Part, title: string, send: string, rule?: Rule, act: (request: import('./own-settings.js').RuleRequest) => Promise<unknown> }} about
 * @returns {import('./forms.js').FormParts}
 */
const form = ({ r }, reach, { part, title, send, rule, act }) => {
  const ways = waysOf(reach, listOf(part)).map((way) => ({
    value: wayKey(way),
    label: way.isUsable ? wayText(r, way) : r.notUsableYet(wayText(r, way)),
    isUsable: way.isUsable,
  }));
  // Nothing else may be chosen unnoticed when what the rule has is not to be had any more.
  const isKnown = rule === undefined || ways.some(({ value }) => value === wayKey(rule));
  const choices = isKnown ? ways : [{ value: wayKey(rule), label: r.notUsableYet(wayText(r, rule)) }, ...ways];
  const way = select(choices, rule === undefined ? ways.find(({ isUsable }) => isUsable)?.value : wayKey(rule));
  const when = whenField(r, part, rule);
  return {
    title,
    fields: [{ name: 'method', label: r.how, control: way, also: ['contact'] }, ...(when === undefined ? [] : [when.field])],
    send,
    act: async () => {
      await act({ ...wayOfKey(way.value), ...(listOf(part) === 'alerts' ? { type: part } : {}), ...when?.value() });
      return r.ruleSaved;
    },
  };
};

/** What a list asks for besides the way. @param {ReachTexts} r @param {Part} part @param {Rule} [rule] @returns {{ field: Field, value: () => object } | undefined} */
const whenField = (r, part, rule) => {
  if (part === 'subscriptions') return undefined;
  if (part === 'updates') {
    const type = select(
      UPDATES.map((value) => ({ value, label: r.updateType(value) })),
      rule?.type,
    );
    return { field: { name: 'type', label: r.when, control: type }, value: () => ({ type: type.value }) };
  }
  if (part === 'duties') {
    const before = select(
      BEFORE_MIN.map((minutes) => ({ value: String(minutes), label: r.before(minutes) })),
      String(rule?.beforeMin ?? 30),
    );
    return { field: { name: 'beforeMin', label: r.when, control: before }, value: () => ({ beforeMin: Number(before.value) }) };
  }
  const delay = element('input', {
    type: 'number',
    min: '0',
    max: String(LONGEST_DELAY_MIN),
    step: '1',
    inputMode: 'numeric',
    value: String(rule?.delayMin ?? 0),
  });
  return {
    field: { name: 'delayMin', label: r.delay, control: delay, hint: r.delayHint },
    value: () => {
      if (!/^\d+$/.test(delay.value)) throw new WrongField('delayMin', r.wrong.delayMin);
      return { delayMin: Number(delay.value) };
    },
  };
};

/** @param {ReachTexts} r @param {Pick<Rule, 'method' | 'contact'>} way */
const wayText = (r, { method, contact }) => r.way(method, contact?.target);

/** @param {ReachTexts} r @param {Rule} rule */
const ruleText = (r, rule) => {
  const { delayMin, beforeMin, type = '' } = rule;
  const when = delayMin !== undefined ? r.after(delayMin) : beforeMin !== undefined ? r.before(beforeMin) : r.updateType(type);
  return when === '' ? wayText(r, rule) : `${when}: ${wayText(r, rule)}`;
};
