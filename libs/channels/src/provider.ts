import type { NotificationMethod } from '@tocsin/domain';
import type { Outgoing, Setting, Settings } from '@tocsin/platform';
import type { Channel } from './channel';

export type ProviderSchema = Readonly<Record<string, Setting<unknown>>>;

/** The pair of keys that names this installation to push services, and whom they may write to. */
export interface VapidDetails {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly subject: string;
}

/** What pushing to devices needs. */
export interface PushContext {
  /** Of a device, as it is stored. @throws SecretUnreadable */
  openAddress(cipher: string): string;
  /** The same in all processes. @throws EventStoreFault while they cannot be read; SecretUnreadable */
  vapid(): Promise<VapidDetails>;
  /** For URLs that browsers bring. */
  readonly outgoing: Outgoing;
}

/** What a provider may need of the process that it runs in. */
export interface ProviderContext {
  /** Base of call-backs, without a slash at the end; to be asked when one is named: a port chosen by the system is known late. */
  publicUrl(): string;
  /** Without it nothing is pushed. */
  readonly push?: PushContext;
}

/** One company or server that takes messages: its settings, and the channels that they open. */
export interface Provider<Schema extends ProviderSchema = ProviderSchema> {
  /** As on the timeline, in metrics and in routes; letters only. */
  readonly name: string;
  readonly methods: readonly NotificationMethod[];
  readonly schema: Schema;
  /** Settings that switch it on, all of a set together; several sets are as many ways. */
  readonly needs: readonly (readonly (keyof Schema & string)[])[];
  /** What is wrong with its settings together, besides what it needs. */
  problems?(settings: Settings<Schema>): readonly string[];
  /** Messages that each process asks it to take at once, by all its channels together; where devices have hosts, those of one host. */
  atOnce(settings: Settings<Schema>): number;
  /** Called when it is switched on. Loads the driver. */
  open(settings: Settings<Schema>, context: ProviderContext): Promise<readonly Channel[]>;
}

export type ProviderState = { readonly on: true } | { readonly on: false; readonly missing: readonly string[]; readonly begun: boolean };

type Described = Pick<Provider, 'schema'> & { readonly needs: readonly (readonly string[])[] };

/** Whether it is set up, and if not what is missing: of the way that needs the least more. `begun`: some of it is there. */
export const stateOf = ({ schema, needs }: Described, settings: Readonly<Record<string, unknown>>): ProviderState => {
  const nameOf = (key: string): string => schema[key]?.name ?? key;
  const ways = needs.map((way) => ({ way, missing: way.filter((key) => isUnset(settings[key])) }));
  if (ways.some(({ missing }) => missing.length === 0)) return { on: true };
  const [nearest] = ways.toSorted((a, b) => a.missing.length - b.missing.length);
  return {
    on: false,
    missing: (nearest?.missing ?? []).map(nameOf),
    begun: ways.some(({ way, missing }) => missing.length < way.length),
  };
};

const isUnset = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);
