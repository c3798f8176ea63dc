import type { TeamId } from '../ids';
import type { ConfigurationLookup } from './configuration-lookup';
import { invalidSetting } from './refusals';

/** Teams that something belongs to: existing ones, ascending, each once. @throws Rejection `invalid` */
export const checkedTeams = (teamIds: readonly TeamId[], configuration: ConfigurationLookup): readonly TeamId[] => {
  teamIds.forEach((id, index) => {
    if (configuration.get('team', id) === undefined) throw invalidSetting(`teams[${index}].id`, `there is no team ${id}`);
  });
  return [...new Set(teamIds)].sort((a, b) => a - b);
};
