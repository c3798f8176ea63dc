import { Ajv } from 'ajv';
import { services } from '@tocsin/contracts';
import { filesIn, json, settings, text, yaml } from './files';

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const schema = json<Schema>('helm/tocsin/values.schema.json');
const values = yaml<Record<string, unknown>>('helm/tocsin/values.yaml');
const valueFiles = filesIn('deploy/examples', '.values.yaml');

/** Every schema of an object, with where it stands. */
const objects = (part: Schema, path: string): readonly (readonly [string, Schema])[] => [
  ...(part.type === 'object' || part.properties ? [[path, part] as const] : []),
  ...Object.entries(part.properties ?? {}).flatMap(([name, each]) => objects(each, `${path}.${name}`)),
  ...Object.entries(part.definitions ?? {}).flatMap(([name, each]) => objects(each, `${path}#${name}`)),
  ...(part.oneOf ?? []).flatMap((each, index) => objects(each, `${path}|${index}`)),
  ...(part.items ? objects(part.items, `${path}[]`) : []),
];

describe('the values of the chart', () => {
  const isValid = new Ajv({ allErrors: true, strict: false }).compile(schema);

  it('are described by a schema that takes nothing it does not know, at any level', () => {
    const open = objects(schema, 'values').filter(
      ([path, { additionalProperties: others }]) =>
        // What Helm itself puts there; Tocsin reads nothing of it.
        path !== 'values.global' && others !== false && !(typeof others === 'object' && others.type === 'string'),
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });

  it.each(['helm/tocsin/values.yaml', ...valueFiles])('fit the schema: %s', (file) => {
    isValid(yaml(file));
    expect(isValid.errors ?? []).toEqual([]);
  });

  it('have a usual value for everything that the schema knows', () => {
    expect(Object.keys(schema.properties ?? {}).filter((name) => name !== 'global')).toEqual(Object.keys(values));
  });

  it('know the services', () => {
    expect(Object.keys(values['services'] as object)).toEqual([...Object.keys(services), 'standalone']);
  });

  it('name a Secret for each secret setting, and for nothing else', () => {
    expect(Object.keys(values['secrets'] as object).sort()).toEqual([...new Set(settings('Secret. |').map(String))].sort());
  });
});

describe('the templates of the chart', () => {
  it('range over the path table as it is in the code', () => {
    expect(json('helm/tocsin/services.json')).toEqual(services);
  });

  it('set only settings that exist', () => {
    const set = ['configmap.yaml', '_pod.tpl'].flatMap((file) => [
      ...text(`helm/tocsin/templates/${file}`).matchAll(/"((?:TOCSIN|KAFKA|MAIL|LOG|SMTP|EVENTSTORE|MONGODB|OTEL)_[A-Z_]+)"/g),
    ]);
    const known = settings();
    expect(set.length).toBeGreaterThan(10);
    expect(set.map(([, name = '']) => name).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('are of the version that the product has', () => {
    const { version } = json<{ version: string }>('package.json');
    expect(yaml('helm/tocsin/Chart.yaml')).toMatchObject({ version, appVersion: version });
  });
});

describe('the architecture', () => {
  it('shows the path table as it is in the code', () => {
    const shown = [...text('docs/ARCHITECTURE.md').matchAll(/^\| (\w+) \| (\d+) \| (`.*`) \|$/gm)].map(([, name, port, paths = '']) => [
      name,
      { port: Number(port), paths: [...paths.matchAll(/`([^`]+)`/g)].map(([, path]) => path) },
    ]);
    expect(Object.fromEntries(shown)).toEqual(services);
  });
});
