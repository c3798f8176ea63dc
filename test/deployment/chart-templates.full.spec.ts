import { services } from '@tocsin/contracts';
import { filesIn } from './files';
import { all, containerOf, manifestsIn, one, podOf, podsOf, refusal, render } from './helm';
import type { Manifest } from './helm';
import { describeWith, fetched, mustRun, run } from './programs';

const names = Object.keys(services).sort();
const deployment = (name: string): string => `tocsin-${name}`;

const environment = (manifest: Manifest): Readonly<Record<string, unknown>> =>
  Object.fromEntries((containerOf(manifest).env ?? []).map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));

describeWith('helm', fetched('helm'), (helm) => {
  const settingsOf = (values: Parameters<typeof render>[1]) => one(render(helm, values), 'ConfigMap').data ?? {};
  const kindsOf = (manifests: readonly Manifest[]) => [...new Set(manifests.map(({ kind }) => kind))].sort();

  it.each(['', ...filesIn('deploy/examples', '.values.yaml')])('lint has nothing to say about values %s', (file) => {
    const values = file === '' ? ['--set', 'kafka.brokers={kafka:9092}'] : ['--values', file];
    const { status, stdout, stderr } = run(helm, ['lint', '--strict', 'helm/tocsin', ...values]);
    expect({ status, problems: `${stdout}${stderr}`.match(/^.*\b(?:WARN|ERROR).*$/gm) }).toEqual({ status: 0, problems: null });
  });

  describe('in a cluster', () => {
    const usual = render(helm);

    it('has one deployment, one service and one disruption budget for each service', () => {
      expect(kindsOf(usual)).toEqual(
        ['ConfigMap', 'Deployment', 'NetworkPolicy', 'Pod', 'PodDisruptionBudget', 'Service', 'ServiceAccount'].sort(),
      );
      for (const kind of ['Deployment', 'Service', 'PodDisruptionBudget'])
        expect(
          all(usual, kind)
            .map(({ metadata }) => metadata.name)
            .sort(),
        ).toEqual(names.map(deployment));
    });

    it.each(names)('runs %s by its name on its port', (name) => {
      const { port } = services[name as keyof typeof services];
      const container = containerOf(one(usual, 'Deployment', deployment(name)));
      expect(container).toMatchObject({ args: [name], ports: [{ containerPort: port }] });
      expect(environment(one(usual, 'Deployment', deployment(name)))).toMatchObject({ PORT: String(port) });
      expect(one(usual, 'Service', deployment(name)).spec).toMatchObject({ ports: [{ port, targetPort: 'http' }] });
    });

    it('gives a pod the time to be taken off the Service and to finish', () => {
      const pod = podOf(one(render(helm, { drainSeconds: 9 }), 'Deployment', deployment('alerts')));
      expect(pod).toMatchObject({ terminationGracePeriodSeconds: 41, containers: [{ lifecycle: { preStop: { sleep: { seconds: 9 } } } }] });
    });

    it('takes secrets by reference, and the bootstrap key for oncall alone', () => {
      const alerts = environment(one(usual, 'Deployment', deployment('alerts')));
      expect(Object.keys(alerts).sort()).toEqual([
        'EVENTSTORE_URL',
        'MONGODB_URL',
        'NTFY_TOKEN',
        'PORT',
        'SENDGRID_API_KEY',
        'SIGNALWIRE_API_TOKEN',
        'SIGNALWIRE_SIGNING_KEY',
        'SLACK_BOT_TOKEN',
        'SLACK_CLIENT_SECRET',
        'SLACK_SIGNING_SECRET',
        'SMS_GATEWAY_HEADERS',
        'SMS_GATEWAY_URL',
        'SMTP_URL',
        'TEAMS_APP_PASSWORD',
        'TELEGRAM_BOT_TOKEN',
        'TELEGRAM_WEBHOOK_SECRET',
        'TOCSIN_HEARTBEAT_URL',
        'TOCSIN_SECRET_KEY',
        'TWILIO_AUTH_TOKEN',
        'VAPID_PRIVATE_KEY',
      ]);
      expect(alerts['SMTP_URL']).toEqual({ secretKeyRef: { name: 'tocsin', key: 'SMTP_URL', optional: true } });
      const withKey = names.filter((name) => 'TOCSIN_BOOTSTRAP_API_KEY' in environment(one(usual, 'Deployment', deployment(name))));
      expect(withKey).toEqual(['oncall']);
    });

    it('takes a secret from where the values say, and leaves out one that is null', () => {
      const elsewhere = { name: 'mongo-user', key: 'connectionString.standard' };
      const made = render(helm, { secrets: { MONGODB_URL: elsewhere, SMTP_URL: null } });
      const alerts = environment(one(made, 'Deployment', deployment('alerts')));
      expect(alerts['MONGODB_URL']).toEqual({ secretKeyRef: { ...elsewhere, optional: false } });
      expect(alerts).not.toHaveProperty('SMTP_URL');
    });

    it('starts pods again when a setting changes', () => {
      const checksums = ['info', 'warn'].map(
        (logLevel) => one(render(helm, { logLevel }), 'Deployment', deployment('alerts')).spec.template.metadata.annotations,
      );
      expect(checksums[0]?.['checksum/settings']).not.toBe(checksums[1]?.['checksum/settings']);
    });

    it('lets a service differ from the others', () => {
      const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } };
      const made = render(helm, { defaults: { replicas: 3 }, services: { alerts: { replicas: 5, resources } } });
      expect(one(made, 'Deployment', deployment('alerts')).spec).toMatchObject({ replicas: 5 });
      expect(containerOf(one(made, 'Deployment', deployment('alerts'))).resources).toEqual(resources);
      expect(one(made, 'Deployment', deployment('oncall')).spec).toMatchObject({ replicas: 3 });
    });

    it('spreads replicas over zones and nodes, and places them where the values say', () => {
      const spread = podOf(one(usual, 'Deployment', deployment('alerts')))['topologySpreadConstraints'] as { topologyKey: string }[];
      expect(spread.map(({ topologyKey }) => topologyKey)).toEqual(['topology.kubernetes.io/zone', 'kubernetes.io/hostname']);
      const placed = {
        spreadOver: [],
        nodeSelector: { disk: 'fast' },
        tolerations: [{ key: 'paging', operator: 'Exists' }],
        priorityClassName: 'high',
      };
      const pod = podOf(one(render(helm, { defaults: placed }), 'Deployment', deployment('alerts')));
      expect(pod).toMatchObject({ nodeSelector: placed.nodeSelector, tolerations: placed.tolerations, priorityClassName: 'high' });
      expect(pod).not.toHaveProperty('topologySpreadConstraints');
    });

    it('puts labels and annotations on pods', () => {
      const { metadata } = one(
        render(helm, { defaults: { podLabels: { team: 'sre' }, podAnnotations: { note: 'x' } } }),
        'Deployment',
        deployment('alerts'),
      ).spec.template;
      expect(metadata).toMatchObject({ labels: { team: 'sre', 'app.kubernetes.io/component': 'alerts' }, annotations: { note: 'x' } });
    });

    it('has no disruption budget where it is switched off', () => {
      const made = render(helm, {
        defaults: { disruptionBudget: { enabled: false } },
        services: { alerts: { disruptionBudget: { enabled: true } } },
      });
      expect(all(made, 'PodDisruptionBudget').map(({ metadata }) => metadata.name)).toEqual([deployment('alerts')]);
    });

    it('is told about Kafka', () => {
      const kafka = {
        brokers: ['a:9092', 'b:9092'],
        partitions: 24,
        topicPrefix: 'tocsin.',
        replicationFactor: 2,
        tls: { enabled: true, ca: { name: 'kafka-ca' }, client: { name: 'kafka-client' } },
        sasl: { mechanism: 'scram-sha-512', username: 'tocsin' },
      };
      const made = render(helm, { kafka });
      expect(one(made, 'ConfigMap').data).toMatchObject({
        KAFKA_BROKERS: 'a:9092,b:9092',
        KAFKA_PARTITIONS: '24',
        KAFKA_TOPIC_PREFIX: 'tocsin.',
        KAFKA_REPLICATION_FACTOR: '2',
        KAFKA_TLS: 'on',
        KAFKA_TLS_CA_FILE: '/etc/tocsin/kafka-ca/ca.crt',
        KAFKA_TLS_CERT_FILE: '/etc/tocsin/kafka-client/tls.crt',
        KAFKA_TLS_KEY_FILE: '/etc/tocsin/kafka-client/tls.key',
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_USERNAME: 'tocsin',
      });
      const alerts = one(made, 'Deployment', deployment('alerts'));
      expect(environment(alerts)).toHaveProperty('KAFKA_PASSWORD');
      expect(containerOf(alerts).volumeMounts?.map(({ mountPath }) => mountPath)).toEqual([
        '/etc/tocsin/kafka-ca',
        '/etc/tocsin/kafka-client',
      ]);
      expect(podOf(alerts).volumes?.map(({ name }) => name)).toEqual(['kafka-ca', 'kafka-client']);
    });

    it('archives to the claim that the values name, from alerts alone', () => {
      const made = render(helm, { archive: { claim: 'tocsin-archive' } });
      const alerts = one(made, 'Deployment', deployment('alerts'));
      expect(environment(alerts)).toMatchObject({ TOCSIN_ARCHIVE_DIR: '/archive' });
      expect(podOf(alerts).volumes).toEqual([{ name: 'archive', persistentVolumeClaim: { claimName: 'tocsin-archive' } }]);
      expect(podOf(one(made, 'Deployment', deployment('oncall')))).not.toHaveProperty('volumes');
      expect(environment(one(usual, 'Deployment', deployment('alerts')))).not.toHaveProperty('TOCSIN_ARCHIVE_DIR');
    });

    it('believes authorities besides the usual ones', () => {
      const alerts = one(render(helm, { authorities: { name: 'ca-tls' } }), 'Deployment', deployment('alerts'));
      expect(environment(alerts)).toMatchObject({ NODE_EXTRA_CA_CERTS: '/etc/tocsin/authorities/ca.crt' });
      expect(podOf(alerts).volumes).toEqual([
        { name: 'authorities', secret: { secretName: 'ca-tls', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      ]);
    });

    it('sends no traces unless it is told where to', () => {
      expect(Object.keys(one(usual, 'ConfigMap').data ?? {}).filter((name) => name.startsWith('OTEL'))).toEqual([]);
      expect(Object.keys(environment(one(usual, 'Deployment', deployment('alerts')))).filter((name) => name.startsWith('OTEL'))).toEqual(
        [],
      );
    });

    it('sends traces as it is told, each service under a name of its own, with headers that are a secret', () => {
      const tracing = {
        exporter: 'otlp',
        endpoint: 'http://collector:4317',
        protocol: 'grpc',
        serviceName: 'paging',
        resourceAttributes: { 'deployment.environment.name': 'production', 'service.namespace': 'sre' },
        sampler: { name: 'parentbased_traceidratio', argument: '0.1' },
      };
      const made = render(helm, { tracing });
      expect(one(made, 'ConfigMap').data).toMatchObject({
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production,service.namespace=sre',
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.1',
      });
      for (const name of names)
        expect(environment(one(made, 'Deployment', deployment(name)))).toMatchObject({
          OTEL_SERVICE_NAME: `paging-${name}`,
          OTEL_EXPORTER_OTLP_HEADERS: { secretKeyRef: { name: 'tocsin', key: 'OTEL_EXPORTER_OTLP_HEADERS', optional: true } },
        });
      const standalone = one(render(helm, { mode: 'standalone', tracing }), 'StatefulSet');
      expect(environment(standalone)).toMatchObject({ OTEL_SERVICE_NAME: 'paging' });
    });

    it('names services and hands out headers also when traces are switched on under env, and not when they are switched off', () => {
      const alerts = (values: Parameters<typeof render>[1]) =>
        Object.keys(environment(one(render(helm, values), 'Deployment', deployment('alerts')))).filter((name) => name.startsWith('OTEL'));
      expect(alerts({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' } }).sort()).toEqual([
        'OTEL_EXPORTER_OTLP_HEADERS',
        'OTEL_SERVICE_NAME',
      ]);
      expect(alerts({ tracing: { exporter: 'none', endpoint: 'http://collector:4318' } })).toEqual([]);
      expect(alerts({ tracing: { exporter: 'otlp' }, env: { OTEL_SERVICE_NAME: 'mine' } })).toEqual(['OTEL_EXPORTER_OTLP_HEADERS']);
    });

    it.each([
      { exporter: 'zipkin' },
      { endpoint: 'collector:4318' },
      { protocol: 'http' },
      { serviceName: '' },
      { resourceAttributes: { team: 'a,b=c' } },
      { sampler: { name: 'some' } },
      { sampler: { argument: '2' } },
      { headers: 'authorization=secret' },
    ])('refuses traces that cannot be meant: %j', (tracing) => {
      expect(refusal(helm, { tracing })).toContain('tracing');
    });

    it('tells every service of the heartbeat, with the URL from the Secret', () => {
      const made = render(helm, { heartbeat: { intervalSec: 30 } });
      expect(one(made, 'ConfigMap').data).toMatchObject({ TOCSIN_HEARTBEAT_INTERVAL_SEC: '30' });
      for (const name of names)
        expect(environment(one(made, 'Deployment', deployment(name)))).toMatchObject({
          TOCSIN_HEARTBEAT_URL: { secretKeyRef: { name: 'tocsin', key: 'TOCSIN_HEARTBEAT_URL', optional: true } },
        });
      expect(refusal(helm, { heartbeat: { intervalSec: 5 } })).toContain('heartbeat');
    });

    it('says so when it is not told where Kafka is', () => {
      expect(refusal(helm, { kafka: { brokers: [] } })).toContain('kafka.brokers: name at least one');
    });
  });

  describe('standalone', () => {
    const manifests = render(helm, { mode: 'standalone' });

    it('is one process with a volume, and nothing else', () => {
      expect(kindsOf(manifests)).toEqual(['ConfigMap', 'NetworkPolicy', 'Pod', 'Service', 'ServiceAccount', 'StatefulSet']);
      const set = one(manifests, 'StatefulSet');
      expect(set.spec).toMatchObject({ replicas: 1, volumeClaimTemplates: [{ spec: { resources: { requests: { storage: '10Gi' } } } }] });
      expect(containerOf(set)).toMatchObject({ args: ['standalone'], volumeMounts: [{ name: 'data', mountPath: '/data' }] });
    });

    it('needs no Secret, and is told of no server', () => {
      const secrets = Object.values(environment(one(manifests, 'StatefulSet'))).filter((value) => typeof value === 'object');
      expect(secrets).toHaveLength(18);
      for (const secret of secrets) expect(secret).toMatchObject({ secretKeyRef: { optional: true } });
      expect(Object.keys(one(manifests, 'ConfigMap').data ?? {}).filter((name) => name.startsWith('KAFKA'))).toEqual([]);
    });

    it('keeps nothing where persistence is switched off', () => {
      const set = one(render(helm, { mode: 'standalone', persistence: { enabled: false } }), 'StatefulSet');
      expect(set.spec).not.toHaveProperty('volumeClaimTemplates');
      expect(podOf(set).volumes).toEqual([{ name: 'data', emptyDir: {} }]);
    });

    it('takes a storage class and a size', () => {
      const set = one(render(helm, { mode: 'standalone', persistence: { size: '1Gi', storageClass: 'fast' } }), 'StatefulSet');
      expect(set.spec).toMatchObject({
        volumeClaimTemplates: [{ spec: { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } } }],
      });
    });
  });

  describe.each(['cluster', 'standalone'])('every pod of mode %s', (mode) => {
    it('may do as little as pod security "restricted" asks for', () => {
      const pods = podsOf(render(helm, { mode }));
      expect(pods.length).toBeGreaterThan(1);
      for (const pod of pods) {
        expect(pod).toMatchObject({
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
        });
        for (const container of pod.containers)
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
      }
    });

    it('leaves user and group to the cluster where they are null', () => {
      for (const { securityContext } of podsOf(render(helm, { mode, runAs: { user: null, group: null } })))
        expect(Object.keys(securityContext).sort()).toEqual(['runAsNonRoot', 'seccompProfile']);
    });

    it('is from the image that the values name', () => {
      const image = { repository: 'registry.example.org/tocsin', tag: '1.2.3', pullPolicy: 'Always', pullSecrets: ['registry'] };
      for (const pod of podsOf(render(helm, { mode, image })))
        expect(pod).toMatchObject({
          imagePullSecrets: [{ name: 'registry' }],
          containers: [{ image: 'registry.example.org/tocsin:1.2.3', imagePullPolicy: 'Always' }],
        });
      const digest = `sha256:${'0'.repeat(64)}`;
      for (const pod of podsOf(render(helm, { mode, image: { ...image, digest } })))
        expect(pod.containers[0]?.image).toBe(`registry.example.org/tocsin@${digest}`);
    });
  });

  describe('autoscaling', () => {
    const scaled = (autoscaling: object) => ({ services: { alerts: { autoscaling: { enabled: true, ...autoscaling } } } });

    it('takes the number of replicas out of the deployment, for that service alone', () => {
      const manifests = render(helm, scaled({ minReplicas: 3, maxReplicas: 9 }));
      expect(one(manifests, 'HorizontalPodAutoscaler').spec).toMatchObject({
        scaleTargetRef: { kind: 'Deployment', name: deployment('alerts') },
        minReplicas: 3,
        maxReplicas: 9,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } }],
      });
      expect(one(manifests, 'Deployment', deployment('alerts')).spec).not.toHaveProperty('replicas');
      expect(one(manifests, 'Deployment', deployment('oncall')).spec).toHaveProperty('replicas', 2);
    });

    it('goes by how far the consumers are behind', () => {
      const lag = { metric: 'tocsin_consumer_lag_messages', matchLabels: { service: 'alerts' }, perReplica: 500 };
      expect(one(render(helm, scaled({ cpu: null, lag })), 'HorizontalPodAutoscaler').spec).toMatchObject({
        metrics: [
          {
            type: 'External',
            external: {
              metric: { name: lag.metric, selector: { matchLabels: lag.matchLabels } },
              target: { type: 'AverageValue', averageValue: '500' },
            },
          },
        ],
      });
    });

    it('is refused with more replicas than partitions, or without a reason', () => {
      expect(refusal(helm, scaled({ maxReplicas: 13 }))).toContain('with 12 partitions');
      expect(refusal(helm, scaled({ cpu: null }))).toContain('set cpu or lag');
    });
  });

  describe('the way in', () => {
    const host = 'tocsin.example.org';
    const wanted = names
      .flatMap((name) => services[name as keyof typeof services].paths.map((path) => [path, deployment(name)] as const))
      .sort();

    it('of an Ingress is the path table, without the metrics', () => {
      const manifests = render(helm, { ingress: { enabled: true, host, className: 'nginx', tlsSecret: 'tls', annotations: { a: 'b' } } });
      const ingress = one(manifests, 'Ingress');
      const [rule] = ingress.spec['rules'] as {
        http: { paths: { path: string; pathType: string; backend: { service: { name: string } } }[] };
      }[];
      const paths = (rule?.http.paths ?? []).map(({ path, backend }) => [path, backend.service.name]);
      expect(paths.sort()).toEqual([...wanted, ['/metrics', 'tocsin-nowhere']].sort());
      expect(one(manifests, 'Service', 'tocsin-nowhere').spec).toMatchObject({ selector: { 'app.kubernetes.io/component': 'nowhere' } });
      expect(ingress).toMatchObject({
        metadata: { annotations: { a: 'b' } },
        spec: { ingressClassName: 'nginx', tls: [{ hosts: [host], secretName: 'tls' }], rules: [{ host }] },
      });
    });

    it('of an HTTPRoute is the path table, without the metrics', () => {
      const parents = [{ name: 'front', namespace: 'gateways', sectionName: 'https' }];
      const route = one(render(helm, { gateway: { enabled: true, parents, hostnames: [host] } }), 'HTTPRoute');
      const rules = route.spec['rules'] as { matches: { path: { value: string } }[]; backendRefs?: { name: string; port: number }[] }[];
      const paths = rules.flatMap(({ matches, backendRefs }) => matches.map(({ path }) => [path.value, backendRefs?.[0]?.name ?? '']));
      expect(paths.sort()).toEqual([...wanted, ['/metrics', '']].sort());
      expect(Math.max(...rules.map(({ matches }) => matches.length))).toBeLessThanOrEqual(8);
      expect(route.spec).toMatchObject({ parentRefs: parents, hostnames: [host] });
    });

    it('leads to the standalone alone where it is that', () => {
      const manifests = render(helm, { mode: 'standalone', ingress: { enabled: true, host } });
      expect(one(manifests, 'Ingress').spec).toMatchObject({
        rules: [{ http: { paths: [{ path: '/metrics' }, { path: '/', backend: { service: { name: 'tocsin-standalone' } } }] } }],
      });
    });

    it('is refused without a host or a Gateway', () => {
      expect(refusal(helm, { ingress: { enabled: true } })).toContain('ingress.host: must be set');
      expect(refusal(helm, { gateway: { enabled: true } })).toContain('gateway.parents');
    });

    it('says where links in messages lead', () => {
      expect(settingsOf({})).not.toHaveProperty('TOCSIN_PUBLIC_URL');
      expect(settingsOf({ publicUrl: 'https://a.example.org' })).toMatchObject({ TOCSIN_PUBLIC_URL: 'https://a.example.org' });
      expect(settingsOf({ ingress: { enabled: true, host } })).toMatchObject({ TOCSIN_PUBLIC_URL: `http://${host}` });
      expect(settingsOf({ ingress: { enabled: true, host, tlsSecret: 'tls' } })).toMatchObject({ TOCSIN_PUBLIC_URL: `https://${host}` });
      expect(settingsOf({ gateway: { enabled: true, parents: [{ name: 'front' }], hostnames: [host] } })).toMatchObject({
        TOCSIN_PUBLIC_URL: `https://${host}`,
      });
    });
  });

  describe('what is not secret', () => {
    it('stands in one ConfigMap, and further settings win', () => {
      const values = {
        mailFrom: 'tocsin@example.org',
        bootstrapEmail: 'a@example.org',
        trustedProxies: ['10.0.0.0/8', '::1'],
        logLevel: 'info',
      };
      expect(settingsOf({ ...values, env: { LOG_LEVEL: 'debug', SLACK_API_BASE_URL: 'http://slack.test' } })).toMatchObject({
        MAIL_FROM: 'tocsin@example.org',
        TOCSIN_BOOTSTRAP_EMAIL: 'a@example.org',
        TOCSIN_TRUSTED_PROXIES: '10.0.0.0/8,::1',
        LOG_LEVEL: 'debug',
        SLACK_API_BASE_URL: 'http://slack.test',
      });
    });
  });

  describe('the network policy', () => {
    it('lets everybody in at the one port, unless the values say who, and the chart’s own test', () => {
      expect(one(render(helm), 'NetworkPolicy').spec).toMatchObject({ policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 'http' }] }] });
      const from = [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }];
      const [rule] = one(render(helm, { networkPolicy: { from } }), 'NetworkPolicy').spec['ingress'] as { from: object[] }[];
      expect(rule?.from[0]).toEqual(from[0]);
      expect(rule?.from[1]).toMatchObject({ podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'tocsin' } } });
    });

    it('lets pods out to where the values say, and to DNS', () => {
      const to = [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ port: 9093 }] }];
      const { spec } = one(render(helm, { networkPolicy: { to } }), 'NetworkPolicy');
      expect(spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
      expect(spec['egress']).toEqual(
        expect.arrayContaining([
          ...to,
          {
            ports: [
              { port: 53, protocol: 'UDP' },
              { port: 53, protocol: 'TCP' },
            ],
          },
        ]),
      );
    });

    it('can be switched off', () => expect(all(render(helm, { networkPolicy: { enabled: false } }), 'NetworkPolicy')).toEqual([]));
  });

  describe('for Prometheus', () => {
    it('there is a ServiceMonitor when it is asked for', () => {
      expect(all(render(helm), 'ServiceMonitor')).toEqual([]);
      const monitor = one(
        render(helm, { serviceMonitor: { enabled: true, interval: '15s', labels: { release: 'prometheus' } } }),
        'ServiceMonitor',
      );
      expect(monitor).toMatchObject({
        metadata: { labels: { release: 'prometheus' } },
        spec: { endpoints: [{ port: 'http', path: '/metrics', interval: '15s' }] },
      });
    });
  });

  describe('the service account', () => {
    it('is the release’s, another one, or one that is there already', () => {
      expect(one(render(helm), 'ServiceAccount')).toMatchObject({ metadata: { name: 'tocsin' }, automountServiceAccountToken: false });
      expect(one(render(helm, { serviceAccount: { name: 'pager', annotations: { a: 'b' } } }), 'ServiceAccount').metadata).toMatchObject({
        name: 'pager',
        annotations: { a: 'b' },
      });
      const made = render(helm, { serviceAccount: { create: false, name: 'mine' } });
      expect(all(made, 'ServiceAccount')).toEqual([]);
      expect(podsOf(made).map(({ serviceAccountName }) => serviceAccountName)).toEqual(Array(names.length + 1).fill('mine'));
    });
  });

  describe('names', () => {
    it('come from the release, unless the values say otherwise', () => {
      const named = (release: string, ...more: readonly string[]) =>
        one(manifestsIn(mustRun(helm, ['template', release, 'helm/tocsin', '--set', 'mode=standalone', ...more]).stdout), 'StatefulSet')
          .metadata.name;
      expect(named('tocsin')).toBe('tocsin-standalone');
      expect(named('paging')).toBe('paging-tocsin-standalone');
      expect(named('paging', '--set', 'nameOverride=oncall')).toBe('paging-oncall-standalone');
      expect(named('paging', '--set', 'fullnameOverride=it')).toBe('it-standalone');
    });
  });

  describe('values that mean nothing', () => {
    it.each([
      ['at the top', { replicas: 3 }],
      ['of a service', { services: { alerts: { replica: 3 } } }],
      ['of a service that does not exist', { services: { gateway: {} } }],
      ['in resources', { defaults: { resources: { limit: {} } } }],
      ['of a secret', { secrets: { MONGODB_URL: { name: 'a', key: 'b', value: 'c' } } }],
      ['of a mode', { mode: 'embedded' }],
      ['of a peer', { networkPolicy: { from: [{ podSelectors: {} }] } }],
    ])('are refused %s', (_, values) => {
      expect(refusal(helm, values)).toMatch(/values don't meet the specifications of the schema/);
    });
  });
});
