import { conditionOf } from '../alert-action/action-conditions';
import { placesIn } from '../condition/expression';
import { reroutedTo } from './alert-action-rules';
import type { AlertAction, ConfigurationKind, ConfigurationResources } from './resources';

export interface NamedResource {
  readonly kind: ConfigurationKind;
  readonly id: number;
}

type Names = { readonly [K in ConfigurationKind]?: (resource: ConfigurationResources[K]) => readonly NamedResource[] };

const all = (kind: ConfigurationKind, ids: readonly number[]): readonly NamedResource[] => ids.map((id) => ({ kind, id }));

const names: Names = {
  source: ({ escalationPolicyId, supportHours, teamIds }) => [
    ...all('policy', [escalationPolicyId]),
    ...all('supporthour', supportHours?.hours.type === 'named' ? [supportHours.hours.id] : []),
    ...all('team', teamIds),
  ],
  supporthour: ({ teamIds }) => all('team', teamIds),
  policy: ({ rules, teamIds }) => [
    ...rules.flatMap(({ targets }) =>
      targets.flatMap((target) => {
        if (target.type === 'user') return all('user', [target.userId]);
        return target.type === 'schedule' ? all('schedule', [target.scheduleId]) : all('team', [target.teamId]);
      }),
    ),
    ...all('team', teamIds),
  ],
  schedule: ({ teamIds, ...schedule }) => [
    ...(schedule.type === 'RECURRING'
      ? schedule.plans.flatMap(({ layers }) => layers.flatMap(({ users }) => all('user', users)))
      : schedule.plans.flatMap(({ shifts }) =>
          all(
            'user',
            shifts.map(({ userId }) => userId),
          ),
        )),
    ...all('team', teamIds),
  ],
  team: ({ members }) =>
    all(
      'user',
      members.map(({ userId }) => userId),
    ),
  alertaction: (action) => [
    ...all('source', action.sourceIds),
    ...all('policy', policyOf(action)),
    ...placesAskedFor(action),
    ...all('connector', action.connectorId === undefined ? [] : [action.connectorId]),
    ...all('team', action.teamIds),
  ],
};

const policyOf = (action: AlertAction): readonly number[] => {
  const policyId = reroutedTo(action);
  return policyId === undefined ? [] : [policyId];
};

const placesAskedFor = (action: AlertAction): readonly NamedResource[] => {
  const condition = conditionOf(action);
  if (condition === undefined) return [];
  return placesIn(condition).map(({ type, id }) => ({ kind: type === 'ON_CALL_SCHEDULE' ? 'schedule' : 'supporthour', id }));
};

/** What a resource refers to by its settings. */
export const namedIn = <K extends ConfigurationKind>(kind: K, resource: ConfigurationResources[K]): readonly NamedResource[] =>
  names[kind]?.(resource) ?? [];
