import { parseAllDocuments } from 'yaml';
import { mustRun, run } from './programs';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly resources: unknown;
  readonly securityContext: unknown;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface PodSpec {
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly [field: string]: unknown;
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly template: { readonly metadata: Manifest['metadata']; readonly spec: PodSpec };
  };
}

/** Nested as in the chart's values. */
export type Values = Readonly<Record<string, unknown>>;

const CHART = 'helm/tocsin';
const brokers: Values = { kafka: { brokers: ['kafka:9092'] } };

const templateArgs = (): readonly string[] => ['template', 'tocsin', CHART, '--namespace', 'tocsin', '--values', '-'];

/** What the chart makes of these values; without any, of the least that a cluster needs. */
export const render = (helm: string, values: Values = {}): readonly Manifest[] =>
  manifestsIn(mustRun(helm, templateArgs(), { input: JSON.stringify(withBrokers(values)) }).stdout);

/** What Helm says of values that it refuses; undefined when it takes them. */
export const refusal = (helm: string, values: Values): string | undefined => {
  const { status, stderr } = run(helm, templateArgs(), { input: JSON.stringify(withBrokers(values)) });
  return status === 0 ? undefined : stderr;
};

const withBrokers = (values: Values): Values => ({ ...values, kafka: { ...(brokers['kafka'] as Values), ...(values['kafka'] as Values) } });

export const manifestsIn = (stream: string): readonly Manifest[] =>
  parseAllDocuments(stream, { merge: true })
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

export const all = (manifests: readonly Manifest[], kind: string): readonly Manifest[] => manifests.filter((each) => each.kind === kind);

export const one = (manifests: readonly Manifest[], kind: string, name?: string): Manifest => {
  const found = all(manifests, kind).filter((each) => name === undefined || each.metadata.name === name);
  if (found.length !== 1) throw new Error(`there are ${found.length} ${kind} ${name ?? ''}`);
  return found[0] as Manifest;
};

export const podOf = (manifest: Manifest): PodSpec =>
  manifest.kind === 'Pod' ? (manifest.spec as unknown as PodSpec) : manifest.spec.template.spec;

export const podsOf = (manifests: readonly Manifest[]): readonly PodSpec[] =>
  manifests.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Pod'].includes(kind)).map(podOf);

export const containerOf = (manifest: Manifest): Container => podOf(manifest).containers[0] as Container;
