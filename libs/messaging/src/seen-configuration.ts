import { namedIn, visibleTo } from '@tocsin/domain';
import type { ConfigurationKind, ConfigurationLookup, ConfigurationResources, Editor, Sight, Team } from '@tocsin/domain';
import type { ConfigurationIndex } from './configuration-indexes';
import type { ConfigurationReader } from './configuration-topic';

/**
 * The configuration as far as one person sees it, now: what private teams keep from them is not there. Whatever a person is
 * answered, or names in a request, is looked up here; whom to page and what is taken already, never.
 */
export class SeenConfiguration implements ConfigurationLookup {
  private sightOn: { readonly teams: readonly Team[]; readonly sight: Sight } | undefined;

  constructor(
    private readonly all: ConfigurationReader,
    readonly by: Editor,
  ) {}

  /** Nothing is kept from the person. */
  get isWhole(): boolean {
    return this.sight().isWhole;
  }

  sees<Kind extends ConfigurationKind>(kind: Kind, resource: ConfigurationResources[Kind]): boolean {
    return this.sight().sees(kind, resource);
  }

  get<Kind extends ConfigurationKind>(kind: Kind, id: number): ConfigurationResources[Kind] | undefined {
    const found = this.all.get(kind, id);
    return found !== undefined && this.sees(kind, found) ? found : undefined;
  }

  hidden<Kind extends ConfigurationKind>(kind: Kind, id: number): ConfigurationResources[Kind] | undefined {
    const found = this.all.get(kind, id);
    return found === undefined || this.sees(kind, found) ? undefined : found;
  }

  /** Ascending by id. */
  list<Kind extends ConfigurationKind>(kind: Kind): readonly ConfigurationResources[Kind][] {
    const { isWhole, sees } = this.sight();
    const all = this.all.list(kind);
    return isWhole ? all : all.filter((resource) => sees(kind, resource));
  }

  find<Kind extends ConfigurationKind>(kind: Kind, by: ConfigurationIndex<Kind>, value: string): ConfigurationResources[Kind] | undefined {
    return this.all.find(kind, by, value, (resource) => this.sees(kind, resource));
  }

  /** What is hidden is looked for as long as what is not there. @throws MessageBusFault when it cannot be said */
  surely<Found>(find: () => Found | undefined): Promise<Found | undefined> {
    return this.all.surely(find);
  }

  /**
   * For a change of something that the person sees: what it names already may stay, seen or not, so that nobody takes away what
   * was not shown to them by sending back what was.
   */
  keeping<Kind extends ConfigurationKind>(kind: Kind, current: ConfigurationResources[Kind]): ConfigurationLookup {
    const kept = new Set(namedIn(kind, current).map((named) => `${named.kind}-${named.id}`));
    return { get: (named, id) => this.get(named, id) ?? (kept.has(`${named}-${id}`) ? this.all.get(named, id) : undefined) };
  }

  private sight(): Sight {
    const teams = this.all.list('team');
    if (this.sightOn?.teams !== teams) this.sightOn = { teams, sight: visibleTo(this.by, teams) };
    return this.sightOn.sight;
  }
}
