import { filesIn } from './files';
import { manifestsIn } from './helm';
import type { Values } from './helm';
import { clusterAtHand } from './kubernetes';
import type { Cluster } from './kubernetes';
import { describeWith } from './programs';

const NAMESPACE = `tocsin-test-${process.pid}`;
const MINUTE_MS = 60_000;
// The first time the simulation is compiled.
const START_WITHIN_MS = 30 * MINUTE_MS;

const least: Values = { kafka: { brokers: ['kafka:9092'] } };

/** Every switch that is off, on. */
const everything: Values = {
  publicUrl: 'https://tocsin.example.org',
  trustedProxies: ['10.0.0.0/8'],
  image: { pullSecrets: ['registry'] },
  authorities: { name: 'ca-tls' },
  archive: { claim: 'tocsin-archive' },
  kafka: {
    brokers: ['a:9092', 'b:9092'],
    replicationFactor: 3,
    tls: { enabled: true, ca: { name: 'kafka-ca' }, client: { name: 'kafka-client' } },
    sasl: { mechanism: 'scram-sha-512', username: 'tocsin' },
  },
  defaults: {
    autoscaling: { enabled: true, lag: { metric: 'tocsin_consumer_lag_messages', matchLabels: { service: 'alerts' }, perReplica: 500 } },
    nodeSelector: { disk: 'fast' },
    tolerations: [{ key: 'paging', operator: 'Equal', value: 'yes', effect: 'NoExecute', tolerationSeconds: 60 }],
    podLabels: { team: 'sre' },
    podAnnotations: { note: 'x' },
    disruptionBudget: { maxUnavailable: '50%' },
  },
  ingress: { enabled: true, className: 'nginx', host: 'tocsin.example.org', tlsSecret: 'tls', annotations: { a: 'b' } },
  gateway: {
    enabled: true,
    parents: [{ name: 'front', namespace: 'gateways', sectionName: 'https' }],
    hostnames: ['tocsin.example.org'],
    annotations: { a: 'b' },
  },
  networkPolicy: {
    from: [
      { namespaceSelector: { matchLabels: { name: 'ingress' } }, podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } },
    ],
    to: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 9093, endPort: 9095, protocol: 'TCP' }] }],
  },
  serviceMonitor: { enabled: true, interval: '15s', labels: { release: 'prometheus' } },
  serviceAccount: { name: 'pager', annotations: { a: 'b' } },
};

describeWith('cluster', clusterAtHand(), (start) => {
  let cluster: Cluster;

  const must = ({ status, stderr, stdout }: ReturnType<Cluster['helm']>): string => {
    if (status !== 0) throw new Error(`ended with ${status}: ${stderr}${stdout}`);
    return stdout;
  };
  const labelled = (level: string) => `pod-security.kubernetes.io/${level}=restricted`;

  beforeAll(() => {
    cluster = start();
    must(cluster.kubectl(['create', 'namespace', NAMESPACE]));
    must(cluster.kubectl(['label', 'namespace', NAMESPACE, labelled('enforce'), labelled('warn')]));
    // A pod is refused without its account, and what is only looked at makes none.
    const accounts = ['tocsin', 'pager'].map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: accounts });
    must(cluster.kubectl(['apply', '--namespace', NAMESPACE, '-f', '-'], list));
  }, START_WITHIN_MS);

  afterAll(() => {
    cluster.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
    cluster.stop();
  }, MINUTE_MS);

  const templateOf = (...values: readonly string[]): string =>
    must(cluster.helm(['template', 'tocsin', 'helm/tocsin', '--namespace', NAMESPACE, ...values]));
  const rendered = (values: Values): string =>
    must(cluster.helm(['template', 'tocsin', 'helm/tocsin', '--namespace', NAMESPACE, '--values', '-'], JSON.stringify(values)));

  describe('its API server', () => {
    /** What it has against these manifests, warnings included. A kind that it does not serve is left out, aloud. */
    const objections = (stream: string): string => {
      const kinds = must(cluster.kubectl(['api-resources', '--no-headers']));
      const served = manifestsIn(stream).filter(({ kind }) => {
        const isServed = new RegExp(`\\b${kind}\\s*$`, 'm').test(kinds);
        if (!isServed) process.stderr.write(`skipped: the cluster does not serve ${kind}\n`);
        return isServed;
      });
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: served });
      const { stderr } = cluster.kubectl(['apply', '--namespace', NAMESPACE, '--dry-run=server', '--validate=strict', '-f', '-'], input);
      return stderr;
    };

    it.each([
      ['the least', least],
      ['everything', everything],
      ['standalone', { mode: 'standalone' }],
      ['standalone without a volume', { mode: 'standalone', persistence: { enabled: false } }],
    ])('has nothing against %s', (_, values) => expect(objections(rendered(values))).toBe(''), MINUTE_MS);

    it.each(filesIn('deploy/examples', '.values.yaml'))('has nothing against %s', (file) => {
      expect(objections(templateOf('--values', file))).toBe('');
    });

    it('is one that objects', () => {
      const stream = rendered(least);
      expect(objections(stream.replace('readOnlyRootFilesystem:', 'readOnlyFilesystem:'))).toContain('unknown field');
      expect(objections(stream.replaceAll('runAsNonRoot: true', 'runAsNonRoot: false'))).toMatch(/violate PodSecurity "restricted/);
    });
  });

  const modes: readonly (readonly [string, Values])[] = [
    ['cluster', least],
    ['standalone', { mode: 'standalone' }],
  ];

  // In a cluster with machines there are no servers for the five services.
  describe.each(process.env['KUBECONFIG'] ? modes.slice(1) : modes)('a release in mode %s', (mode, values) => {
    const release = `r-${mode}`;
    const image = { repository: process.env['TOCSIN_TEST_IMAGE'] ?? 'tocsin' };
    const broken = (): Values =>
      cluster.isSimulated ? { defaults: { podAnnotations: { 'kwok-sim': 'never-ready' } } } : { image: { ...image, tag: 'there-is-none' } };

    const upgrade = (more: Values, ...options: readonly string[]) =>
      cluster.helm(
        [
          'upgrade',
          '--install',
          release,
          'helm/tocsin',
          '--namespace',
          NAMESPACE,
          '--wait',
          '--timeout',
          '180s',
          '--values',
          '-',
          ...options,
        ],
        JSON.stringify({ image, ...values, ...more }),
      );
    const history = () =>
      JSON.parse(must(cluster.helm(['history', release, '--namespace', NAMESPACE, '--output', 'json']))) as {
        revision: number;
        status: string;
      }[];
    const states = () => history().map(({ status }) => status);
    const logLevel = () =>
      must(cluster.kubectl(['get', 'configmap', `${release}-tocsin`, '--namespace', NAMESPACE, '--output', 'jsonpath={.data.LOG_LEVEL}']));
    const instance = ['--namespace', NAMESPACE, '--selector', `app.kubernetes.io/instance=${release}`];
    const isRunning = () => {
      const pods = JSON.parse(must(cluster.kubectl(['get', 'pods', ...instance, '--output', 'json']))) as {
        items: { metadata: { annotations: Record<string, string> }; status: { conditions?: { type: string; status: string }[] } }[];
      };
      return (
        pods.items.length > 0 &&
        pods.items.every(
          ({ metadata, status }) =>
            !('kwok-sim' in metadata.annotations) && status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
        )
      );
    };

    it(
      'is installed, and says how to raise an alert',
      () => {
        must(upgrade({ logLevel: 'info', publicUrl: 'https://tocsin.example.org' }));
        expect(states()).toEqual(['deployed']);
        const notes = must(cluster.helm(['get', 'notes', release, '--namespace', NAMESPACE]));
        expect(notes).toContain(`helm test ${release} --namespace ${NAMESPACE}`);
        expect(notes).toContain('curl --request POST https://tocsin.example.org/api/alerts');
      },
      5 * MINUTE_MS,
    );

    it(
      'passes its own test',
      () => {
        expect(must(cluster.helm(['test', release, '--namespace', NAMESPACE, '--timeout', '120s']))).toMatch(/Phase:\s+Succeeded/);
      },
      3 * MINUTE_MS,
    );

    it(
      'is upgraded',
      () => {
        must(upgrade({ logLevel: 'error' }));
        expect(states()).toEqual(['superseded', 'deployed']);
        expect(logLevel()).toBe('error');
      },
      5 * MINUTE_MS,
    );

    it(
      'goes back by itself from an upgrade that does not become ready',
      () => {
        const { status } = upgrade({ ...broken(), logLevel: 'debug' }, '--rollback-on-failure', '--timeout', '30s');
        expect(status).not.toBe(0);
        expect(states().at(-1)).toBe('deployed');
        expect(history().at(-1)?.revision).toBe(4);
        expect(logLevel()).toBe('error');
      },
      5 * MINUTE_MS,
    );

    it(
      'is rolled back to what it was at first',
      () => {
        must(cluster.helm(['rollback', release, '1', '--namespace', NAMESPACE, '--wait', '--timeout', '180s']));
        expect(logLevel()).toBe('info');
        expect(isRunning()).toBe(true);
      },
      5 * MINUTE_MS,
    );

    it(
      'leaves nothing behind when it is uninstalled but the volume of a standalone',
      () => {
        must(cluster.helm(['uninstall', release, '--namespace', NAMESPACE, '--wait', '--timeout', '120s']));
        const kinds =
          'deployments,statefulsets,services,configmaps,serviceaccounts,networkpolicies,poddisruptionbudgets,persistentvolumeclaims';
        const left = must(cluster.kubectl(['get', kinds, ...instance, '--output', 'name'])).trim();
        expect(left).toBe(mode === 'standalone' ? `persistentvolumeclaim/data-${release}-tocsin-standalone-0` : '');
      },
      3 * MINUTE_MS,
    );
  });
});
