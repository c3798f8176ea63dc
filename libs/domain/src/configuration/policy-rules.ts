import type { EscalationPolicyId, TeamId } from '../ids';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import { reroutedTo } from './alert-action-rules';
import type { ConfigurationLookup } from './configuration-lookup';
import { invalidSetting, naming, refuseWhileNamed } from './refusals';
import type { AlertAction, AlertSource, EscalationPolicy, EscalationRule, EscalationTarget, PolicySnapshot } from './resources';
import { checkedTeams } from './team-ownership';

/** A target with the field that names it, e.g. `users[1].id`, so that a refusal can point at it. */
export interface RequestedTarget {
  readonly field: string;
  readonly target: EscalationTarget;
}

export interface EscalationRuleRequest {
  readonly escalationTimeoutMin: number;
  readonly targets: readonly RequestedTarget[];
}

export interface PolicyRequest {
  readonly name: string;
  readonly rules: readonly EscalationRuleRequest[];
  readonly repeating?: boolean;
  readonly frequency?: number;
  readonly delayMin?: number;
  readonly routingKey?: string;
  /** Absent leaves the assignment alone. */
  readonly teamIds?: readonly TeamId[];
}

export interface PolicyChange {
  readonly now: Instant;
  readonly configuration: ConfigurationLookup;
  readonly policies: readonly EscalationPolicy[];
}

const MOST_RULES = 50;
const MOST_TARGETS = 50;

/** @throws Rejection `invalid`, `already-exists` */
export const createPolicy = (id: EscalationPolicyId, request: PolicyRequest, change: PolicyChange): EscalationPolicy => ({
  id,
  ...checked(id, request, [], change),
  createdAt: change.now,
  updatedAt: change.now,
});

/** The whole policy anew; alerts whose escalation runs keep the one they started with (B16). @throws Rejection `invalid`, `already-exists` */
export const replacePolicy = (current: EscalationPolicy, request: PolicyRequest, change: PolicyChange): EscalationPolicy => ({
  id: current.id,
  ...checked(current.id, request, current.teamIds, change),
  createdAt: current.createdAt,
  updatedAt: change.now,
});

/** One level anew, counted from 0. @throws Rejection `level-not-found`, `invalid` */
export const replaceLevel = (
  current: EscalationPolicy,
  level: number,
  request: EscalationRuleRequest,
  { now, configuration }: Pick<PolicyChange, 'now' | 'configuration'>,
): EscalationPolicy => {
  levelOf(current, level);
  return { ...current, rules: current.rules.with(level, checkedRule(request, '', configuration)), updatedAt: now };
};

/** Counted from 0. @throws Rejection `level-not-found` */
export const levelOf = ({ id, rules }: EscalationPolicy, level: number): EscalationRule => {
  const rule = rules[level];
  if (rule === undefined)
    throw rejected('level-not-found', `level: policy ${id} has the levels 0 to ${rules.length - 1}`, { field: 'level' });
  return rule;
};

/** A policy that a source names, or that an action gives alerts to, stays. @throws Rejection `still-in-use` */
export const refuseUsedPolicy = (
  policy: EscalationPolicy,
  { sources, actions }: { readonly sources: readonly AlertSource[]; readonly actions: readonly AlertAction[] },
  seen?: Pick<ConfigurationLookup, 'hidden'>,
): void => {
  const by = [
    ...naming(
      'source',
      'alert-source',
      sources.filter(({ escalationPolicyId }) => escalationPolicyId === policy.id),
    ),
    ...naming(
      'alertaction',
      'alert-action',
      actions.filter((action) => reroutedTo(action) === policy.id),
    ),
  ];
  refuseWhileNamed({ named: `policy ${policy.id}`, how: 'is used by', by }, seen);
};

/** What an escalation runs on, as the policy is now (B16). */
export const snapshotOf = ({ id, name, rules, repeating, frequency, delayMin }: EscalationPolicy): PolicySnapshot => ({
  policyId: id,
  name,
  rules,
  repeating,
  frequency,
  delayMin,
});

type Settings = Omit<EscalationPolicy, 'id' | 'createdAt' | 'updatedAt'>;

const checked = (id: EscalationPolicyId, request: PolicyRequest, teamsBefore: readonly TeamId[], change: PolicyChange): Settings => {
  const { name, rules, repeating = false, frequency = 1, delayMin = 0 } = request;
  if (rules.length === 0) throw invalidSetting('escalationRules', 'must have at least one rule');
  if (rules.length > MOST_RULES) throw invalidSetting('escalationRules', `must have at most ${MOST_RULES} rules`);
  const routingKey = request.routingKey?.trim() ?? '';
  if (routingKey !== '') refuseRoutingKey(routingKey, id, change);
  return {
    name,
    rules: rules.map((rule, index) => checkedRule(rule, `escalationRules[${index}].`, change.configuration)),
    repeating,
    frequency,
    delayMin,
    ...(routingKey === '' ? {} : { routingKey }),
    teamIds: request.teamIds === undefined ? teamsBefore : checkedTeams(request.teamIds, change.configuration),
  };
};

const refuseRoutingKey = (routingKey: string, id: EscalationPolicyId, { policies, configuration }: PolicyChange): void => {
  // Events name several keys with commas between them: a key with a comma would never be found.
  if (routingKey.includes(',')) throw invalidSetting('routingKey', 'must not contain a comma');
  const taken = policies.find((other) => other.id !== id && other.routingKey?.toLowerCase() === routingKey.toLowerCase());
  if (taken === undefined) return;
  if (configuration.get('policy', taken.id) === undefined)
    throw rejected('already-exists', 'routingKey: it is taken', { field: 'routingKey' });
  throw rejected('already-exists', `routingKey: policy ${taken.id} "${taken.name}" has it`, {
    field: 'routingKey',
    resource: { type: 'escalation-policy', id: taken.id, name: taken.name },
  });
};

const checkedRule = (
  { escalationTimeoutMin, targets }: EscalationRuleRequest,
  path: string,
  configuration: ConfigurationLookup,
): EscalationRule => {
  if (targets.length > MOST_TARGETS) throw invalidSetting(`${path}users`, `a level has at most ${MOST_TARGETS} users, schedules and teams`);
  const known = new Map<string, EscalationTarget>();
  for (const { field, target } of targets) {
    const [kind, id] = namedBy(target);
    if (configuration.get(kind, id) === undefined) throw invalidSetting(`${path}${field}`, `there is no ${kind} ${id}`);
    // Twice in one level is one plan (B8).
    known.set(`${kind}-${id}`, target);
  }
  return { escalationTimeoutMin, targets: [...known.values()] };
};

const namedBy = (target: EscalationTarget): readonly ['user' | 'schedule' | 'team', number] => {
  switch (target.type) {
    case 'user':
      return ['user', target.userId];
    case 'schedule':
      return ['schedule', target.scheduleId];
    case 'team':
      return ['team', target.teamId];
  }
};
