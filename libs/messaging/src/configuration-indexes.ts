import { chatAccountOf } from '@tocsin/domain';
import type { ConfigurationKind, ConfigurationResources } from '@tocsin/domain';

type Values<Kind extends ConfigurationKind> = (resource: ConfigurationResources[Kind]) => string | undefined;

/** Addresses, user names and routing keys are compared without regard to case and to blanks around them. */
const folded = (value: string): string => value.trim().toLowerCase();
const asIs = (value: string): string => value;

/** By what a resource is found besides its id. Where a value is not unique the lowest id answers. */
const indexes = {
  source: {
    name: field('source', asIs, ({ name }) => name),
    integrationKeyHash: field('source', asIs, ({ integrationKey }) => integrationKey.hash),
  },
  policy: { name: field('policy', asIs, ({ name }) => name), routingKey: field('policy', folded, ({ routingKey }) => routingKey) },
  schedule: { name: field('schedule', asIs, ({ name }) => name) },
  user: {
    username: field('user', folded, ({ username }) => username),
    email: field('user', folded, ({ email }) => email),
    slackAccount: field('user', asIs, ({ slackAccount: account }) => account && `${account.teamId} ${account.userId}`),
    TELEGRAM: field('user', asIs, (user) => chatAccountOf(user, 'TELEGRAM')?.id),
    TEAMS: field('user', asIs, (user) => chatAccountOf(user, 'TEAMS')?.id),
  },
  team: { name: field('team', asIs, ({ name }) => name) },
  apikey: { name: field('apikey', asIs, ({ name }) => name), hash: field('apikey', asIs, ({ hash }) => hash) },
  slacklink: { channel: field('slacklink', asIs, ({ teamId, channelId }) => `${teamId} ${channelId}`) },
  slackworkspace: { teamId: field('slackworkspace', asIs, ({ teamId }) => teamId) },
  connector: { name: field('connector', asIs, ({ name }) => name) },
  alertaction: { name: field('alertaction', asIs, ({ name }) => name) },
  supporthour: { name: field('supporthour', asIs, ({ name }) => name) },
} as const;

export type ConfigurationIndex<Kind extends ConfigurationKind> = keyof (typeof indexes)[Kind] & string;

interface Field<Kind extends ConfigurationKind> {
  normalise(value: string): string;
  readonly valueOf: Values<Kind>;
}

function field<Kind extends ConfigurationKind>(_kind: Kind, normalise: (value: string) => string, valueOf: Values<Kind>): Field<Kind> {
  return { normalise, valueOf };
}

/** The resources of one kind in memory, by id and by their declared fields. */
export class ResourceTable<Kind extends ConfigurationKind> {
  private readonly byId = new Map<number, ConfigurationResources[Kind]>();
  private readonly byField: ReadonlyMap<string, { readonly field: Field<Kind>; readonly ids: Map<string, Set<number>> }>;
  private ascending: readonly ConfigurationResources[Kind][] | undefined;

  constructor(kind: Kind) {
    const fields = Object.entries(indexes[kind] as unknown as Readonly<Record<string, Field<Kind>>>);
    this.byField = new Map(fields.map(([name, declared]) => [name, { field: declared, ids: new Map<string, Set<number>>() }]));
  }

  get(id: number): ConfigurationResources[Kind] | undefined {
    return this.byId.get(id);
  }

  list(): readonly ConfigurationResources[Kind][] {
    return (this.ascending ??= [...this.byId.values()].sort((a, b) => a.id - b.id));
  }

  find(
    index: string,
    value: string,
    counts: (resource: ConfigurationResources[Kind]) => boolean = () => true,
  ): ConfigurationResources[Kind] | undefined {
    const declared = this.byField.get(index);
    const ids = declared?.ids.get(declared.field.normalise(value)) ?? [];
    const isFound = (id: number): boolean => {
      const resource = this.byId.get(id);
      return resource !== undefined && counts(resource);
    };
    const found = [...ids].filter(isFound);
    return found.length === 0 ? undefined : this.byId.get(Math.min(...found));
  }

  /** Returns what stood there before. */
  put(id: number, resource: ConfigurationResources[Kind] | undefined): ConfigurationResources[Kind] | undefined {
    const before = this.byId.get(id);
    this.ascending = undefined;
    for (const { field: declared, ids } of this.byField.values()) {
      const old = before && declared.valueOf(before);
      if (old !== undefined) remove(ids, declared.normalise(old), id);
      const value = resource && declared.valueOf(resource);
      if (value !== undefined) add(ids, declared.normalise(value), id);
    }
    if (resource === undefined) this.byId.delete(id);
    else this.byId.set(id, resource);
    return before;
  }
}

const add = (ids: Map<string, Set<number>>, value: string, id: number): void => {
  const known = ids.get(value);
  if (known === undefined) ids.set(value, new Set([id]));
  else known.add(id);
};

const remove = (ids: Map<string, Set<number>>, value: string, id: number): void => {
  const known = ids.get(value);
  known?.delete(id);
  if (known?.size === 0) ids.delete(value);
};
