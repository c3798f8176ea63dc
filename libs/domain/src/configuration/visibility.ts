import type { TeamId, UserId } from '../ids';
import type { ConfigurationLookup } from './configuration-lookup';
import type { ConfigurationKind, ConfigurationResources, Team } from './resources';
import type { Editor } from './roles';

type Membership = Pick<Team, 'id' | 'visibility' | 'members'>;

/** What one person sees of the configuration. */
export interface Sight {
  /** No private team keeps anything from the person. */
  readonly isWhole: boolean;
  sees<K extends ConfigurationKind>(kind: K, resource: ConfigurationResources[K]): boolean;
}

/**
 * A private team is seen by its members, and so is what belongs to it, whatever public teams that belongs to as well. A person
 * in private teams is seen by those who share one of them. Administrators see everything, and everybody sees themselves.
 */
export const visibleTo = (person: Editor, teams: readonly Membership[]): Sight => {
  const hiding = teams.filter((team) => hidesFrom(team, person));
  if (hiding.length === 0) return { isWhole: true, sees: () => true };
  const mine = teams.filter((team) => team.visibility === 'PRIVATE' && isMember(team, person.userId));
  const isHidden = setOf(hiding.map(({ id }) => id));
  const isMine = setOf(mine.map(({ id }) => id));
  const withdrawn = setOf(hiding.flatMap(membersOf));
  const close = setOf([person.userId, ...mine.flatMap(membersOf)]);
  return {
    isWhole: false,
    sees: (kind, resource) => {
      if (kind === 'team') return !isHidden((resource as Team).id);
      if (kind === 'user') return !withdrawn(resource.id as UserId) || close(resource.id as UserId);
      const { teamIds = [] } = resource as { readonly teamIds?: readonly TeamId[] };
      return !teamIds.some(isHidden) || teamIds.some(isMine);
    },
  };
};

/** The same for one thing that teams own, where nobody asks for a list. */
export const seesWhatBelongsTo = (person: Editor, teamIds: readonly TeamId[], configuration: ConfigurationLookup): boolean => {
  const teams = privateTeamsOf(teamIds, configuration);
  return teams.every((team) => !hidesFrom(team, person)) || teams.some((team) => isMember(team, person.userId));
};

/** Those of the teams that are there and private. */
export const privateTeamsOf = (teamIds: readonly TeamId[], configuration: ConfigurationLookup): readonly Team[] =>
  teamIds.flatMap((id) => {
    const team = configuration.get('team', id);
    return team?.visibility === 'PRIVATE' ? [team] : [];
  });

const hidesFrom = (team: Membership, { userId, role }: Editor): boolean =>
  team.visibility === 'PRIVATE' && role !== 'ADMIN' && !isMember(team, userId);

const isMember = ({ members }: Pick<Membership, 'members'>, id: UserId): boolean => members.some(({ userId }) => userId === id);

const membersOf = ({ members }: Membership): readonly UserId[] => members.map(({ userId }) => userId);

const setOf = <T>(values: readonly T[]): ((value: T) => boolean) => {
  const set = new Set(values);
  return (value) => set.has(value);
};
