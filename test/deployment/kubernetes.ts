import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetched, mustRun, root, run } from './programs';

/** A real API server without machines behind it: pods become ready as soon as they are placed. */
const simulation = join(root, '../shared/tools/kubernetes/cluster');

// Kinds that are not Kubernetes' own, and the Go modules whose resource definitions are those of their makers.
const definitions: readonly (readonly [module: string, file: string])[] = [
  [
    'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
  ],
  ['sigs.k8s.io/gateway-api@v1.4.0', 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml'],
];

// Nobody makes volumes in the simulation.
const volume = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'of-the-standalone' },
  spec: { capacity: { storage: '10Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/nowhere' } },
};

export interface Cluster {
  readonly isSimulated: boolean;
  helm(args: readonly string[], input?: string): ReturnType<typeof run>;
  kubectl(args: readonly string[], input?: string): ReturnType<typeof run>;
  stop(): void;
}

/** How to get a cluster: the one that KUBECONFIG names, else the simulation. Undefined where there is neither. */
export const clusterAtHand = (): (() => Cluster) | undefined => {
  const given = process.env['KUBECONFIG'];
  if (given !== undefined && given !== '') return () => clusterOf(given, required('helm'), required('kubectl'), false);
  return existsSync(simulation) ? simulate : undefined;
};

const required = (name: string): string => {
  const path = fetched(name);
  if (path === undefined) throw new Error(`there is no ${name}`);
  return path;
};

/** What waits for pods takes most of a minute each: said as it begins, so that a run that is slow does not look like one that hangs. */
const waiting = new Set(['upgrade', 'test', 'rollback', 'uninstall']);
const say = (line: string): void => void process.stderr.write(`chart: ${line}\n`);

const clusterOf = (kubeconfig: string, helm: string, kubectl: string, isSimulated: boolean): Cluster => {
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  return {
    isSimulated,
    helm: (args, input = '') => {
      if (waiting.has(args[0] ?? '')) say(`helm ${args.filter((arg) => arg !== '-').join(' ')}`);
      return run(helm, args, { env, input });
    },
    kubectl: (args, input = '') => run(kubectl, args, { env, input }),
    stop: () => (isSimulated ? void run(simulation, ['down']) : undefined),
  };
};

const simulate = (): Cluster => {
  say('an API server begins; where it was never built that takes ten to fifteen minutes');
  const { stdout } = mustRun(simulation, ['up']);
  const said = (name: string): string => new RegExp(`^${name}=(.+)$`, 'm').exec(stdout)?.[1] ?? '';
  const cluster = clusterOf(said('KUBECONFIG'), said('HELM'), said('KUBECTL'), true);
  const must = ({ status, stderr }: ReturnType<Cluster['kubectl']>): void => {
    if (status !== 0) throw new Error(stderr);
  };
  must(cluster.kubectl(['apply', '-f', '-'], JSON.stringify(volume)));
  for (const [module, file] of definitions) {
    const { Dir } = JSON.parse(mustRun('go', ['mod', 'download', '-json', module]).stdout) as { Dir: string };
    must(cluster.kubectl(['apply', '--server-side', '-f', join(Dir, file)]));
  }
  return cluster;
};
